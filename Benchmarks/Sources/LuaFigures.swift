import CLua
import LoomKernel
import LoomLua
import LoomPlugins
import LoomSystem
import Synchronization

/// What it costs to go through Lua.
enum LuaFigures {
    private static let calls = 10_000
    private static let source = "return function(a, b) return a + b end"

    static func rows() async throws -> [Row] {
        let bare = try Self.bareCalls()
        let state = try await Self.stateCalls()
        let many = try await Self.concurrentCalls()
        let bareText = "bare lua_pcall: \(Shown.time(bare.median))"
        let plugins = try await ToolPlugin.load()
        let lua = try await Self.agentCalls(plugins.tool)
        let swift = try await Self.agentCalls(SwiftTool())
        plugins.folder.remove()
        return [
            Row(
                what: "a call into Lua, f(a, b)", result: "\(Shown.time(state.median)), best \(Shown.time(state.best))", rival: bareText,
                note: "with deadline, cancellation and two changes of thread; CPU \(Shown.time(state.cpu))"),
            Row(
                what: "the same, 100 calls at a time", result: "\(Shown.time(many.median)), best \(Shown.time(many.best))",
                rival: bareText, note: "CPU \(Shown.time(many.cpu))"),
            Row(
                what: "an agent's whole tool call, Lua tool", result: "\(Shown.time(lua.median)), best \(Shown.time(lua.best))",
                rival: "the same, Swift tool: \(Shown.time(swift.median)), best \(Shown.time(swift.best))",
                note: "model's reply (canned), permission, all rows on disk, signals; CPU \(Shown.time(lua.cpu))"),
        ]
    }

    private static func bareCalls() throws -> Measurement {
        guard let lua = luaL_newstate() else { throw BenchError("Lua has no memory for a state.") }
        defer { lua_close(lua) }
        guard luaL_loadstring(lua, Self.source) == LUA_OK, lua_pcallk(lua, 0, 1, 0, 0, nil) == LUA_OK else {
            throw BenchError("Lua refused «\(Self.source)».")
        }
        var samples: [Double] = []
        for _ in 0..<20 {
            let start = uptime()
            for number in 0..<Self.calls {
                lua_pushvalue(lua, 1)
                lua_pushinteger(lua, lua_Integer(number))
                lua_pushinteger(lua, 2)
                guard lua_pcallk(lua, 2, 1, 0, 0, nil) == LUA_OK else { throw BenchError("The Lua function failed.") }
                _ = lua_tointegerx(lua, -1, nil)
                lua_settop(lua, 1)
            }
            samples.append((uptime() - start) / Double(Self.calls))
        }
        return Measurement(samples: Array(samples.dropFirst(5)), cpu: 0)
    }

    private static func function(_ state: LuaState) async throws -> LuaFunction {
        guard let function = try await state.run(source: Self.source, chunk: "bench", deadline: .seconds(5)).first?.function else {
            throw BenchError("The Lua source gave no function.")
        }
        return function
    }

    private static func stateCalls() async throws -> Measurement {
        let state = try LuaState(name: "bench")
        let function = try await Self.function(state)
        let figure = try await measure(units: Self.calls) {
            for number in 0..<Self.calls { try await state.call(function, [.integer(Int64(number)), 2], deadline: .seconds(5)) }
        }
        await state.close()
        return figure
    }

    private static func concurrentCalls() async throws -> Measurement {
        let state = try LuaState(name: "bench")
        let function = try await Self.function(state)
        let figure = try await measure(units: Self.calls) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        for number in 0..<(Self.calls / 100) {
                            try await state.call(function, [.integer(Int64(number)), 2], deadline: .seconds(5))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        await state.close()
        return figure
    }

    // MARK: Whole tool calls

    private static let turn = 200

    /// One turn of an agent that calls the tool again and again; what one call of it took.
    private static func agentCalls(_ tool: any Tool) async throws -> Measurement {
        let count = Mutex(0)
        let catalog = BenchCatalog(tools: [tool]) { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number % (Self.turn + 1) == 0 { return [.text("done"), .stop(.end)] }
            return [.toolCallDelta(index: 0, id: "call-\(number)", name: tool.schema.name, arguments: #"{"a":1,"b":2}"#), .stop(.toolUse)]
        }
        var samples: [Double] = []
        var cpu = 0.0
        // A fresh session each time, since a conversation that grows is sent, and so counted, each time.
        for _ in 0..<6 {
            let stage = try await Stage.open(isKept: true, catalog: catalog)
            let before = processTime()
            let start = uptime()
            try await stage.workspace.send("go")
            _ = await stage.workspace.waitUntilQuiet()
            samples.append((uptime() - start) / Double(Self.turn))
            cpu = (processTime() - before) / Double(Self.turn)
            await stage.close()
        }
        return Measurement(samples: Array(samples.dropFirst()), cpu: cpu)
    }
}

/// The same work as the Lua tool.
private struct SwiftTool: Tool {
    let schema = ToolSchema(name: "add", description: "Adds two numbers.", parameters: [:])
    let isParallel = true
    let isReadOnly = true
    let deadline: Duration? = .seconds(5)
    let generation = 1

    func access(_ arguments: JSON) async throws(ToolError) -> [Access] { [] }
    func summary(_ arguments: JSON) async -> String { "" }
    func validate(_ arguments: JSON) throws(ToolError) -> JSON { arguments }
    func run(_ arguments: JSON, _ host: ToolHost) async throws(ToolError) -> ToolResult {
        ToolResult("\((arguments["a"]?.intValue ?? 0) + (arguments["b"]?.intValue ?? 0))")
    }
}

/// A plugin folder with one tool.
private struct ToolPlugin {
    let folder: Folder
    let host: PluginHost
    let tool: any Tool

    static func load() async throws -> ToolPlugin {
        let folder = try Folder()
        let files = LiveFileSystem()
        try files.makeDirectory(folder.path + "/plugins/tools")
        try files.write(
            """
            return {
              api = 1,
              description = "Adds two numbers.",
              parameters = { a = { type = "integer", required = true }, b = { type = "integer", required = true } },
              read_only = true,
              run = function(args) return tostring(args.a + args.b) end,
            }
            """, to: folder.path + "/plugins/tools/add.lua")
        let host = PluginHost(roots: [PluginRoot(name: "bench", folder: folder.path)], ports: .bench)
        let reports = await host.load()
        guard let tool = host.catalog.tool("add") else {
            throw BenchError("The tool did not load: \(reports.compactMap(\.error).joined(separator: "; "))")
        }
        return ToolPlugin(folder: folder, host: host, tool: tool)
    }
}

extension PluginPorts {
    /// The machine's own, without settings.
    static var bench: PluginPorts {
        PluginPorts(clock: LiveClock(), files: LiveFileSystem(), http: LiveHTTPClient(), environment: { Environment.all[$0] })
    }
}
