import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct APITests {
    struct Call: Sendable, CustomTestStringConvertible {
        var method = "POST"
        let target: String
        var body = ""
        var type = "application/json"
        let status: Int
        /// The error's code, or nothing.
        var code: String?
        /// What the workspace was told.
        var command: String?

        var testDescription: String { "\(self.method) \(self.target) \(self.body.prefix(40)) → \(self.status)" }
    }

    /// Permission and choice that are open, and one that was answered before.
    static let ids: [ID] = {
        let generator = IDGenerator(clock: ManualClock(), random: SeededRandom(seed: 3))
        return (0..<4).map { _ in generator.next() }
    }()

    static func workspace() async throws -> FakeWorkspace {
        let workspace = FakeWorkspace(plugins: [Samples.plugin("shell")])
        await workspace.change { state in
            state.agents = [Samples.agent("lead"), Samples.agent("ada")]
            state.questions = [
                Samples.question(Self.ids[0]), Samples.question(Self.ids[1], kind: .choice, always: nil, options: ["a", "b"]),
                Samples.question(Self.ids[2], always: nil),
            ]
        }
        try await workspace.emit(QuestionAsked(question: Samples.question(Self.ids[3])))
        await workspace.add(TranscriptEntry(kind: "said", name: "", text: "hello", time: Timestamp(seconds: 0)), to: "ada")
        return workspace
    }

    static let calls: [Call] = [
        Call(method: "GET", target: "/api/v1/snapshot", status: 200),
        Call(method: "GET", target: "/api/v1/agents", status: 200),
        Call(method: "GET", target: "/api/v1/plugins", status: 200),
        Call(method: "GET", target: "/api/v1/questions", status: 200),
        Call(method: "GET", target: "/api/v1/signals?after=0&limit=10", status: 200),
        Call(method: "GET", target: "/api/v1/signals?after=-1", status: 400, code: "bad_request"),
        Call(method: "GET", target: "/api/v1/signals?after=x", status: 400, code: "bad_request"),
        Call(method: "GET", target: "/api/v1/signals?limit=0", status: 400, code: "bad_request"),
        Call(method: "GET", target: "/api/v1/signals?limit=99999999999999999999", status: 400, code: "bad_request"),
        Call(method: "GET", target: "/api/v1/agents/ada/transcript", status: 200),
        Call(method: "GET", target: "/api/v1/agents/bob/transcript", status: 404, code: "not_found"),
        Call(method: "GET", target: "/api/v1/agents/%ff/transcript", status: 400, code: "bad_request"),
        Call(method: "GET", target: "/api/v1/nothing", status: 404, code: "not_found"),
        Call(method: "GET", target: "/calls/none", status: 404),
        Call(method: "HEAD", target: "/", status: 200),
        Call(method: "DELETE", target: "/api/v1/snapshot", status: 404, code: "not_found"),
        Call(target: "/api/v1/agents/ada/messages", body: #"{"text":"hi"}"#, status: 200, command: "send ada hi by user/page"),
        Call(
            target: "/api/v1/agents/ada/messages", body: #"{"text":"hi","urgent":true}"#, status: 200,
            command: "send ada urgent hi by user/page"),
        Call(target: "/api/v1/messages", body: #"{"text":"hi"}"#, status: 200, command: "send lead hi by user/page"),
        Call(target: "/api/v1/messages", body: #"{"text":"hi","to":"bob"}"#, status: 404, code: "not_found"),
        Call(target: "/api/v1/reload", body: "{}", status: 200, command: "reload all"),
        Call(target: "/api/v1/reload", body: #"{"plugin":"x","now":true}"#, status: 200, command: "reload x now"),
        Call(target: "/api/v1/reload", body: #"{"now":"soon"}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/bob/messages", body: #"{"text":"hi"}"#, status: 404, code: "not_found"),
        Call(target: "/api/v1/agents/ada/messages", body: "{}", status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: #"{"text":"  "}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: #"{"text":5}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: #"{"text":"hi","urgent":"maybe"}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: #"{"text":"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: "[]", status: 400, code: "bad_request"),
        Call(target: "/api/v1/agents/ada/messages", body: "hi", type: "text/plain", status: 415, code: "unsupported_media_type"),
        Call(target: "/api/v1/agents/ada/messages", body: "hi", type: "", status: 415, code: "unsupported_media_type"),
        Call(
            target: "/api/v1/agents/ada/messages", body: #"{"text":""# + String(repeating: "x", count: 1 << 20) + #""}"#, status: 413,
            code: "too_large"),
        Call(target: "/api/v1/questions/\(ids[0])", body: #"{"answer":"allow"}"#, status: 200, command: "answer allow by user/page"),
        Call(target: "/api/v1/questions/\(ids[0])", body: #"{"answer":"always"}"#, status: 200, command: "answer always by user/page"),
        Call(target: "/api/v1/questions/\(ids[0])", body: #"{"answer":"refuse"}"#, status: 200, command: "answer refuse by user/page"),
        Call(target: "/api/v1/questions/\(ids[0])", body: #"{"answer":"perhaps"}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/questions/\(ids[0])", body: #"{"text":"yes"}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/questions/\(ids[0])", status: 400, code: "bad_request"),
        Call(target: "/api/v1/questions/\(ids[1])", body: #"{"text":"a"}"#, status: 200, command: #"answer text("a") by user/page"#),
        Call(target: "/api/v1/questions/\(ids[1])", body: #"{"answer":"refuse"}"#, status: 200, command: "answer refuse by user/page"),
        Call(target: "/api/v1/questions/\(ids[1])", body: #"{"answer":"allow"}"#, status: 400, code: "bad_request"),
        Call(target: "/api/v1/questions/\(ids[2])", body: #"{"answer":"always"}"#, status: 409, code: "conflict"),
        Call(target: "/api/v1/questions/\(ids[3])", body: #"{"answer":"allow"}"#, status: 409, code: "conflict"),
        Call(target: "/api/v1/questions/7ZZZZZZZZZZZZZZZZZZZZZZZZZ", body: #"{"answer":"allow"}"#, status: 404, code: "not_found"),
        Call(target: "/api/v1/questions/none", body: #"{"answer":"allow"}"#, status: 404, code: "not_found"),
        Call(target: "/api/v1/agents/ada/pause", status: 200, command: "pause ada"),
        Call(target: "/api/v1/agents/ada/resume", status: 200, command: "resume ada"),
        Call(target: "/api/v1/agents/ada/stop", status: 200, command: "stop ada by user/page"),
        Call(target: "/api/v1/agents/bob/stop", status: 404, code: "not_found"),
        Call(target: "/api/v1/agents/ada/model", body: #"{"model":"a:b"}"#, status: 200, command: "model ada a:b"),
        Call(target: "/api/v1/pause", status: 200, command: "pause all"),
        Call(target: "/api/v1/resume", status: 200, command: "resume all"),
        Call(target: "/api/v1/stop", status: 200, command: "stop all by user/page"),
        Call(method: "GET", target: "/api/v1/stop", status: 404, code: "not_found"),
    ]

    @Test("every call has its status, its error and its effect", arguments: calls)
    func answers(_ call: Call) async throws {
        let workspace = try await Self.workspace()
        try await RunningPage.serve(workspace) { page in
            let headers = page.bearer.merging(call.body.isEmpty ? [:] : ["Content-Type": call.type]) { $1 }
            let reply = try await page.wire.request(call.method, call.target, headers, body: call.body)
            #expect(reply.status == call.status)
            guard call.target.hasPrefix("/api/") else { return }
            #expect(reply.header("content-type") == "application/json")
            let error = try JSON.parse(reply.body)["error"]
            #expect(error?["code"]?.stringValue == call.code)
            if call.code != nil { #expect(error?["message"]?.stringValue?.isEmpty == false) }
        }
        #expect(await workspace.commands == (call.command.map { [$0] } ?? []))
    }

    @Test("what the kernel refuses is a conflict, in its own words")
    func conflict() async throws {
        let workspace = try await Self.workspace()
        await workspace.refuse("ada is not working on anything that could be stopped.")
        try await RunningPage.serve(workspace) { page in
            let reply = try await page.wire.request("POST", "/api/v1/agents/ada/stop", page.bearer)
            #expect(reply.status == 409)
            #expect(try JSON.parse(reply.body)["error"]?["message"] == "ada is not working on anything that could be stopped.")
        }
    }

    @Test("what is read is what the kernel says")
    func contents() async throws {
        let workspace = try await Self.workspace()
        try await RunningPage.serve(workspace) { page in
            let snapshot = try JSON.parse(try await page.wire.request("GET", "/api/v1/snapshot", page.bearer).body)
            let expected = await workspace.state
            #expect(try snapshot.decode(as: Snapshot.self) == expected)
            let signals = try JSON.parse(try await page.wire.request("GET", "/api/v1/signals", page.bearer).body)
            #expect(signals["next"] == 1)
            #expect(try signals["signals"]?.decode(as: [Signal].self) == (await workspace.log))
            let transcript = try JSON.parse(try await page.wire.request("GET", "/api/v1/agents/ada/transcript", page.bearer).body)
            #expect(transcript["agent"] == "ada")
            #expect(transcript["entries"]?.arrayValue?.first?["text"] == "hello")
        }
    }
}
