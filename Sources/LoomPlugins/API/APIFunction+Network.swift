import LoomKernel
import LoomSystem

extension APIFunction {
    /// Other machines, over HTTP.
    static let network: [APIFunction] = [
        ofHost(
            "http.request", [("request", .table(requestFields.merging(["max_bytes": .integer]) { $1 }).required)],
            returns: "{ url: string, status: integer, headers: table<string, string>, body: string, encoding: string? }?, loom.Error?",
            text:
                "Sends a request and waits for the whole answer, 30 seconds and 1 MB of body if nothing else is said, 8 MB at most. Names of "
                + "headers come in small letters. A body that is no UTF-8 comes as base64, and `encoding` says so. Asks the permission engine for "
                + "`network HOST`, for each redirect again."
        ) { (host, call) throws(ToolError) in
            let request = try WebRequest(table: call.table("request"), streams: false)
            return try await host.send(request).whole(host)
        },
        opening(
            "http.events", [("request", .table(requestFields).required), ("fn", nil)],
            returns: "{ url: string, status: integer, headers: table<string, string>, body: string? }?, loom.Error?",
            text:
                "Sends a request and calls `fn({ event, data, id })` for each server-sent event of the answer, until it ends or `fn` returns "
                + "false. An answer that is no success has its `body` in the result, and no events."
        ) { (host, call) throws(ToolError) in
            let request = try WebRequest(table: call.table("request"), streams: true)
            return try await EventsHandle(try await host.send(request), host)
        },
    ]

    /// Called by the prelude's part of `http.events`.
    static let networkMethods: [APIFunction] = [
        method(of: EventsHandle.self, "next", returns: "table?, loom.Error?", text: "The next event; nil at the end.") {
            (handle, call) throws(ToolError) in
            switch try await handle.events.next(call) {
            case .success(let event)?: event
            case .failure(let error)?: throw error
            case nil: .null
            }
        },
        method(of: EventsHandle.self, "close", returns: "boolean", text: "Ends the transfer.") { (_, call) throws(ToolError) in
            call.context.dismiss(call.handle)
            return true
        },
    ]

    private static let requestFields: [String: Parameter] = [
        "url": .string.required, "method": .string, "headers": .anyTable, "body": .string, "timeout": .number,
    ]
}

extension WebRequest {
    private static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    private static let bodyLimits = (usual: 1 << 20, most: 8 << 20)

    /// From the table that the functions of `loom.http` declare.
    init(table: JSON, streams: Bool) throws(ToolError) {
        let body = table["body"]?.stringValue
        let method = (table["method"]?.stringValue ?? (body == nil ? "GET" : "POST")).uppercased()
        guard Self.methods.contains(method) else {
            throw ToolError("loom.http knows no method \(method). Methods: \(Self.methods.joined(separator: ", ")).", code: "invalid")
        }
        var headers = HTTPHeaders()
        for (name, value) in (table["headers"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            headers.append(name, value.stringValue ?? value.text())
        }
        self.init(method: method, url: table.text("url"), headers: headers, body: Array((body ?? "").utf8), timeout: nil, bodyLimit: 0)
        let seconds = table["timeout"]?.doubleValue ?? (streams ? nil : 30)
        if let seconds {
            guard seconds > 0, seconds <= 3_600 else {
                throw ToolError("A timeout is up to 3600 seconds, got \(seconds).", code: "invalid")
            }
            timeout = .seconds(seconds)
        }
        let most = streams ? 64 << 20 : Self.bodyLimits.most
        bodyLimit = streams ? most : table["max_bytes"]?.intValue ?? Self.bodyLimits.usual
        guard (1...most).contains(bodyLimit) else { throw ToolError("max_bytes is 1 to \(most), got \(bodyLimit).", code: "invalid") }
    }
}

extension WebReply {
    /// What is known before the body.
    func head(_ host: ToolHost) -> [String: JSON] {
        var headers: [String: JSON] = [:]
        for field in response.headers {
            let name = field.name.lowercased()
            let value = host.redact(field.value)
            headers[name] = .string(headers[name]?.stringValue.map { "\($0), \(value)" } ?? value)
        }
        return ["url": .string(url), "status": .int(Int64(response.status)), "headers": .object(headers)]
    }

    func whole(_ host: ToolHost) async throws(ToolError) -> JSON {
        var bytes: [UInt8] = []
        do throws(HTTPError) {
            for try await chunk in response.body { bytes += chunk }
        } catch {
            throw ToolError(error)
        }
        var members = head(host)
        if let text = String(validating: bytes, as: UTF8.self) {
            members["body"] = .string(host.redact(text))
        } else {
            members["body"] = .string(Hash.base64(bytes))
            members["encoding"] = "base64"
        }
        return .object(members)
    }
}
