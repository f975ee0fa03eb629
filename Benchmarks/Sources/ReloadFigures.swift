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
        let (quiet, looping, hungry) = try await Self.neighbours()
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

    /// Calls into one Lua state: alone, beside one that never ends, beside one that takes all its memory again and again.
    private static func neighbours() async throws -> (quiet: Measurement, looping: Measurement, hungry: Measurement) {
        let quiet = try await Self.calls()
        let looping = try await Self.calls(beside: "while true do end")
        let hungry = try await Self.calls(beside: "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end")
        return (quiet, looping, hungry)
    }

    private static func calls(beside source: String? = nil) async throws -> Measurement {
        let state = try LuaState(name: "bench")
        let chunk = "return function(a, b) return a + b end"
        guard let function = try await state.run(source: chunk, chunk: "bench", deadline: .seconds(5)).first?.function else {
            throw BenchError("The Lua source gave no function.")
        }
        let other = try LuaState(name: "other")
        let busy = source.map { source in
            Task { _ = try? await other.run(source: source, chunk: "other", deadline: .seconds(60)) }
        }
        let figure = try await measure(units: 2_000) {
            for number in 0..<2_000 { try await state.call(function, [.integer(Int64(number)), 2], deadline: .seconds(5)) }
        }
        busy?.cancel()
        await busy?.value
        await other.close()
        await state.close()
        return figure
    }
}
