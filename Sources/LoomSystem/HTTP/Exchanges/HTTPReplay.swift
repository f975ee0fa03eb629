import Synchronization

/// Answers requests from a recording: each exchange once, in order, to a request with its method, URL and body. Nothing is sent.
package final class HTTPReplay: HTTPClient {
    private let exchanges: [HTTPExchange]
    private let bodies: [ExchangeBody]
    private let path: String
    private let directory: String
    private let played = Mutex<Set<Int>>([])

    /// - Parameter directory: The folder that is worked in.
    package init(path: String, directory: String, files: any FileSystem) throws(FileError) {
        self.path = path
        self.directory = directory
        // Half a line is what a killed process leaves.
        self.exchanges = try files.read(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSON.parse(Array(line))).flatMap { HTTPExchange($0) }
        }
        self.bodies = self.exchanges.map { ExchangeBody($0.body, directory: $0.directory) }
    }

    /// How many exchanges it holds.
    package var count: Int { self.exchanges.count }

    /// Whom the first request was for, `provider:model`; nil when that is not known.
    package var label: String? { self.exchanges.lazy.map(\.label).first { !$0.isEmpty && !$0.hasSuffix(":") } }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let secrets = ExchangeSecrets(of: request, others: { $0 })
        let url = secrets.redact(url: request.url)
        let body = ExchangeBody(secrets.redact(body: request.body), directory: self.directory)
        let found = self.played.withLock { played -> Int? in
            let index = self.exchanges.indices.first { index in
                !played.contains(index) && self.exchanges[index].method == request.method && self.exchanges[index].url == url
                    && self.bodies[index] == body
            }
            if let index { played.insert(index) }
            return index
        }
        guard let found else { throw HTTPError(.notRecorded(self.complaint(request.method, url, body)), host: "") }
        let exchange = self.exchanges[found]
        guard let status = exchange.status else { throw exchange.failure ?? HTTPError(.cut, host: "") }
        return HTTPResponse(
            status: status, headers: HTTPHeaders(exchange.answerHeaders),
            body: HTTPBody(exchange.pieces.flatMap(\.bytes), end: exchange.failure.map { .failure($0) } ?? .success(())))
    }

    /// Why nothing fits, with the exchange that comes nearest.
    private func complaint(_ method: String, _ url: String, _ body: ExchangeBody) -> String {
        let played = self.played.withLock { $0 }
        let asked = "\(method) \(url)"
        let left = self.exchanges.indices.filter { !played.contains($0) }
        guard !left.isEmpty else { return "\(self.path) has no answer left for \(asked): all \(self.count) were played." }
        let sameURL = left.filter { self.exchanges[$0].method == method && self.exchanges[$0].url == url }
        guard !sameURL.isEmpty else {
            let next = self.exchanges[left[0]]
            return "\(self.path) has no answer for \(asked): the next request in it is \(next.method) \(next.url)."
        }
        let nearest = sameURL.map { (index: $0, differences: self.bodies[$0].differences(to: body)) }
            .min { ($0.differences.count, $0.index) < ($1.differences.count, $1.index) }
        guard let nearest, let first = nearest.differences.first else { return "\(self.path) has no answer for \(asked)." }
        let more = nearest.differences.count > 1 ? ", and \(nearest.differences.count - 1) more differ" : ""
        return "\(self.path) has no answer for \(asked): request \(nearest.index + 1) comes nearest, but \(first)\(more)."
    }
}
