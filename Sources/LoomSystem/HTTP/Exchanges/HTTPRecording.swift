import Synchronization

/// A file that keeps exchanges, a line of JSON each, without secrets. Only its owner may read it: prompts and files are in it.
package final class HTTPRecording: Sendable {
    private struct State {
        var redact: @Sendable (String) -> String = { $0 }
        var failure: FileError?
    }

    private let path: String
    private let directory: String
    private let files: any FileSystem
    private let clock: any WallClock
    private let complain: @Sendable (FileError) -> Void
    private let state = Mutex(State())

    /// Adds to a file that is there.
    ///
    /// - Parameters:
    ///   - directory: The folder that is worked in.
    ///   - complain: Told once when the file can't be written any more.
    package init(
        path: String, directory: String, files: any FileSystem, clock: any WallClock,
        complain: @escaping @Sendable (FileError) -> Void = { _ in }
    ) throws(FileError) {
        self.path = path
        self.directory = directory
        self.files = files
        self.clock = clock
        self.complain = complain
        if files.exists(path) {
            try files.setMode(0o600, of: path)
            // A process that was killed may have left half a line.
            if let text = try? files.read(path), let last = text.last, last != UInt8(ascii: "\n") {
                try files.append([UInt8(ascii: "\n")], to: path)
            }
        } else {
            try files.write([], to: path, options: WriteOptions(mode: 0o600))
        }
    }

    /// What else takes secrets out of texts.
    package func redact(by redact: @escaping @Sendable (String) -> String) { self.state.withLock { $0.redact = redact } }

    func begin(_ request: HTTPRequest, label: String) -> Entry {
        let secrets = ExchangeSecrets(of: request, others: self.state.withLock { $0.redact })
        let exchange = HTTPExchange(
            label: label, directory: self.directory, method: request.method, url: secrets.redact(url: request.url),
            headers: secrets.redact(request.headers, ofAnswer: false), body: secrets.redact(body: request.body))
        return Entry(exchange, secrets, self, began: self.clock.uptime)
    }

    private func append(_ exchange: HTTPExchange) {
        let failure = self.state.withLock { state -> FileError? in
            guard state.failure == nil else { return nil }
            do throws(FileError) {
                try self.files.append(exchange.json.bytes() + [UInt8(ascii: "\n")], to: self.path)
                return nil
            } catch {
                state.failure = error
                return error
            }
        }
        if let failure { self.complain(failure) }
    }

    /// An exchange that is under way. It is written when it ends, once.
    final class Entry: Sendable {
        private struct State {
            var exchange: HTTPExchange
            var isOver = false
            var work: Task<Void, Never>?
        }

        private let state: Mutex<State>
        private let secrets: ExchangeSecrets
        private let recording: HTTPRecording
        private let began: Duration

        fileprivate init(_ exchange: HTTPExchange, _ secrets: ExchangeSecrets, _ recording: HTTPRecording, began: Duration) {
            self.state = Mutex(State(exchange: exchange))
            self.secrets = secrets
            self.recording = recording
            self.began = began
        }

        func add(_ response: HTTPResponse) {
            let headers = self.secrets.redact(response.headers, ofAnswer: true)
            self.state.withLock { state in
                state.exchange.status = response.status
                state.exchange.answerHeaders = headers
            }
        }

        func add(_ bytes: [UInt8]) {
            let time = Int((self.recording.clock.uptime - self.began).wholeMilliseconds)
            self.state.withLock { $0.exchange.pieces.append(HTTPExchange.Piece(time: time, bytes: bytes)) }
        }

        /// What is stopped when the exchange ends.
        func carry(_ work: Task<Void, Never>) {
            let isOver = self.state.withLock { state in
                state.work = work
                return state.isOver
            }
            if isOver { work.cancel() }
        }

        func end(_ failure: HTTPError? = nil) {
            let (ended, work) = self.state.withLock { state -> (HTTPExchange?, Task<Void, Never>?) in
                guard !state.isOver else { return (nil, nil) }
                state.isOver = true
                return (state.exchange, state.work)
            }
            guard var exchange = ended else { return }
            let framing = StreamFraming(contentType: HTTPHeaders(exchange.answerHeaders)["content-type"])
            exchange.pieces = self.secrets.redact(exchange.pieces, framing)
            exchange.failure = failure
            self.recording.append(exchange)
            work?.cancel()
        }
    }
}

/// Sends requests on, and keeps them with their answers.
package struct RecordingHTTPClient: HTTPClient {
    private let base: any HTTPClient
    private let recording: HTTPRecording
    private let label: String

    /// - Parameter label: Whom the requests are for, `provider:model`.
    package init(_ base: any HTTPClient, _ recording: HTTPRecording, label: String) {
        self.base = base
        self.recording = recording
        self.label = label
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let entry = self.recording.begin(request, label: self.label)
        let response: HTTPResponse
        do {
            response = try await self.base.send(request)
        } catch {
            entry.end(error)
            throw error
        }
        entry.add(response)
        let host = WebAddress(request.url)?.host ?? ""
        let channel = ByteChannel<HTTPError>(
            limit: .max, cancellation: .failure(HTTPError(.cancelled, host: host)), onAbandon: { entry.end() })
        entry.carry(
            Task {
                do throws(HTTPError) {
                    var pieces = response.body.makeAsyncIterator()
                    while let bytes = try await pieces.next() {
                        entry.add(bytes)
                        channel.send(bytes)
                    }
                    // Kept before anybody can know that it is over.
                    entry.end()
                    channel.finish()
                } catch {
                    entry.end(error)
                    channel.finish(.failure(error))
                }
            })
        return HTTPResponse(status: response.status, headers: response.headers, body: HTTPBody(channel))
    }
}
