import Testing

@testable import LoomLua

/// Lua code that does not end by itself, each in a way of its own.
private let endless: [String] = [
    "while true do end",
    "local function f() return f() end f()",
    "::again:: goto again",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(pcall, pcall, error) end",
    "while true do pcall(string.rep, 'x', 1 << 40) end",
    "while true do string.rep('', 1 << 40) end",
    "local function f() return 1 + f() end while true do pcall(f) end",
    "string.find(('a'):rep(40), ('a*'):rep(40) .. 'b')",
    "string.match(('a'):rep(40), ('a-'):rep(40) .. 'b')",
    "for _ in string.gmatch(('a'):rep(40), ('a*'):rep(40) .. 'b') do end",
    "string.gsub(('a'):rep(40), ('a*'):rep(40) .. 'b', '')",
    "string.gsub('x', 'x', function() while true do end end)",
    "string.gsub(('x'):rep(1000000), '.', function() pcall(function() while true do end end) end)",
    "table.move({}, 1, 1000000000000, 2)",
    "table.move(setmetatable({}, {__index = rawlen, __newindex = rawequal}), 1, 1000000000000, 2)",
    "table.insert(setmetatable({}, {__len = function() return 1 << 40 end}), 1, 'x')",
    "table.remove(setmetatable({}, {__len = function() return 1 << 40 end}), 1)",
    "table.concat(setmetatable({}, {__index = function() return '' end}), '', 1, 1 << 60)",
    "table.sort({3, 2, 1}, function() while true do end end)",
    "while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end",
    "table.sort({3, 2, 1}, function() pcall(function() while true do end end) while true do end end)",
    "while true do table.unpack({}, 1, 200000) end",
    "xpcall(function() while true do end end, function() while true do end end)",
    "xpcall(error, function() while true do end end)",
    "local x <close> = setmetatable({}, {__close = function() while true do end end})",
    "local x <close> = setmetatable({}, {__close = function() while true do end end}) error('out')",
    "for i = 1, 3 do local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end end",
    "coroutine.wrap(function() while true do end end)()",
    "while true do pcall(coroutine.wrap(function() pcall(function() while true do end end) while true do end end)) end",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "while true do coroutine.resume(coroutine.create(function() coroutine.yield() end)) end",
    "local function f() coroutine.wrap(f)() end while true do pcall(f) end",
    """
    local co = coroutine.create(function()
      local x <close> = setmetatable({}, {__close = function() while true do end end})
      coroutine.yield()
    end)
    coroutine.resume(co)
    while true do coroutine.close(co) end
    """,
    """
    local co = coroutine.create(function()
      local x <close> = setmetatable({}, {__close = function() while true do end end})
      while true do end
    end)
    coroutine.resume(co) coroutine.close(co)
    """,
    "return setmetatable({}, {__index = function() while true do end end}).x",
    "return setmetatable({}, {__eq = function() while true do end end}) == setmetatable({}, {})",
    "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "print(setmetatable({}, {__tostring = function() while true do end end}))",
    "for _ in pairs(setmetatable({}, {__pairs = function() while true do end end})) do end",
    "for _ in function() return 1 end do end",
    "while true do load(function() return ' ' end) end",
    "while true do load(function() while true do end end) end",
    "require 'endless'",
    "local t = {} for i = 1, 30000 do t[i] = '::a' .. i .. '::' end local s = table.concat(t) while true do load(s) end",
    "while true do pcall(quick) end",
    "while true do pcall(slow) end",
    "forever()",
    "pcall(forever) while true do end",
    "while true do pcall(forever) end",
    "coroutine.wrap(function() forever() end)()",
    "for _ in forever do end",
    "setmetatable(_G, {__index = function(t, k) while true do end end}) return undefined",
    "local t = {} for i = 1, 100 do t = {t, t} end while true do pcall(take, t) end",
    "while true do pcall(error, setmetatable({}, {__tostring = function() while true do end end})) end",
]

private enum Stop: CaseIterable {
    case deadline, cancellation, closing

    var kind: LuaError.Kind {
        switch self {
        case .deadline: .deadline
        case .cancellation: .cancelled
        case .closing: .closed
        }
    }
}

