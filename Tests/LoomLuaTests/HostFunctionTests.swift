import Testing

@testable import LoomLua

private struct Refusal: LuaConvertibleError {
    var luaValue: LuaValue { ["code": "refused", "message": "not today"] }
}

private struct Plain: Error, CustomStringConvertible {
    var description: String { "plain trouble" }
}

private func makeState() async throws -> LuaState {
    let state = try LuaState(name: "test")
    await state.register("host.echo", .sync { _, values in values })
    await state.register(
        "host.later",
        .async { _, values in
            await Task.yield(); return values
        })
    await state.register("host.fail", .sync { _, _ in throw Plain() })
    await state.register(
        "host.fail_later",
        .async { _, _ in
            await Task.yield(); throw Plain()
        })
    await state.register("host.refuse", .sync { _, _ in throw Refusal() })
    await state.register(
        "host.refuse_later",
        .async { _, _ in
            await Task.yield(); throw Refusal()
        })
    await state.register("host.context", .sync { call, _ in [.string(call.context as? String ?? "none")] })
    return state
}

@Suite("A host function")
struct HostFunctionTests {
    /// Each returns true when the async function worked where it was called.
    @Test(
        "that waits looks like a plain call",
        arguments: [
            "return host.later(1) == 1",
            "local a, b, c = host.later(1, nil, 'x') return a == 1 and b == nil and c == 'x'",
            "return select('#', host.later()) == 0",
            "local ok, v = pcall(host.later, 7) return ok and v == 7",
            "local ok, v = xpcall(function() return host.later(7) end, print) return ok and v == 7",
            "local ok, v = xpcall(error, function(m) return host.later(m) end, 'm') return not ok and v == 'm'",
            "return setmetatable({}, {__index = function(_, k) return host.later(k) end}).abc == 'abc'",
            "return #{setmetatable({}, {__index = host.later}).x} == 1",
            "return setmetatable({}, {__add = function(_, n) return host.later(n) end}) + 4 == 4",
            "return (setmetatable({}, {__concat = function(_, n) return host.later(n) end}) .. 'z') == 'z'",
            "return setmetatable({}, {__lt = function() return host.later(true) end}) < {}",
            "return setmetatable({}, {__call = function(_, n) return host.later(n) end})(5) == 5",
            "return #setmetatable({}, {__len = function() return host.later(9) end}) == 9",
            "local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, host.later(v)) end}) t.a = 1 return t.a == 1",
            "local n = 0 for i in function(_, k) if k < 3 then return host.later(k + 1) end end, nil, 0 do n = n + i end return n == 6",
            "local co = coroutine.wrap(function(a) local b = coroutine.yield(host.later(a)) return host.later(b) end)\n"
                + "return co(1) == 1 and co(2) == 2",
            "local inner = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(host.later(i)) end end)\n"
                + "local outer = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(inner() + host.later(10)) end end)\n"
                + "return outer() == 11 and outer() == 12 and outer() == 13",
            "local co = coroutine.create(function() error(host.later('x'), 0) end)\n"
                + "local ok, m = coroutine.resume(co) return not ok and m == 'x' and coroutine.status(co) == 'dead'",
            "do local x <close> = setmetatable({}, {__close = function() seen = host.later(3) end}) end return seen == 3",
            "return host.later(host.later(host.later(2))) == 2",
            "local f = load('return host.later(...)') return f(8) == 8",
        ])
    func waitsAnywhere(source: String) async throws {
        let state = try await makeState()
        #expect(try await state.eval(source) == [true])
    }

    @Test(
        "that waits says so where Lua cannot be suspended",
        arguments: [
            "table.sort({3, 2, 1}, function(a, b) return host.later(a < b) end)",
            "string.gsub('x', 'x', host.later)",
            "string.gsub('x', 'x', function() return host.later() end)",
            "load(host.later)",
            "tostring(setmetatable({}, {__tostring = host.later}))",
            "table.sort({2, 1}, coroutine.wrap(function() host.later() end))",
            "require 'waiting'",
        ])
    func refusesToWait(source: String) async throws {
        let state = try await makeState()
        await state.setModuleLoader { _ in ("host.later()", "waiting.lua") }
        let error = try await state.eval("local ok, a, b = pcall(function() return \(source) end) return b or a")
        #expect(error.first?.string?.contains("host.later has to wait, and cannot here") == true, "\(error)")
        #expect(try await state.eval("return host.later(1)") == [1])
    }

