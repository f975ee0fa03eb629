import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("The history of a plugin", .timeLimit(.minutes(1))) struct HistoryTests {
    private static let path = "plugins/tools/x.lua"
    private let clock = ManualClock()
    private let store: Store

    init() throws {
        let ports = Ports(clock: clock, random: SeededRandom(seed: 1), files: MemoryFileSystem(), environment: [:])
        store = try Store(path: nil, bus: Workspace.makeBus(ports), clock: clock)
    }

    private static func tool(_ text: String) -> String { LuaSources.tool("return '\(text)'") }

    private func session(_ files: MemoryFileSystem) throws -> TestPlugins { try TestPlugins(files: files) }

    /// Saves these texts one after another in one session.
    private func saved(_ texts: [String]) async throws -> TestPlugins {
        let plugins = try TestPlugins([Self.path: Self.tool(texts[0])])
        _ = await plugins.begin(store)
        for text in texts.dropFirst() {
            try plugins.write(Self.path, Self.tool(text))
            _ = await plugins.reload()
        }
        return plugins
    }

    private func text(_ plugins: TestPlugins) throws -> String {
        String(decoding: try plugins.files.read("/bundled/" + Self.path), as: UTF8.self)
    }

    @Test("goes on after a restart: a text that did not change keeps its number, a new one gets the next")
    func numbers() async throws {
        let first = try await saved(["one", "two"])
        #expect(try first.summary("x").generation == 2)
        let second = try session(first.files)
        #expect(await second.begin(store) == ["tool x loaded ->2"])
        try second.write(Self.path, Self.tool("three"))
        #expect(await second.reload() == ["tool x reloaded 2>3"])
        try second.write(Self.path, Self.tool("four"))
        let third = try session(first.files)
        #expect(await third.begin(store) == ["tool x loaded ->4"])
        #expect(try await store.versions(of: "x").map(\.number) == [4, 3, 2, 1])
    }

    @Test("has a new number, but no new text, for a plugin whose library changed")
    func dependents() async throws {
        let plugins = try TestPlugins([
            "plugins/lib/l.lua": "return 1", Self.path: "local l = require 'lib.l'\n" + Self.tool("one"),
        ])
        _ = await plugins.begin(store)
        try plugins.write("plugins/lib/l.lua", "return 2")
        #expect(await plugins.reload() == ["lib l reloaded 1>2", "tool x reloaded 1>2"])
        let versions = try await store.versions(of: "x")
        #expect(versions.map(\.number) == [1] && versions.map(\.latest) == [2])
        let next = try session(plugins.files)
        #expect(await next.begin(store).contains("tool x loaded ->2"))
    }

    @Test("is told as a story: the live text, what the file holds, and what is kept of this kind")
    func story() async throws {
        let plugins = try await saved(["one", "two"])
        let whole = try #require(await plugins.host.story(kind: "tool", name: "x"))
        #expect(whole.source == Self.tool("two") && whole.fileHash == whole.hash)
        #expect(whole.versions.map(\.number) == [2, 1])
        try plugins.write(Self.path, "return {")
        _ = await plugins.reload()
        let failed = try #require(await plugins.host.story(kind: "tool", name: "x"))
        #expect(failed.source == Self.tool("two") && failed.hash == whole.hash && failed.fileHash != whole.hash)
        #expect(await plugins.host.story(kind: "role", name: "x") == nil)
        #expect(await plugins.host.story(kind: "nonsense", name: "x") == nil)
    }

    @Test("is told of a plugin whose file is gone too, as deleted, until it is back")
    func storyOfDeleted() async throws {
        let plugins = try await saved(["one", "two"])
        #expect(await plugins.host.deleted().isEmpty)
        try plugins.remove(Self.path)
        _ = await plugins.reload()
        let story = try #require(await plugins.host.story(kind: "tool", name: "x"))
        #expect(story.source == Self.tool("two") && story.fileHash == nil && story.versions.map(\.number) == [2, 1])
        let summary = try #require(story.deleted)
        #expect(summary.status == "deleted" && summary.root == "bundled" && summary.path == Self.path && summary.generation == 2)
        #expect(await plugins.host.deleted() == [summary])
        _ = try await plugins.host.rollback("x", to: nil)
        #expect(await plugins.host.deleted().isEmpty)
        #expect(await plugins.host.story(kind: "tool", name: "x")?.deleted == nil)
    }

    @Test("is seen by another session of the project, which gives no number twice")
    func together() async throws {
        let first = try await saved(["one"])
        let second = try session(first.files)
        _ = await second.begin(store)
        try first.write(Self.path, Self.tool("two"))
        #expect(await first.reload() == ["tool x reloaded 1>2"])
        #expect(await second.reload() == ["tool x reloaded 1>2"])
        #expect(try await store.versions(of: "x").map(\.number) == [2, 1])
    }

    @Test("keeps the last twenty texts")
    func pruned() async throws {
        _ = try await saved((1...25).map { "text \($0)" })
        let versions = try await store.versions(of: "x")
        #expect(versions.map(\.number) == Array((6...25).reversed()))
        #expect(try await store.newestVersions().map(\.count) == [20])
    }

    @Test("puts the last text back, and that can be undone in the same way")
    func rollback() async throws {
        let plugins = try await saved(["one", "two"])
        let done = try await plugins.host.rollback("x", to: nil)
        #expect(done.restored == 1 && done.live == 3 && done.kept == 2 && done.error == nil)
        #expect(try text(plugins) == Self.tool("one"))
        #expect(try plugins.summary("x").generation == 3)
        let undone = try await plugins.host.rollback("x", to: nil)
        #expect(undone.restored == 2 && undone.live == 4)
        #expect(try text(plugins) == Self.tool("two"))
    }

    @Test("puts the text of any kept generation back")
    func rollbackTo() async throws {
        let plugins = try await saved(["one", "two", "three"])
        #expect(try await plugins.host.rollback("tool/x", to: 1).restored == 1)
        #expect(try text(plugins) == Self.tool("one"))
        await #expect(throws: CommandError("plugins/tools/x.lua holds the text of generation 1 already.")) {
            try await plugins.host.rollback("x", to: 1)
        }
        await #expect(throws: CommandError("Generation 9 of tool x is not kept. Kept: 1, 2, 3, 4.")) {
            try await plugins.host.rollback("x", to: 9)
        }
    }

    @Test("keeps a draft that never loaded before it gives way")
    func draft() async throws {
        let plugins = try await saved(["one", "two"])
        try plugins.write(Self.path, "return {")
        #expect(await plugins.reload().first?.hasPrefix("tool x failed") == true)
        let done = try await plugins.host.rollback("x", to: nil)
        #expect(done.restored == 2 && done.live == 2 && done.kept == 3 && done.error == nil)
        #expect(try plugins.summary("x").status == "live")
        let versions = try await store.versions(of: "x")
        #expect(versions.map(\.status) == [.aside, .used, .used])
        let back = try await plugins.host.rollback("x", to: 3)
        #expect(back.restored == 3 && back.error?.contains("plugins/tools/x.lua:1") == true)
        #expect(try text(plugins) == "return {")
    }

    @Test("brings a plugin back whose file was deleted")
    func deleted() async throws {
        let plugins = try await saved(["one", "two"])
        try plugins.remove(Self.path)
        #expect(await plugins.reload() == ["tool x removed 2>-"])
        #expect(try await plugins.host.rollback("x", to: nil).restored == 2)
        #expect(try plugins.summary("x").status == "live")
    }

    @Test("can be used where nothing is loaded: then only the file changes")
    func unloaded() async throws {
        let first = try await saved(["one", "two"])
        let other = try session(first.files)
        other.host.use(store)
        let done = try await other.host.rollback("x", to: nil)
        #expect(done.restored == 1 && done.live == nil)
        #expect(try text(other) == Self.tool("one"))
        #expect(await first.reload() == ["tool x reloaded 2>3"])
    }

    @Test("says what stands in the way of a rollback")
    func refusals() async throws {
        let bare = try TestPlugins([Self.path: Self.tool("one")])
        _ = await bare.host.load()
        await #expect(
            throws: CommandError(
                "Nothing is kept of the plugins here: no session was opened in this folder yet. "
                    + "Every session keeps their texts: start one here with «loomkin», or name the project's folder with -C.")
        ) { try await bare.host.rollback("x", to: nil) }

        let plugins = try TestPlugins([Self.path: Self.tool("one"), "prompts/x.md": "Words."], isWritable: false)
        _ = await plugins.begin(store)
        await #expect(throws: CommandError("Several kinds have a plugin x. Say which: prompt/x or tool/x.")) {
            try await plugins.host.rollback("x", to: nil)
        }
        await #expect(
            throws: CommandError("There is no earlier generation of tool x: nothing else is kept of it in this project.")
        ) { try await plugins.host.rollback("tool/x", to: nil) }
        let unknown = await #expect(throws: CommandError.self) { try await plugins.host.rollback("y", to: nil) }
        #expect(unknown?.description.hasPrefix("There is no plugin «y»") == true)
        try plugins.write(Self.path, Self.tool("two"))
        _ = await plugins.reload()
        await #expect(
            throws: CommandError(
                """
                The old text cannot be put back. plugins/tools/x.lua can't be used: permission denied. It is one of Loomkin's own: \
                put a copy into .loomkin/plugins/tools/x.lua and change that.
                """)
        ) { try await plugins.host.rollback("tool/x", to: nil) }
        #expect(try text(plugins) == Self.tool("two"))
    }

    @Test("is begun when a workspace opens, and says in the list how many texts there are")
    func attached() async throws {
        let plugins = try await TestPlugins.loaded([Self.path: Self.tool("one")])
        let workspace = try await TestWorkspace()
        await plugins.host.attach(workspace.workspace)
        #expect(try plugins.summary("x").versions == 1)
        try plugins.write(Self.path, Self.tool("two"))
        _ = await plugins.reload()
        #expect(try plugins.summary("x").versions == 2)
        #expect(try await workspace.workspace.services.store.versions(of: "x").map(\.number) == [2, 1])
    }

    @Test("takes a plugin anew whose file did not change")
    func anew() async throws {
        let plugins = try await saved(["one"])
        #expect(try await plugins.host.reload("x").map(TestPlugins.line) == ["tool x reloaded 1>2"])
        #expect(try await plugins.host.reload(nil).isEmpty)
        #expect(try await store.versions(of: "x").map(\.latest) == [2])
    }
}