/// A state with host functions of all sorts: `started` hands over the call, `forever` never answers by itself.
private func makeState(grace: Duration = .milliseconds(1)) async throws -> (state: LuaState, started: Handover<LuaCall>) {
    var limits = LuaLimits()
    limits.grace = grace
    limits.memoryBytes = 8 << 20
    limits.messageBytes = 1 << 20
    let state = try LuaState(name: "bad", limits: limits)
    let started = Handover<LuaCall>()
    await state.register(
        "started",
        .async { call, _ in
            await started.put(call); return []
        })
    await state.register("quick", .sync { _, _ in throw LuaError(.host, "no") })
    await state.register(
        "slow",
        .async { _, _ in
            await Task.yield(); return []
        })
    await state.register("take", .sync { _, _ in [] })
    await state.register(
        "forever",
        .async { _, _ in
            try await Task.sleep(for: .seconds(100_000)); return []
        })
    await state.setModuleLoader { _ in ("while true do end", "endless.lua") }
    return (state, started)
}

@Suite("A call that does not end by itself")
struct StopTests {
    @Test("delays no other state and ends when it is told to", arguments: endless, Stop.allCases)
    private func endsWhenTold(source: String, stop: Stop) async throws {
        let (bad, started) = try await makeState()
        let good = try LuaState(name: "good")
        let ended = Recorder()
        await withTaskGroup(of: LuaError?.self) { group in
            group.addTask {
                let error = await bad.failure(of: "started() " + source)
                ended.add("ended")
                return error
            }
            let call = await started.take()
            let sum = try? await good.eval("local n = 0 for i = 1, 10000 do n = n + i end return n")
            #expect(sum == [50_005_000])
            #expect(ended.all.isEmpty)
            switch stop {
            case .deadline: call.expire()
            case .cancellation: group.cancelAll()
            case .closing: await bad.close()
            }
            let error = await group.next()
            #expect(error??.kind == stop.kind, "\(error as Any)")
        }
        #expect(await bad.statistics.liveCalls == 0)
        await good.close()
        await bad.close()
    }

