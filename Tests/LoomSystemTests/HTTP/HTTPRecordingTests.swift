import LoomSystem
import Testing

@Suite struct HTTPRecordingTests {
    private static let key = "sk-0123456789abcdef"

    private let files = MemoryFileSystem()
    private let request = HTTPRequest(
        method: "POST", url: "https://user:pass@api.example.com/v1/chat?key=abc&alt=sse",
        headers: ["authorization": "Bearer \(Self.key)", "content-type": "application/json"],
        body: Array(#"{"messages":[{"content":"hello","id":"call_1"}],"system":"in /home/one since 2026-11-27T09:41:12.5Z"}"#.utf8))

    private func record(_ request: HTTPRequest, _ answer: @escaping ScriptedHTTPClient.Answer) async throws -> [UInt8] {
        let recording = try HTTPRecording(path: "/r.jsonl", directory: "/home/one", files: files, clock: ManualClock())
        recording.redact { $0.replacing("hush-hush", with: "«A_TOKEN»") }
        let client = RecordingHTTPClient(ScriptedHTTPClient(answer), recording, label: "x:y")
        return try await client.send(request).body.collect()
    }

    private func replay(_ request: HTTPRequest, in directory: String = "/home/one") async throws -> [UInt8] {
        try await HTTPReplay(path: "/r.jsonl", directory: directory, files: files).send(request).body.collect()
    }

    private var line: String { get throws { String(decoding: try files.read("/r.jsonl"), as: UTF8.self) } }

    @Test func `an exchange is kept without secrets and played`() async throws {
        let answer: [UInt8] = Array("data: ✓ \(Self.key) hush-hush\n\n".utf8)
        let got = try await record(request) { _ in
            HTTPResponse(status: 200, headers: ["set-cookie": "a=b", "x-ratelimit-remaining-tokens": "7"], body: HTTPBody(answer))
        }
        #expect(got == answer)
        let line = try line
        for secret in [Self.key, "hush-hush", "user:pass", "key=abc", "a=b"] { #expect(!line.contains(secret)) }
        #expect(line.contains("x-ratelimit-remaining-tokens"))
        var keyless = request
        keyless.headers["authorization"] = nil
        #expect(try await String(decoding: replay(keyless), as: UTF8.self) == "data: ✓ [key] «A_TOKEN»\n\n")
    }

    @Test func `only its owner may read it`() async throws {
        _ = try await record(request) { _ in HTTPResponse(status: 200) }
        #expect(try files.status(of: "/r.jsonl", followingSymlinks: true).mode & 0o777 == 0o600)
    }

    @Test func `bytes that are no text come back as they were`() async throws {
        let answer: [UInt8] = [0, 0xFF, 0xFE, 0x80, 0x41]
        _ = try await record(request) { _ in HTTPResponse(status: 200, body: HTTPBody(answer)) }
        #expect(try await replay(request) == answer)
    }

    private func amazon(_ body: [UInt8]) async throws -> [UInt8] {
        _ = try await record(request) { _ in
            HTTPResponse(status: 200, headers: ["content-type": "application/vnd.amazon.eventstream"], body: HTTPBody(body))
        }
        return try await replay(request)
    }

    @Test func `Amazon's messages come back as they were`() async throws {
        let body = AmazonMessage.event("contentBlockDelta", #"{"delta":{"text":"größer ✓"}}"#) + AmazonMessage.event("messageStop", "{}")
        #expect(try await amazon(body) == body)
    }

    @Test func `Amazon's messages are whole without the secrets in them`() async throws {
        func messages(_ secret: String, _ word: String) -> [UInt8] {
            let headers = AmazonMessage.header("flag", type: 0, []) + AmazonMessage.header("bytes", type: 6, [0, 2, 0xFF, 7])
            return AmazonMessage.event("contentBlockDelta", "{\"delta\":{\"text\":\"✓ \(secret) \(word)\"}}")
                + AmazonMessage.message(headers + AmazonMessage.text(":error-message", "not \(secret)"), "\(word)")
        }
        #expect(try await amazon(messages(Self.key, "hush-hush")) == messages("[key]", "«A_TOKEN»"))
        #expect(try !line.contains(Self.key))
    }

    @Test(arguments: [[UInt8]](arrayLiteral: Array(AmazonMessage.event("a", key).dropLast()), AmazonMessage.message([], key) + [0xFF]))
    func `a secret is taken out of what are no whole messages too`(body: [UInt8]) async throws {
        let played = try await amazon(body)
        #expect(!String(decoding: played, as: UTF8.self).contains(Self.key) && String(decoding: played, as: UTF8.self).contains("[key]"))
    }

    @Test func `what differs from run to run is no difference`() async throws {
        _ = try await record(request) { _ in HTTPResponse(status: 200, body: HTTPBody([1])) }
        var other = request
        other.body = Array(#"{"messages":[{"content":"hello","id":"call_2"}],"system":"in /srv/two since 2027-01-01T00:00:00Z"}"#.utf8)
        #expect(try await replay(other, in: "/srv/two") == [1])
    }

    @Test(
        arguments: [
            ("hallo", "messages[0].content was «hello» and is «hallo»."), ("hello", "messages[0].role was «nothing» and is «user»."),
        ])
    func `a request that fits nothing is told the nearest`(content: String, wanted: String) async throws {
        _ = try await record(request) { _ in HTTPResponse(status: 200) }
        var other = request
        let role = content == "hello" ? #","role":"user""# : ""
        other.body = Array(
            #"{"messages":[{"content":"\#(content)","id":"1"\#(role)}],"system":"in /home/one since 2026-11-27T09:41:12Z"}"#.utf8)
        let error = await #expect(throws: HTTPError.self) { _ = try await replay(other) }
        #expect(error?.description.hasSuffix("request 1 comes nearest, but \(wanted)") == true, "\(error?.description ?? "")")
    }

    @Test func `a failure is played where it came`() async throws {
        let cut = HTTPError(.cut, host: "api.example.com")
        await #expect(throws: cut) {
            _ = try await record(request) { _ in HTTPResponse(status: 200, body: HTTPBody([7], end: .failure(cut))) }
        }
        await #expect(throws: cut) { _ = try await replay(request) }
        let refused = HTTPError(.cannotConnect, host: "api.example.com")
        var other = request
        other.method = "GET"
        await #expect(throws: refused) { _ = try await record(other) { _ throws(HTTPError) in throw refused } }
        await #expect(throws: refused) { _ = try await replay(other) }
    }

    @Test func `an answer that nobody reads to its end is kept`() async throws {
        let recording = try HTTPRecording(path: "/r.jsonl", directory: "/", files: files, clock: ManualClock())
        let body = ScriptedBody()
        body.send("one")
        let client = RecordingHTTPClient(ScriptedHTTPClient { _ in HTTPResponse(status: 200, body: body.body) }, recording, label: "x:y")
        do {
            var iterator = try await client.send(request).body.makeAsyncIterator()
            _ = try await iterator.next()
        }
        #expect(try line.contains("one"))
    }

    @Test func `half a line of a killed process is passed over`() async throws {
        try files.write(Array(#"{"model":"x:y","requ"#.utf8), to: "/r.jsonl", options: WriteOptions())
        _ = try await record(request) { _ in HTTPResponse(status: 200, body: HTTPBody([2])) }
        #expect(try await replay(request) == [2])
    }
}
