/// Sends HTTP requests.
package protocol HTTPClient: Sendable {
    /// Returns when the head of the response is there; a status like 500 is a response, not an error.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