    @Test("ends at its deadline", arguments: endless)
    func endsAtDeadline(source: String) async throws {
        let (state, _) = try await makeState()
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: source, chunk: "bad.lua", deadline: .milliseconds(20))
        }
        #expect(error?.kind == .deadline)
        let after = try await state.eval("return 1 + 1")
        #expect(after == [2])
        await state.close()
    }

    @Test("ends at its deadline though its clock stops in the same moment", .timeLimit(.minutes(1)))
    func stopsItsClockTooLate() async throws {
        let (state, _) = try await makeState()
        await state.register(
            "held",
            .async { call, _ in
                try await withTaskCancellationHandler {
                    try await Task.sleep(for: .seconds(100_000))
                } onCancel: {
                    call.holdDeadline()
                }
                return []
            })
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: "held() return 'went on'", chunk: "bad.lua", deadline: .milliseconds(20))
        }
        #expect(error?.kind == .deadline)
        await state.close()
    }

    @Test(
        "ends where its clock stands too, if nothing else can run meanwhile", .timeLimit(.minutes(1)),
        arguments: ["for _ = 1, 1e9 do end", "for _ = 1, 1e8 do take() end"])
    func endsWithoutItsClock(loop: String) async throws {
        let (state, _) = try await makeState()
        await state.register(
            "held",
            .async { call, _ in
                call.holdDeadline(); return []
            })
        let source = "held() table.sort({ 1, 2, 3 }, function() \(loop) error('it ran on') end)"
        let error = await #expect(throws: LuaError.self) {
            try await state.run(source: source, chunk: "bad.lua", deadline: .milliseconds(50))
        }
        #expect(error?.kind == .deadline)
        await state.close()
    }

    @Test(
        "does not hold up other calls of its state",
        arguments: [
            "while true do end", "while true do pcall(slow) end", "coroutine.wrap(function() while true do end end)()",
            "while true do coroutine.wrap(function() while true do end end)() end", "forever()",
        ])
    func sharesTheState(source: String) async throws {
        let (state, started) = try await makeState()
        await withTaskGroup(of: LuaError?.self) { group in
            group.addTask { await state.failure(of: "started() " + source) }
            let call = await started.take()
            for n in 0..<20 {
                let result = try? await state.eval("slow() local n = 0 for i = 1, 1000 do n = n + 1 end return n + \(n)")
                #expect(result == [.integer(Int64(1000 + n))])
            }
            call.expire()
            let error = await group.next()
            #expect(error??.kind == .deadline)
        }
    }

    @Test("may catch the deadline once, to clean up, and still fails with it")
    func catchesOnce() async throws {
        let (state, _) = try await makeState(grace: .seconds(3600))
        let notes = Recorder()
        await state.register(
            "note",
            .sync { _, values in
                notes.add("\(values[0].string ?? "?")"); return []
            })
        let error = await #expect(throws: LuaError.self) {
            try await state.run(
                source: """
                    local ok, message = pcall(function()
                      while true do end
                    end)
                    note(message)
                    local slept, refusal = pcall(slow)
                    note(refusal)
                    return "all is well"
                    """, chunk: "bad.lua", deadline: .milliseconds(20))
        }
        #expect(error?.kind == .deadline)
        #expect(error?.message == "bad.lua:2: deadline exceeded")
        #expect(error?.traceback?.contains("bad.lua:1: in main chunk") == true)
        #expect(notes.all.first == "bad.lua:2: deadline exceeded")
        #expect(notes.all.last?.hasSuffix("slow has to wait, and the call is being stopped") == true)
    }

    /// Other calls keep the thread, so that the word comes while this one has its reply and not yet its turn.
    @Test("is told also in the moment before it waits again", .timeLimit(.minutes(1)))
    func toldBetweenTwoWaits() async throws {
        let (state, _) = try await makeState()
        let spinning = (0..<3).map { _ in Task { await state.failure(of: "while true do end") } }
        for _ in 0..<20 {
            let begun = Handover<LuaCall>()
            await state.register(
                "begun",
                .async { call, _ in
                    await begun.put(call); return []
                })
            let call = Task { await state.failure(of: "begun() forever()") }
            let running = await begun.take()
            for _ in 0..<2 { #expect(await state.statistics.liveCalls == 4) }
            running.expire()
            #expect(await call.value?.kind == .deadline)
        }
        for call in spinning { call.cancel() }
        await state.close()
    }

    @Test("gets the cancellation as an error where it waits")
    func cancelledWhereItWaits() async throws {
        let (state, started) = try await makeState(grace: .seconds(3600))
        let notes = Recorder()
        await state.register(
            "note",
            .sync { _, values in
                notes.add("\(values[0].string ?? "?")"); return []
            })
        await withTaskGroup(of: LuaError?.self) { group in
            group.addTask { await state.failure(of: "started()\nlocal _, m = pcall(forever)\nnote(m)", chunk: "c.lua") }
            _ = await started.take()
            group.cancelAll()
            let error = await group.next()
            #expect(error??.kind == .cancelled)
        }
        #expect(notes.all.allSatisfy { $0.hasSuffix("cancelled") })
    }

    @Test("is not begun when its task is cancelled already")
    func cancelledBefore() async throws {
        let state = try LuaState(name: "test")
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await state.failure(of: "while true do end")
        }
        #expect(await task.value == LuaError(.cancelled, "cancelled"))
    }

    @Test("has its clock stopped while a host function waits on a human")
    func pausesDeadline() async throws {
        let state = try LuaState(name: "test")
        let asked = Handover<LuaCall>()
        let answer = Gate()
        await state.register(
            "ask",
            .async { call, _ in
                call.pauseDeadline()
                await asked.put(call)
                await answer.wait()
                call.resumeDeadline()
                return ["yes"]
            })
        async let result = state.run(source: "return ask()", chunk: "a.lua", deadline: .seconds(3600))
        let call = await asked.take()
        #expect(call.signal.deadline == 0)
        await answer.open()
        #expect(try await result == ["yes"])
        #expect(call.signal.deadline != 0)
    }
}
