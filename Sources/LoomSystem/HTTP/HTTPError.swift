/// Why there is no response, or no whole one. It names the host and nothing else of the request: a URL and headers may hold
/// secrets.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        /// No http or https URL with a host, or a header or method with characters that don't belong there.
        case invalidURL
        case invalidHeader
        case cannotResolve
        case cannotConnect
        case tls
        /// Connecting, or the whole request, took longer than allowed.
        case timedOut
        /// The server was silent for too long.
        case stalled
        /// The connection ended before the response did.
        case cut
        /// The body, or an event in it, is longer than allowed.
        case tooLarge(limit: Int)
        /// The body is not what its type says: what is wrong, as the end of a sentence.
        case damaged(String)
        case tooManyRedirects
        /// The name leads to this address, and only public ones were allowed.
        case privateAddress(String)
        case cancelled
        /// A recording that is played has no answer; the text is a whole sentence.
        case notRecorded(String)
        case other(String)
    }

    package let reason: Reason
    package let host: String

    package init(_ reason: Reason, host: String) {
        self.reason = reason
        self.host = host
    }

    package var description: String {
        switch reason {
        case .invalidURL: "The request was not sent: its URL is not an http or https URL with a host."
        case .invalidHeader: "The request to \(host) was not sent: its method or a header has a character that does not belong there."
        case .cannotResolve: "\(host) was not found: check the name and the network."
        case .cannotConnect: "\(host) can't be reached: it refuses the connection or the network does not lead there."
        case .tls: "\(host) offers no secure connection that this machine trusts: check its certificate and the clock."
        case .timedOut: "\(host) did not answer in the time allowed."
        case .stalled: "\(host) stopped sending: nothing came for the time allowed."
        case .cut: "\(host) closed the connection before its answer was complete."
        case .tooLarge(let limit): "\(host) sent more than the \(limit) bytes allowed."
        case .damaged(let reason): "\(host) sent a stream that is damaged: \(reason)."
        case .tooManyRedirects: "\(host) redirected too often."
        case .privateAddress(let address): "\(host) leads to \(address), which is this machine or in a private network."
        case .cancelled: "The request to \(host) was cancelled."
        case .notRecorded(let text): text
        case .other(let text): "The request to \(host) failed: \(text)."
        }
    }
}
