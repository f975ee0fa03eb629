import LoomKernel
import LoomPlugins
import LoomSystem
import Synchronization

/// How fast replies of models are read, and what a hundred of them at once cost.
enum StreamFigures {
    private static let streams = 100
    private static let seconds = 5.0

    /// - Parameters:
    ///   - folder: what holds `plugins`.
    ///   - python: an interpreter with OpenAI's library; nil measures the reading alone.
    static func rows(_ folder: String, python: String?) async throws -> [Row] {
        var rows = [try await Self.parseRate(folder, python)]
        if let python { rows += try await Self.manyStreams(folder, python) }
        return rows
    }

    // MARK: Reading

    private static func parseRate(_ folder: String, _ python: String?) async throws -> Row {
        let recorded = Self.recorded(tokens: 20_000)
        let provider = try await Self.provider(
            folder, baseURL: "http://bench",
            http: ScriptedHTTPClient { (_) throws(HTTPError) in
                let body = ScriptedBody()
                // In pieces, as a network gives them.
                for start in stride(from: 0, to: recorded.count, by: 16_384) {
                    body.send(String(decoding: recorded[start..<min(recorded.count, start + 16_384)], as: UTF8.self))
                }
                body.finish()
                return HTTPResponse(status: 200, headers: ["content-type": "text/event-stream"], body: body.body)
            })
        let measured = try await measure(warmUp: 1, runs: 5) {
            var count = 0
            for try await _ in provider.stream(Self.call) { count += 1 }
            guard count > 1_000 else { throw BenchError("Only \(count) events were read.") }
        }
        let rate = Double(recorded.count) / 1e6 / measured.best
        var row = Row(
            what: "reading a recorded stream of chat completions", result: "\(Shown.digits(rate)) MB/s",
            note: "\(Shown.bytes(Double(recorded.count))), 20,000 tokens, through the dialect in Lua; CPU \(Shown.time(measured.cpu))")
        guard let python else { return row }
        let file = try Folder()
        try LiveFileSystem().write(recorded, to: file.path + "/recorded.sse")
        let script = folder + "/Benchmarks/streams.py"
        let result = try await LiveProcessRunner().run(
            ProcessSpec(.program(python, arguments: [script, "parse", file.path + "/recorded.sse"]), timeout: .seconds(120)))
        guard let rival = Double(result.output.text.split(whereSeparator: \.isWhitespace).first ?? "") else {
            throw BenchError("\(script) failed: \(result.errorOutput.text)")
        }
        row.rival = "\(Shown.digits(rival)) MB/s"
        row.note += "; rival: OpenAI's Python library"
        return row
    }

    private static func recorded(tokens: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<tokens {
            let text = number.isMultiple(of: 7) ? " wörd\\n" : " token"
            bytes += Array(
                ("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + "\"delta\":{\"content\":\"\(text)\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n").utf8)
        }
        let end =
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"m\",\"choices\":"
            + "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":\(tokens)}}\n\n"
        return bytes + Array((end + "data: [DONE]\n\n").utf8)
    }

    // MARK: A hundred at once

    private static func manyStreams(_ folder: String, _ python: String) async throws -> [Row] {
        let script = folder + "/Benchmarks/streams.py"
        let server = try await LiveProcessRunner().start(
            ProcessSpec(.program(python, arguments: [script, "serve", "\(Self.seconds)"])))
        defer { server.stop() }
        var lines = server.output.lines().makeAsyncIterator()
        guard let port = await lines.next().flatMap({ Int(String(decoding: $0, as: UTF8.self)) }) else {
            throw BenchError("\(script) said no port.")
        }
        let provider = try await Self.provider(folder, baseURL: "http://127.0.0.1:\(port)/v1", http: LiveHTTPClient())
        let delays = Delays()
        let cpu = processTime()
        let began = uptime()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.streams {
                group.addTask {
                    var own: [Double] = []
                    for try await event in provider.stream(Self.call) {
                        guard case .text(let text) = event else { continue }
                        // Pieces that came together hold the times of several tokens; each has waited for itself.
                        let now = uptime() * 1e9
                        own += text.split(separator: " ").compactMap { Double($0) }.map { (now - $0) / 1e9 }
                    }
                    delays.add(own)
                }
            }
            try await group.waitForAll()
        }
        let (used, passed) = (processTime() - cpu, uptime() - began)
        let measured = Measurement(samples: delays.all, cpu: 0)
        return [
            Row(
                what: "\(Self.streams) streams at once, 100 tokens a second each: CPU",
                result: "\(Shown.digits(used / passed * 100)) % of a core",
                note: "\(measured.samples.count) tokens in \(Shown.time(passed)); the server is a process of its own on the same machine"),
            Row(
                what: "the same: from a token being sent to its event", result: Shown.time(measured.median),
                note: "p99 \(Shown.time(measured.p99)), best \(Shown.time(measured.best))"),
        ]
    }

    /// Seconds, from many streams.
    private final class Delays: Sendable {
        private let list = Mutex<[Double]>([])
        var all: [Double] { self.list.withLock { $0 } }
        func add(_ some: [Double]) { self.list.withLock { $0 += some } }
    }

    // MARK: The provider

    private static let call = ModelCall(
        id: "bench", model: ModelName(provider: "openai", model: "m"), messages: [Message(.user, [.text("hi")])], purpose: "bench")

    private static func provider(_ folder: String, baseURL: String, http: any HTTPClient) async throws -> any Provider {
        let environment = ["OPENAI_BASE_URL": baseURL, "OPENAI_API_KEY": "none"]
        let ports = PluginPorts(clock: LiveClock(), files: LiveFileSystem(), http: http, environment: { environment[$0] })
        let host = PluginHost(roots: [PluginRoot(name: "bundled", folder: folder)], ports: ports)
        let reports = await host.load()
        guard let provider = host.catalog.provider("openai") else {
            throw BenchError("The provider did not load: \(reports.compactMap(\.error).joined(separator: "; "))")
        }
        return provider
    }
}
