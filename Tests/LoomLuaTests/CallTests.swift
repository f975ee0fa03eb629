import Testing

@testable import LoomLua

@Suite("A call into Lua")
struct CallTests {
    @Test("returns values, and functions that can be called later")
    func returnsFunctions() async throws {
        let state = try LuaState(name: "test")
        let result = try await state.run(
            source: "local n = 0\nreturn { inner = { add = function(k) n = n + k; return n end } }", chunk: "a.lua",
            deadline: .seconds(60))
        let add = try #require(result.first?.table?["inner"].table?["add"].function)
        #expect(try await state.call(add, [2], deadline: .seconds(60)) == [2])
        #expect(try await state.call(add, [3], deadline: .seconds(60)) == [5])
        #expect(await state.statistics.liveReferences == 1)
    }

    @Test("reports chunk, line and traceback of the place that raised")
    func reportsPlace() async throws {
        let state = try LuaState(name: "test")
        let error = await #expect(throws: LuaError.self) {
            try await state.run(
                source: "local function f() error('broken') end\nlocal function g()\n  f()\nend\ng()", chunk: "dir/a.lua",
                deadline: .seconds(60))
        }
        #expect(error?.kind == .runtime)
        #expect(error?.message == "dir/a.lua:1: broken")
        #expect(error?.traceback?.contains("dir/a.lua:3: in local 'g'") == true)
        #expect(error?.value == nil)
    }

    @Test("reports source that does not compile with its line")
    func reportsSyntax() async throws {
        let state = try LuaState(name: "test")
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: "local x = 1\nlocal = 2", chunk: "a.lua", deadline: .seconds(60))
        }
        #expect(error?.kind == .syntax)
        #expect(error?.message.hasPrefix("a.lua:2:") == true)
    }

    @Test("carries an error object across as a value")
    func carriesErrorObject() async throws {
        let state = try LuaState(name: "test")
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: "error({ code = 3, message = 'no' })", chunk: "a.lua", deadline: .seconds(60))
        }
        #expect(error == LuaError(.runtime, "no", traceback: error?.traceback, value: ["code": 3, "message": "no"]))
    }

    @Test("does not take bytecode")
    func refusesBytecode() async throws {
        let state = try LuaState(name: "test")
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: "\u{1B}Lua", chunk: "a.lua", deadline: .seconds(60))
        }
        #expect(error?.kind == .syntax)
    }

    @Test("does not take a source over the limit")
    func refusesLargeSource() async throws {
        var limits = LuaLimits()
        limits.sourceBytes = 1000
        let state = try LuaState(name: "test", limits: limits)
        let error = await state.failure(of: String(repeating: " ", count: 1001), chunk: "big.lua")
        #expect(error == LuaError(.syntax, "big.lua: the source is too large"))
        #expect(try await state.eval("return load((' '):rep(1001))") == [.nil, "load: the source is too large"])
        #expect(try await state.eval("") == [])
    }

    @Test("of a function of another state is refused")
    func refusesForeignFunction() async throws {
        let one = try LuaState(name: "one")
        let other = try LuaState(name: "other")
        let function = try #require(
            try await one.run(source: "return print", chunk: "a", deadline: .seconds(60)).first?.function)
        let error = await #expect(throws: LuaError.self) { try await other.call(function, [], deadline: .seconds(60)) }
        #expect(error?.kind == .value)
        let argument = await #expect(throws: LuaError.self) {
            let mine = try #require(
                try await other.run(source: "return print", chunk: "a", deadline: .seconds(60)).first?.function)
            try await other.call(mine, [.function(function)], deadline: .seconds(60))
        }
        #expect(argument?.kind == .value)
    }

    @Test("that takes the memory limit fails alone; the state works on")
    func memoryLimit() async throws {
        var limits = LuaLimits()
        limits.memoryBytes = 1 << 20
        let state = try LuaState(name: "test", limits: limits)
        let error = await #expect(throws: LuaError.self) {
            try await state.run(
                source: "local t = {} while true do t[#t + 1] = ('x'):rep(100) .. #t end", chunk: "a.lua", deadline: .seconds(60))
        }
        #expect(error?.kind == .memory)
        let caught = try await state.run(
            source: "return pcall(function() local t = {} while true do t[#t + 1] = ('x'):rep(100) .. #t end end)",
            chunk: "a.lua", deadline: .seconds(60))
        #expect(caught == [false, "not enough memory"])
        await state.collectGarbage()
        #expect(await state.statistics.memoryBytes < 100_000)
        #expect(await state.statistics.peakBytes <= 1 << 20)
    }
}
