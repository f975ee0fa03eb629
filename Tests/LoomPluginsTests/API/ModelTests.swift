import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("Models that plugins ask", .timeLimit(.minutes(1))) struct ModelTests {
    private static let usage = Usage(input: 12, output: 3)

    @Test("the answer has its text, what it used and why it stopped, and the ledger knows who asked")
    func complete() async throws {
        let asked = Mutex<[ModelCall]>([])
        let workspace = try await TestWorkspace(reply: { call in
            asked.withLock { $0.append(call) }
            return [.text("for"), .text("ty"), .usage(Self.usage), .stop(.end)]
        })
        let text = try await workspace.run(
            """
            local a = assert(loom.model.complete{ system = "Count.", prompt = "How many?", max_tokens = 50, purpose = "count" })
            return a.text .. a.usage.input .. a.usage.output .. a.stop .. a.model .. tostring(a.cost)
            """)
        #expect(text == "forty123endscripted:xnil")
        let call = try #require(asked.withLock { $0.first })
        #expect(call.system == "Count." && call.messages == [Message(.user, [.text("How many?")])])
        #expect(call.purpose == "plugin/t/count" && call.agent == "ada" && call.settings.maxOutputTokens == 50 && call.tools.isEmpty)
        let finished = try await workspace.workspace.history(matching: "**/model.finished", after: 0, limit: 10)
        #expect(finished.compactMap { $0.payload(ModelFinished.self)?.usage } == [Self.usage])
    }

    @Test("pieces of a stream come as they are made, to the plugin and nobody else")
    func stream() async throws {
        let workspace = try await TestWorkspace(reply: { _ in [.text("for"), .text("ty"), .stop(.end)] })
        let everything = workspace.workspace.bus.subscribe("**/agent.text", name: "test")
        let text = try await workspace.run(
            """
            local seen = {}
            local a = loom.model.stream({ messages = { { author = "user", text = "?" } } }, function(text, n) seen[#seen + 1] = text .. n end)
            return table.concat(seen, " ") .. a.text
            """)
        #expect(text == "for1 ty1forty")
        everything.cancel()
        #expect(await everything.next() == nil)
        let given = try await workspace.run(
            "local a, err = loom.model.stream({ prompt = '?' }, function() return false end) return tostring(a) .. err.code")
        #expect(given == "nilgiven_up")
    }

    @Test("a failure is nil and an error with its kind; a wrong question too")
    func failures() async throws {
        let workspace = try await TestWorkspace(reply: { _ in [.text("a"), .stop(.end)] })
        for (request, code) in [
            ("{ prompt = '?', model = 'nowhere:x' }", "unavailable"), ("{}", "invalid"),
            ("{ prompt = '?', messages = { { author = 'user', text = '' } } }", "invalid"),
            ("{ prompt = '?', purpose = 'Two words' }", "invalid"), ("{ messages = { { author = 'assistant', text = '' } } }", "invalid"),
        ] {
            #expect(try await workspace.run("local a, err = loom.model.complete\(request) return tostring(a) .. err.code") == "nil" + code)
        }
    }

    @Test("is decided by the model's name: allowed by edit and full, asked for by others, denied by a rule")
    func permission() async throws {
        for (preset, verdict) in [(TrustPreset.ask, "ask"), (.readOnly, "ask"), (.edit, "allow"), (.full, "allow")] {
            let workspace = try await TestWorkspace(permissions: preset)
            #expect(try await workspace.run("return loom.permission.check('model', 'scripted:x').verdict") == verdict)
        }
        let rule = try #require(PermissionRule(.deny, text: "model scripted:*", origin: "test"))
        let workspace = try await TestWorkspace(rules: [rule], reply: { _ in [.text("a"), .stop(.end)] })
        do {
            _ = try await workspace.run("return loom.model.complete{ prompt = '?' }.text")
            Issue.record("it was not denied")
        } catch let error as ToolError {
            #expect(error.status == .denied && error.message.contains("model scripted:x"))
        }
    }
}
