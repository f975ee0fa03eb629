import Synchronization
import Testing

@testable import LoomLua

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ change: Int) { count.withLock { $0 += change } }
}

/// Counts how many of it live.
private final class CountedError: Error, CustomStringConvertible {
    let counter: Counter
    let description = "no"

    init(_ counter: Counter) {
        self.counter = counter
        counter.add(1)
    }

    deinit { counter.add(-1) }
}

extension LuaState {
    /// Host functions that have answered may hold their values a moment longer.
    fileprivate func settles(at references: Int) async -> Bool {
        for _ in 0..<100_000 where statistics.liveReferences != references { await Task.yield() }
        return statistics.liveReferences == references
    }
}

@Suite("Memory")
struct MemoryTests {
    @Test("is the same after a million throwing calls")
    func millionThrows() async throws {
        let state = try LuaState(name: "test")
        let errors = Counter()
        await state.register("fail", .sync { _, _ in throw CountedError(errors) })
        let loop = try #require(
            try await state.eval(
                "return function(n) local caught = 0 for i = 1, n do if not pcall(fail) then caught = caught + 1 end end return caught end"
            ).first?.function)
        try await state.call(loop, [1000], deadline: .seconds(3600))
        await state.collectGarbage()
        let before = await state.statistics.memoryBytes
        #expect(try await state.call(loop, [1_000_000], deadline: .seconds(3600)) == [1_000_000])
        await state.collectGarbage()
        #expect(await state.statistics.memoryBytes == before)
        #expect(errors.value == 0)
    }

    @Test("of functions comes back when Swift and Lua let go of them")
    func references() async throws {
        let state = try LuaState(name: "test")
        let make = try #require(
            try await state.eval("return function(n) local t = {} for i = 1, n do t[i] = function() return i end end return t end")
                .first?.function)
        try await state.call(make, [100], deadline: .seconds(60))
        await state.collectGarbage()
        let before = await state.statistics
        var functions = try await state.call(make, [100], deadline: .seconds(60)).first?.table?.array ?? []
        #expect(await state.statistics.liveReferences == before.liveReferences + 100)
        #expect(try await state.call(try #require(functions.last?.function), [], deadline: .seconds(60)) == [100])
        functions = []
        await state.collectGarbage()
        #expect(await state.statistics.liveReferences == before.liveReferences)
        #expect(await state.statistics.memoryBytes == before.memoryBytes)
    }

    @Test("is not lost by references in a message that fails half way")
    func halfMessages() async throws {
        let state = try LuaState(name: "test")
        await state.register("take", .sync { _, _ in [] })
        for _ in 0..<100 {
            #expect(await state.failure(of: "take(function() end, coroutine.create(print))") != nil)
            #expect(await state.failure(of: "return function() end, coroutine.create(print)")?.kind == .value)
        }
        try await state.eval("take()")
        #expect(await state.statistics.liveReferences == 0)
    }

    @Test("holds ten thousand calls that wait in one state")
    func tenThousandWaiting() async throws {
        let state = try LuaState(name: "test")
        let gate = Gate()
        await state.register(
            "wait",
            .async { _, values in
                await gate.wait(); return values
            })
        let wait = try #require(try await state.eval("return function(n) return wait(n) * 2 end").first?.function)
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for n in 0..<10_000 {
                group.addTask { try await state.call(wait, [.integer(Int64(n))], deadline: .seconds(3600)).first?.integer ?? 0 }
            }
            while await state.statistics.liveCalls < 10_000 { await Task.yield() }
            #expect(await state.statistics.memoryBytes < 20_000_000)
            await gate.open()
            return try await group.reduce(0, +)
        }
        #expect(sum == 99_990_000)
        #expect(await state.statistics.liveCalls == 0)
    }

    @Test("that ends at any allocation gives a clean error and leaks nothing")
    func allocationFailures() async throws {
        let state = try LuaState(name: "test")
        await state.register("echo", .sync { _, values in values })
        await state.register("later", .async { _, values in values })
        let errors = Counter()
        await state.register("fail", .sync { _, _ in throw CountedError(errors) })
        await state.setModuleLoader { name in ("return { f = function() return '\(name)' end }", name) }
        let source = """
            local t = { 1, 2, { x = 'y', f = function() end } }
            local a, b = echo(t, 'some text that is longer than forty characters, so that it is not interned')
            local ok, m = pcall(fail)
            local later1 = later(t, a.f)
            local co = coroutine.wrap(function(x) local y = coroutine.yield(later(x)) return echo({ y }) end)
            local s = co('one') .. co('two')[1]
            s = s:gsub('%w+', function(w) return w:upper() .. w:rep(3) end)
            local sorted = { 5, 3, 1, 4 }
            table.sort(sorted, function(p, q) return p < q end)
            local chunk = load('return ...')
            local name = require('m').f()
            return t, a, s, table.concat(sorted, ','), chunk(1), name, xpcall(error, tostring, { 'e' })
            """
        try await state.eval(source)
        await state.collectGarbage()
        await state.collectGarbage()
        let before = await state.statistics
        var failures = 0
        for n in 1...600 {
            await state.failAllocations(after: Int64(n))
            let error = await state.failure(of: source)
            await state.failAllocations(after: 0)
            if let error {
                failures += 1
                #expect(error.kind == .memory || error.message.contains("not enough memory"), "allocation \(n): \(error.message)")
            }
            #expect(await state.settles(at: before.liveReferences), "allocation \(n)")
        }
        #expect(failures > 50)
        try await state.eval(source)
        await state.collectGarbage()
        await state.collectGarbage()
        #expect(await state.statistics.memoryBytes == before.memoryBytes)
        #expect(errors.value == 0)
    }
}
