import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("A plugin that an agent proposes", .timeLimit(.minutes(1))) struct ProposalTests {
    private static let path = ".loomkin/plugins/tools/shout.lua"
    private static let spec = "return { { 'says something', function(t) t.equal(t.run({}).text, 'theirs') end } }\n"

    /// What a person is shown, and what came of it after they said yes.
    private func propose(
        spec: String? = nil, whileAsked act: (TestPlugins) throws -> Void = { _ in }
    ) async throws -> (plugins: TestPlugins, shown: String, result: Result<PluginReported, ProposalError>) {
        let plugins = try await TestPlugins.loaded([:])
        for (name, text) in try BundledHarness.files() { try plugins.write("plugins/spec/\(name)", text) }
        try plugins.write("plugins/tools/shout.lua", LuaSources.tool("return 'mine'"), in: TestPlugins.project)
        let test = try await TestWorkspace(permissions: .ask)
        let asked = test.workspace.bus.subscribe("**/question.asked", name: "test")
        let proposal = try PluginProposal(kind: "tool", name: "shout", source: LuaSources.tool("return 'theirs'"), spec: spec)
        let proposing = Task {
            do throws(ProposalError) {
                return Result<PluginReported, ProposalError>.success(try await plugins.host.propose(proposal, test.host("plugin_write")))
            } catch {
                // Nobody is asked then.
                test.workspace.bus.close()
                return .failure(error)
            }
        }
        guard let question = await asked.next()?.first?.payload(QuestionAsked.self)?.question else {
            Issue.record("\(await proposing.value)")
            throw CancellationError()
        }
        try act(plugins)
        try await test.workspace.answer(question.id, .allow, by: "user/test")
        return (plugins, question.detail, await proposing.value)
    }

    private func text(_ plugins: TestPlugins) throws -> String {
        String(decoding: try plugins.files.read("/project/" + Self.path), as: UTF8.self)
    }

    @Test("is shown as the difference to what is on the disk, also where that was not loaded, with its spec")
    func difference() async throws {
        let (plugins, shown, result) = try await self.propose(spec: Self.spec)
        #expect(shown.contains("return 'mine'") && shown.contains("return 'theirs'") && shown.contains("+" + Self.spec))
        #expect(try result.get().status == "loaded")
        #expect(try self.text(plugins).contains("theirs"))
    }

    @Test("is not written over what somebody saved while a person was asked")
    func overtaken() async throws {
        let saved = LuaSources.tool("return 'saved meanwhile'")
        let (plugins, _, result) = try await self.propose { plugins in
            try plugins.write("plugins/tools/shout.lua", saved, in: TestPlugins.project)
        }
        let failure = #expect(throws: ProposalError.self) { try result.get() }
        #expect(failure?.text.hasPrefix("\(Self.path) was changed by somebody else") == true)
        #expect(try self.text(plugins) == saved)
    }

    @Test("is not written over a file that appeared while a person was asked")
    func appeared() async throws {
        let (plugins, _, result) = try await self.propose(spec: Self.spec) { plugins in
            try plugins.write("plugins/tools/shout.spec.lua", "-- mine", in: TestPlugins.project)
        }
        #expect(throws: ProposalError.self) { try result.get() }
        #expect(try self.text(plugins).contains("mine"))
        #expect(try plugins.files.read("/project/.loomkin/plugins/tools/shout.spec.lua") == Array("-- mine".utf8))
    }
}
