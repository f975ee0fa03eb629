import Testing

@testable import LoomLua

@Suite("Coroutines of Lua code")
struct CoroutineTests {
    /// Each returns true; they hold in Lua's own library too.
    @Test(
        "behave as the manual says",
        arguments: [
            "local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) return c, 'end' end)\n"
                + "local ok, s = coroutine.resume(co, 1, 2) local ok2, c, e = coroutine.resume(co, 'c')\n"
                + "return ok and s == 3 and ok2 and c == 'c' and e == 'end' and coroutine.status(co) == 'dead'",
            "local co = coroutine.create(function() end) coroutine.resume(co) local ok, m = coroutine.resume(co)\n"
                + "return not ok and m == 'cannot resume dead coroutine'",
            "local co co = coroutine.create(function() return coroutine.resume(co) end)\n"
                + "local ok, inner, m = coroutine.resume(co) return ok and not inner and m == 'cannot resume non-suspended coroutine'",
            "local outer local inner = coroutine.create(function() return coroutine.status(outer) end)\n"
                + "outer = coroutine.create(function() return coroutine.resume(inner) end)\n"
                + "local _, _, s = coroutine.resume(outer) return s == 'normal'",
            "local _, main = coroutine.running() return main == true",
            "return coroutine.wrap(function() local _, main = coroutine.running() return main == false end)()",
            "return coroutine.isyieldable() == false",
            "return coroutine.wrap(function() return coroutine.isyieldable() end)()",
            "local ok, m = pcall(coroutine.yield) return not ok and m == 'attempt to yield from outside a coroutine'",
            "local ok, m = pcall(coroutine.wrap(function() error('x', 0) end)) return not ok and m == 'x'",
            "local ok, e = pcall(coroutine.wrap(function() error({7}) end)) return not ok and e[1] == 7",
            "local co = coroutine.create(function() error({7}) end) local ok, e = coroutine.resume(co)\n"
                + "return not ok and e[1] == 7 and coroutine.status(co) == 'dead'",
            "local closed local co = coroutine.create(function() local x <close> = setmetatable({}, {\n"
                + "__close = function() closed = true end})\n"
                + "coroutine.yield() end) coroutine.resume(co) return coroutine.close(co) and closed and coroutine.status(co) == 'dead'",
            "local closed local co = coroutine.create(function() local x <close> = setmetatable({}, {\n"
                + "__close = function() closed = true end})\n"
                + "error('x') end) coroutine.resume(co) return closed",
            "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() error('y', 0) end})\n"
                + "coroutine.yield() end) coroutine.resume(co) local ok, m = coroutine.close(co) return not ok and m == 'y'",
            "return select('#', coroutine.resume(coroutine.create(function() return nil, nil end))) == 3",
            "local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end\n"
                + "local s = 0 for i in gen(100) do s = s + i end return s == 5050",
            "local co = coroutine.wrap(function() local ok, v = pcall(coroutine.yield, 1) return ok and v end) co() return co(true)",
            "return not pcall(coroutine.resume, 1) and not pcall(coroutine.create, 1)",
        ])
    func behave(source: String) async throws {
        let state = try LuaState(name: "test")
        #expect(try await state.eval(source) == [true])
    }

    @Test("are sliced without their resumer noticing")
    func sliced() async throws {
        var limits = LuaLimits()
        limits.quantum = .nanoseconds(1)
        let state = try LuaState(name: "test", limits: limits)
        let source = """
            local function work() local n = 0 for i = 1, 20000 do n = n + i % 7 end return n end
            local co = coroutine.wrap(function(a)
              while true do a = coroutine.yield(work() + a) end
            end)
            local plain = work()
            for i = 1, 20 do
              local got = co(i)
              if got ~= plain + i then error('got ' .. tostring(got)) end
              local ok, v = pcall(string.rep, 'x', 3)
              if not ok or v ~= 'xxx' then error('bad pcall') end
            end
            local parts = {}
            for i = 1, 5000 do parts[#parts + 1] = ("%d"):format(i) .. (i % 2 == 0 and "a" or "b") end
            return #table.concat(parts, ",")
            """
        let alone = try await state.eval(source)
        async let one = state.eval(source)
        async let two = state.eval(source)
        #expect(try await one == alone)
        #expect(try await two == alone)
    }

    @Test("that wait for the host belong to the call they wait in")
    func waitingIsBusy() async throws {
        let state = try LuaState(name: "test")
        let waiting = Handover<Bool>()
        let gate = Gate()
        await state.register(
            "wait",
            .async { _, _ in
                await waiting.put(true); await gate.wait(); return ["waited"]
            })
        async let first = state.eval(
            "co = coroutine.create(function() return wait() end) task = coroutine.running() return coroutine.resume(co)")
        _ = await waiting.take()
        let meddling = try await state.eval(
            """
            local ok, m = coroutine.resume(co)
            local closed = pcall(coroutine.close, co)
            local ok2, m2 = coroutine.resume(task)
            local closed2 = pcall(coroutine.close, task)
            return coroutine.status(co), ok, m, closed, ok2, m2, closed2
            """)
        #expect(
            meddling == [
                "normal", false, "cannot resume non-suspended coroutine", false, false, "cannot resume non-suspended coroutine",
                false,
            ])
        await gate.open()
        #expect(try await first == [true, "waited"])
        #expect(try await state.eval("return coroutine.status(co), coroutine.status(task)") == ["dead", "dead"])
    }

    @Test(
        "nested too deep are an error, not a crash",
        arguments: [
            "local function f() return coroutine.wrap(f)() end f()",
            "local function f() coroutine.resume(coroutine.create(f)) end f() error('C stack overflow')",
            """
            local function f()
              local co = coroutine.create(function()
                local x <close> = setmetatable({}, {__close = f})
                coroutine.yield()
              end)
              coroutine.resume(co)
              assert(coroutine.close(co))
            end
            f()
            """,
            // Each was suspended near the beginning of its own stack, so nothing of the others counts for it.
            """
            local made = {}
            for i = 1, 90 do
              made[i] = coroutine.create(function()
                local x <close> = setmetatable({}, {__close = function()
                  local function deep(n)
                    if n > 0 then return (('x'):gsub('.', function() return deep(n - 1) end)) end
                    if made[i + 1] then assert(coroutine.close(made[i + 1])) end
                    return ''
                  end
                  deep(60)
                end})
                coroutine.yield()
              end)
              coroutine.resume(made[i])
            end
            assert(coroutine.close(made[1]))
            """,
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
            "local function f(s) return s:gsub('.', f) end f('x')",
            "local s = ('('):rep(10000) load('return ' .. s) error('overflow')",
            "local s = 'x' for i = 1, 10000 do s = '{' .. s .. '}' end assert(load('return ' .. s))",
        ])
    func tooDeep(source: String) async throws {
        let state = try LuaState(name: "test")
        let error = await state.failure(of: source)
        #expect(error?.kind == .runtime)
        #expect(error?.message.contains("overflow") == true || error?.message.contains("too many") == true, "\(error as Any)")
        #expect(try await state.eval("return 1") == [1])
    }
}