    @Test("raises what Swift throws, with the place of the call", arguments: ["host.fail()", "host.fail_later()"])
    func raisesTexts(call: String) async throws {
        let state = try await makeState()
        let caught = try await state.eval("local ok, m = pcall(function()\n\(call)\nend) return ok, m", chunk: "a.lua")
        #expect(caught == [false, "a.lua:2: plain trouble"])
        let error = await state.failure(of: "\n\(call)", chunk: "a.lua")
        #expect(error?.kind == .host)
        #expect(error?.message == "a.lua:2: plain trouble")
        #expect(error?.traceback?.contains("a.lua:2: in main chunk") == true)
    }

    @Test("raises a value where the error has one", arguments: ["host.refuse()", "host.refuse_later()"])
    func raisesValues(call: String) async throws {
        let state = try await makeState()
        let caught = try await state.eval("local ok, e = pcall(function() \(call) end) return type(e), e.code")
        #expect(caught == ["table", "refused"])
        let error = await state.failure(of: call)
        #expect(error?.kind == .host)
        #expect(error?.message == "not today")
        #expect(error?.value?.table?["code"] == "refused")
    }

    @Test("knows the call it was called from")
    func knowsItsCall() async throws {
        let state = try await makeState()
        async let one = state.eval("host.later() return host.context()", context: "one")
        async let two = state.eval("host.later() return host.context()", context: "two")
        #expect(try await one == ["one"])
        #expect(try await two == ["two"])
        #expect(try await state.eval("return host.context()") == ["none"])
    }

    @Test("can be passed on as a value, and comes back as the same function")
    func isAValue() async throws {
        let state = try await makeState()
        let function = try #require(try await state.eval("return host.echo").first?.function)
        #expect(try await state.call(function, [.function(function)], deadline: .seconds(60)) == [.function(function)])
        #expect(try await state.eval("return host.echo == host.echo") == [true])
        #expect(await state.statistics.liveReferences == 1)
    }

    @Test("print gives its texts to the sink")
    func prints() async throws {
        let state = try await makeState()
        let lines = Recorder()
        await state.setPrint { call, line in lines.add("\(call.context as? String ?? ""): \(line)") }
        try await state.eval(
            "print('a', 1, 2.5, nil, true)\nprint(setmetatable({}, {__tostring = function() return 'me' end}))\nprint()",
            context: "c")
        #expect(lines.all == ["c: a\t1\t2.5\tnil\ttrue", "c: me", "c: "])
    }

    @Test("set by path makes tables and values that Lua code sees")
    func setsByPath() async throws {
        let state = try await makeState()
        await state.set("app.version", ["major": 1, "tags": ["a", "b"]])
        await state.set("answer", 42)
        #expect(try await state.eval("return app.version.major, app.version.tags[2], answer") == [1, "b", 42])
    }

    @Test("whose result does not fit is an error of that call")
    func limitsMessages() async throws {
        var limits = LuaLimits()
        limits.messageBytes = 10_000
        let state = try LuaState(name: "test", limits: limits)
        await state.register("big", .sync { _, _ in [.string(String(repeating: "x", count: 20_000))] })
        await state.register("take", .sync { _, _ in [] })
        #expect(await state.failure(of: "big()")?.message.contains("too large to cross") == true)
        #expect(await state.failure(of: "take(('x'):rep(20000))")?.message.contains("too large to cross") == true)
        #expect(await state.failure(of: "return ('x'):rep(20000)")?.kind == .value)
        #expect(await state.failure(of: "local t = {} for i = 1, 60 do t = {t, t} end take(t)")?.message.contains("too large") == true)
        #expect(try await state.eval("return 1") == [1])
    }

    @Test func `tables are made when they are asked for, and once`() async throws {
        let state = try LuaState(name: "test")
        await state.registerTables("host.tables") { name in
            guard name == "text" else { return nil }
            return [
                LuaTableMember(key: "echo", name: "text.echo", function: .sync { _, values in values }),
                LuaTableMember(
                    key: "later", name: "text.later",
                    function: .async { _, values in
                        await Task.yield(); return values
                    }),
            ]
        }
        let body = """
            local text, other = host.tables "text", host.tables "other"
            local ok, err = pcall(table.sort, { 2, 1 }, function() return text.later(true) end)
            return text.echo(1), text.later("a"), other, ok, err, select("#", pcall(host.tables))
            """
        for _ in 1...3 {
            let values = try await state.run(source: body, chunk: "=test", deadline: .seconds(600))
            #expect(values[..<4] == [1, "a", .nil, false])
            #expect(values[4].string?.contains("text.later has to wait") == true)
        }
        // A full heap while a table is made leaves nothing that grows with each try.
        for count in 1...60 as ClosedRange<Int64> {
            await state.failAllocations(after: count)
            _ = try? await state.run(source: "host.tables \"text\"", chunk: "=test", deadline: .seconds(600))
            await state.failAllocations(after: 0)
        }
        #expect(await state.statistics.hostFunctions == 2)
    }
}
