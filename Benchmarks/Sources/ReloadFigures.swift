import LoomKernel
import LoomLua
import LoomPlugins
import LoomSystem
import Synchronization

/// What it costs to change plugins while they are in use.
enum ReloadFigures {
    private static let saves = 300
    private static let many = 200

    /// - Parameter folder: the source tree, whose plugins are there beside those of the measurement, as in a session.
    static func rows(_ folder: String) async throws -> [Row] {
        let save = try await Self.saveToLive(folder)
        let load = try await Self.loadMany()
        let (quiet, looping, hungry, grasping) = try await Self.neighbours()
        func neighbour(_ what: String, _ figure: Measurement) -> Row {
            Row(
                what: "a call of a plugin while another \(what)", goal: "2 × alone", result: "\(Shown.time(figure.median))",
                rival: "alone: \(Shown.time(quiet.median))", verdict: figure.median <= quiet.median * 2 ? .met : .missed)
        }
        return [
            Row(
                what: "from a save to the new code being live", goal: "p99 50 ms",
                result: "\(Shown.time(save.median)), p99 \(Shown.time(save.p99)), best \(Shown.time(save.best))",
                rival: "published debounce alone: OpenCode 100 ms, WezTerm 200 ms, smelt 250 ms",
                verdict: save.p99 < 0.05 ? .met : .missed, note: "\(Self.saves) saves by rename, beside all bundled plugins"),
            Row(
                what: "loading \(Self.many) tools at a start", result: "\(Shown.time(load.median)), best \(Shown.time(load.best))",
                note: "CPU \(Shown.time(load.cpu)); each compiled, run and checked in a state of its own"),
            neighbour("loops for ever", looping),
            neighbour("eats all the memory it may have, again and again", hungry),
            neighbour("opens a thousand handles, again and again", grasping),
        ]
    }

    private static func tool(_ answer: String) -> String {
        """
        return {
          api = 1,
          description = "Answers.",
          parameters = { text = { type = "string", required = true, description = "what is asked" } },
          read_only = true,
          run = function(args) return args.text .. "\(answer)" end,
        }
        """
    }

    /// Hears of reloads, and lets somebody wait for one.
    private final class Ear: Sendable {
        private let state = Mutex((heard: 0, waiting: nil as CheckedContinuation<Void, Never>?))

        func heard() {
            let waiting = state.withLock { state in
                state.heard += 1
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }

        func next(after count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.heard > count { return true }
                    state.waiting = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        }

        var count: Int { state.withLock { $0.heard } }
    }

    private static func saveToLive(_ tree: String) async throws -> Measurement {
        let folder = try Folder()
        defer { folder.remove() }
        let files = LiveFileSystem()
        let path = folder.path + "/plugins/tools/answer.lua"
        try files.makeDirectory(folder.path + "/plugins/tools")
        try files.write(Self.tool("0"), to: path)
        let ear = Ear()
        var ports = PluginPorts.bench
        ports.report = { if $0.plugin == "answer" { ear.heard() } }
        let host = PluginHost(
            roots: [PluginRoot(name: "bundled", folder: tree), PluginRoot(name: "user", folder: folder.path)], ports: ports)
        await host.load()
        let watching = Task { try? await host.watch() }
        defer { watching.cancel() }
        var samples: [Double] = []
        for number in 1...Self.saves {
            let before = ear.count
            let start = uptime()
            try files.write(Self.tool("\(number)"), to: path)
            await ear.next(after: before)
            // The first may have been seen by the look with which a watch begins.
            if number > 5 { samples.append(uptime() - start) }
        }
        return Measurement(samples: samples, cpu: 0)
    }

    private static func loadMany() async throws -> Measurement {
        let folder = try Folder()
        defer { folder.remove() }
        let files = LiveFileSystem()
        try files.makeDirectory(folder.path + "/plugins/tools")
        for number in 1...Self.many { try files.write(Self.tool("\(number)"), to: "\(folder.path)/plugins/tools/t\(number).lua") }
        return await measure(warmUp: 1, runs: 7) {
            await PluginHost(roots: [PluginRoot(name: "user", folder: folder.path)], ports: .bench).load()
        }
    }

    // MARK: Neighbours

    /// Calls into one Lua state: alone, and beside plugins that take what they can get.
    private static func neighbours() async throws -> (
        quiet: Measurement, looping: Measurement, hungry: Measurement, grasping: Measurement
    ) {
        let quiet = try await Self.calls()
        let looping = try await Self.calls(beside: "while true do end")
        let hungry = try await Self.calls(beside: "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end")
        let grasping = try await Self.callsBesideHandles()
        return (quiet, looping, hungry, grasping)
    }

    private static func calls() async throws -> Measurement {
        let state = try LuaState(name: "bench")
        let chunk = "return function(a, b) return a + b end"
        guard let function = try await state.run(source: chunk, chunk: "bench", deadline: .seconds(5)).first?.function else {
            throw BenchError("The Lua source gave no function.")
        }
        let figure = try await measure(units: 2_000) {
            for number in 0..<2_000 { try await state.call(function, [.integer(Int64(number)), 2], deadline: .seconds(5)) }
        }
        await state.close()
        return figure
    }

    private static func calls(beside source: String) async throws -> Measurement {
        let other = try LuaState(name: "other")
        let busy = Task { _ = try? await other.run(source: source, chunk: "other", deadline: .seconds(60)) }
        let figure = try await Self.calls()
        busy.cancel()
        await busy.value
        await other.close()
        return figure
    }

    /// Handles are given to the call of an agent: this one opens a thousand, ends them, and begins again.
    private static func callsBesideHandles() async throws -> Measurement {
        let folder = try Folder()
        defer { folder.remove() }
        let files = LiveFileSystem()
        try files.makeDirectory(folder.path + "/plugins/tools")
        try files.write(Self.grasping, to: folder.path + "/plugins/tools/grasp.lua")
        let host = PluginHost(roots: [PluginRoot(name: "bench", folder: folder.path)], ports: .bench)
        let reports = await host.load()
        guard let tool = host.catalog.tool("grasp") else {
            throw BenchError("The tool did not load: \(reports.compactMap(\.error).joined(separator: "; "))")
        }
        let catalog = BenchCatalog(tools: [tool]) { _ in
            [.toolCallDelta(index: 0, id: "call", name: "grasp", arguments: "{}"), .stop(.toolUse)]
        }
        let stage = try await Stage.open(isKept: false, catalog: catalog)
        try await stage.workspace.send("go")
        var owned = 0
        for _ in 0..<1_000 where owned < 500 {
            try await Task.sleep(for: .milliseconds(5))
            owned = host.counts.owned
        }
        guard owned >= 500 else { throw BenchError("The tool that opens handles has opened \(owned) in 5 s.") }
        let figure = try await Self.calls()
        guard host.counts.running == 1 else { throw BenchError("The tool that opens handles ended before the measurement did.") }
        await stage.close()
        return figure
    }

    private static let grasping = """
        return {
          api = 1,
          description = "Opens a thousand handles again and again.",
          parameters = {},
          deadline = 600,
          limits = { handles = 1024 },
          run = function()
            while true do
              local open = {}
              for number = 1, 1000, 2 do
                open[number] = assert(loom.signal.subscribe("nothing/like/this"))
                open[number + 1] = assert(loom.task.spawn(function() loom.time.sleep(600) end))
              end
              for _, handle in ipairs(open) do handle:cancel() end
            end
          end,
        }
        """
}
