import Hummingbird
import LoomSystem

/// What a command carries, from JSON or from a form.
struct ActionBody: Sendable {
    let fields: JSON
    /// A form of a page without the script: it is answered with a page, not with JSON.
    let isForm: Bool

    init(_ request: Request) async throws {
        let bytes = try await request.body.collect(upTo: Routes.bodyLimit)
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased() ?? ""
        let text = String(buffer: bytes)
        switch type {
        case "" where text.isEmpty:
            self.fields = [:]
            self.isForm = false
        case "application/json":
            self.fields = try Self.json(text)
            self.isForm = false
        case "application/x-www-form-urlencoded":
            self.fields = try Self.form(text)
            self.isForm = !request.prefersJSON
        default: throw Refusal.unsupportedMediaType
        }
    }

    private static func json(_ text: String) throws(Refusal) -> JSON {
        if text.isEmpty { return [:] }
        let value: JSON
        do {
            value = try JSON.parse(text)
        } catch {
            throw .badRequest(error.description, hint: "Send one JSON object.")
        }
        guard case .object = value else { throw .badRequest("The body must be a JSON object.", hint: "It is a JSON \(value.kind).") }
        return value
    }

    private static func form(_ text: String) throws(Refusal) -> JSON {
        var fields: [String: JSON] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { PathSegment.decode(String($0.map { $0 == "+" ? " " : $0 })) }
            guard let name = decoded.first ?? nil, let value = decoded.count == 2 ? decoded[1] : "" else {
                throw .badRequest("The form is not valid.", hint: "Encode its fields in UTF-8, percent-encoded.")
            }
            fields[name] = .string(value)
        }
        return .object(fields)
    }

    /// A text that is there and not blank.
    func text(_ name: String) throws(Refusal) -> String? {
        guard let value = self.fields[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw .badRequest("The field \(name) must be a string.", hint: "It is a JSON \(value.kind).")
        }
        return text.allSatisfy(\.isWhitespace) ? nil : text
    }

    func required(_ name: String) throws(Refusal) -> String {
        guard let text = try self.text(name) else {
            throw .badRequest("The field \(name) is missing or empty.", hint: "Send it with some text.")
        }
        return text
    }

    /// A whole number, which a form sends as text; nil when it is missing or empty.
    func integer(_ name: String) throws(Refusal) -> Int? {
        switch self.fields[name] {
        case nil, .null, "": return nil
        case let value?:
            if let number = value.intValue ?? value.stringValue.flatMap({ Int($0) }) { return number }
            throw .badRequest("The field \(name) must be a whole number.", hint: "It is \(value.text()).")
        }
    }

    func flag(_ name: String) throws(Refusal) -> Bool {
        switch self.fields[name] {
        case nil, .null, .bool(false), "false", "": false
        case .bool(true), "true", "on": true
        case let other?: throw .badRequest("The field \(name) must be true or false.", hint: "It is a JSON \(other.kind).")
        }
    }
}
