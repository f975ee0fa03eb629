import Hummingbird
import LoomSystem

extension Response {
    static func text(_ text: String, _ type: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func html(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        .text(text, "text/html; charset=utf-8", status)
    }

    static func json(_ value: JSON, _ status: HTTPResponse.Status = .ok) -> Response {
        .text(value.text(), "application/json", status)
    }

    /// JSON of a value of the kernel.
    static func json(encoding value: some Encodable) throws -> Response {
        .json(try JSON(encoding: value))
    }
}

extension Request {
    /// True for the page's script and for programs that say so.
    var prefersJSON: Bool { self.headers[.accept]?.hasPrefix("application/json") ?? false }

    /// A parameter of the query, decoded.
    func query(_ name: String) -> String? {
        // Hummingbird leaves a + as it is, and forms and many libraries write a space that way.
        PercentEncoding.fields(of: self.uri.query ?? "")[name]
    }

    /// A whole number of the query within a range.
    func query(_ name: String, in range: ClosedRange<Int64>) throws(Refusal) -> Int64? {
        guard let text = self.query(name) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw .badRequest(
                "The parameter \(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).",
                hint: "It was \"\(text.prefix(40))\".")
        }
        return number
    }
}
