import Testing

@testable import LoomLua

@Suite("A source that many states run") struct SharedSourceTests {
    private func run(_ source: String, chunk: String, limits: LuaLimits = LuaLimits()) async throws -> (LuaState, [LuaValue]) {
        let state = try LuaState(name: "test", limits: limits)
        return (state, try await state.run(source: source, chunk: chunk, deadline: .seconds(60), isShared: true))
    }

    @Test("does the same in each of them, and none sees what another did")
    func independence() async throws {
        let source = "count = (count or 0) + 1 local n = 0 return count, function() n = n + 1 return n end"
        for _ in 1...3 {
            let (state, values) = try await run(source, chunk: "@independence.lua")
            #expect(values.first == 1)
            let function = try #require(values.last?.function)
            #expect(try await state.call(function, [], deadline: .seconds(60)) == [1])
        }
    }

    @Test("keeps its name and its lines in errors, also under another name")
    func places() async throws {
        for chunk in ["@one.lua", "@one.lua", "@other.lua"] {
            let error = await #expect(throws: LuaError.self) { try await run("\n\nerror('no')", chunk: chunk) }
            #expect(error?.message == "\(chunk.dropFirst()):3: no")
        }
    }

    @Test("is another one when a byte of it differs")
    func versions() async throws {
        for number in [1, 2, 1] { #expect(try await run("return \(number)", chunk: "@version.lua").1 == [.integer(Int64(number))]) }
    }

    @Test("shows its globals whether it was compiled here or before")
    func globals() async throws {
        for _ in 1...2 {
            let state = try LuaState(name: "test")
            try await state.run(source: "return a", chunk: "@globals.lua", deadline: .seconds(60), isShared: true, isLookedAt: true)
            #expect(await state.takeGlobals().map(\.name) == ["a"])
        }
    }

    @Test("is text: bytecode is refused each time, also what Lua made itself")
    func refusesBytecode() async throws {
        for _ in 1...2 {
            let error = await #expect(throws: LuaError.self) { try await run("\u{1B}Lua", chunk: "@binary.lua") }
            #expect(error?.kind == .syntax)
            #expect(error?.message.contains("attempt to load a binary chunk") == true)
        }
        let state = try LuaState(name: "test")
        await state.setModuleLoader { _ in ("\u{1B}Lua", "binary.lua") }
        let error = await state.failure(of: "require 'binary'", chunk: "@a.lua")
        #expect(error?.message.contains("attempt to load a binary chunk") == true)
    }

    @Test("that is broken is compiled, and refused, each time")
    func broken() async throws {
        for _ in 1...2 {
            let error = await #expect(throws: LuaError.self) { try await run("return return", chunk: "@broken.lua") }
            #expect(error?.kind == .syntax)
        }
    }

    @Test("is refused by a state that may not hold so much, whoever compiled it before")
    func limits() async throws {
        let source = "return 1" + String(repeating: " ", count: 1000)
        #expect(try await run(source, chunk: "@large.lua").1 == [1])
        var limits = LuaLimits()
        limits.sourceBytes = 1000
        let error = await #expect(throws: LuaError.self) { try await run(source, chunk: "@large.lua", limits: limits) }
        #expect(error?.message == "large.lua: the source is too large")
    }

    @Test("gives way to newer ones and can be run all the same")
    func manySources() async throws {
        for round in 1...2 {
            for number in 1...100 {
                #expect(try await run("return \(number)", chunk: "@many.lua").1 == [.integer(Int64(number))], "round \(round)")
            }
        }
    }

    @Test("can be loaded by many states at once")
    func concurrency() async throws {
        try await withThrowingTaskGroup(of: [LuaValue].self) { group in
            for index in 0..<200 {
                group.addTask { try await run("return \(index % 80)", chunk: "@concurrent.lua").1 }
            }
            for try await values in group { #expect(values.count == 1) }
        }
    }

    @Test("leaves a state whole when memory runs out while it is loaded")
    func memory() async throws {
        let source = "local t = {} function t.f() return 'a long text of some kind', 'another' end return t.f()"
        _ = try await run(source, chunk: "@memory.lua")
        for count in Int64(1)...40 {
            let state = try LuaState(name: "test")
            await state.failAllocations(after: count)
            _ = try? await state.run(source: source, chunk: "@memory.lua", deadline: .seconds(60), isShared: true)
            await state.failAllocations(after: 0)
            let values = try await state.run(source: source, chunk: "@memory.lua", deadline: .seconds(60), isShared: true)
            #expect(values == ["a long text of some kind", "another"])
        }
    }
}
