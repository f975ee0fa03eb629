package typealias HTTPBody = ByteStream<HTTPError>

/// The head of a response, and its body as it arrives.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    /// For one consumer. One that reads slowly slows the server down; dropping it ends the transfer.
    package var body: HTTPBody

    package init(status: Int, headers: HTTPHeaders = [:], body: HTTPBody = HTTPBody([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
}
