import Testing

@testable import LoomLua

@Suite("A state")
struct LifeTests {
    @Test("that is closed ends its calls, frees its memory and stays closed")
    func closing() async throws {
        let state = try LuaState(name: "test")
        let gate = Gate()
        let waiting = Handover<Bool>()
        await state.register(
            "wait",
            .async { _, _ in
                await waiting.put(true); await gate.wait(); return []
            })
        let function = try #require(try await state.eval("return function() wait() end").first?.function)
        async let result = state.failure(of: "pcall(wait) while true do pcall(wait) end")
        _ = await waiting.take()
        await state.close()
        #expect(await result?.kind == .closed)
        #expect(await state.statistics.memoryBytes == 0)
        #expect(await state.statistics.liveReferences == 0)
        await state.close()
        await gate.open()
        let call = await #expect(throws: LuaError.self) { try await state.call(function, [], deadline: .seconds(60)) }
        #expect(call?.kind == .closed)
        #expect(await state.failure(of: "return 1")?.kind == .closed)
        await state.register("late", .sync { _, _ in [] })
        await state.set("late", 1)
        await state.setStrictGlobals(true)
        await state.collectGarbage()
    }

    @Test("costs no thread while nothing runs in it")
    func threads() async throws {
        var limits = LuaLimits()
        limits.threadIdle = .zero
        let state = try LuaState(name: "test", limits: limits)
        #expect(!state.executor.hasThread)
        for _ in 0..<20 {
            #expect(try await state.eval("return 1") == [1])
            await withCheckedContinuation { continuation in state.executor.whenThreadEnds { continuation.resume() } }
        }
    }

    @Test("is freed with its last holder, while its functions may live on")
    func freed() async throws {
        weak var gone: LuaState?
        let function: LuaFunction?
        do {
            let state = try LuaState(name: "test")
            gone = state
            function = try await state.eval("return print").first?.function
            await withCheckedContinuation { continuation in state.executor.submit { continuation.resume() } }
        }
        // Its thread may still hold it for the last work it did.
        while gone != nil { await Task.yield() }
        #expect(function != nil)
    }

    @Test("that is too small for the libraries is refused")
    func tooSmall() {
        var limits = LuaLimits()
        limits.memoryBytes = 10_000
        let error = #expect(throws: LuaError.self) { try LuaState(name: "test", limits: limits) }
        #expect(error?.kind == .memory)
    }

    @Test("whose preparation failed fails its calls with the reason")
    func badPreparation() async throws {
        let one = try LuaState(name: "one")
        let other = try LuaState(name: "other")
        let function = try #require(try await one.eval("return print").first?.function)
        await other.set("foreign", .function(function))
        #expect(await other.failure(of: "return 1")?.kind == .value)
    }

    @Test("gives every busy call its turns")
    func fairness() async throws {
        let state = try LuaState(name: "test")
        // Each call ends only if the others run while it is busy.
        let source = "local me = ... turn = turn or 1 while turn ~= me do end turn = me + 1 while turn <= 3 do end return turn"
        let call = try #require(try await state.eval("return function(...) \(source) end").first?.function)
        try await withThrowingTaskGroup(of: [LuaValue].self) { group in
            for number in [3, 2, 1] as [LuaValue] {
                group.addTask { try await state.call(call, [number], deadline: .seconds(3600)) }
            }
            for try await result in group { #expect(result == [4]) }
        }
    }
}
