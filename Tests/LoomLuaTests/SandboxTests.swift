import Testing

@testable import LoomLua

@Suite("The sandbox")
struct SandboxTests {
    @Test("has these globals and no others")
    func globals() async throws {
        let state = try LuaState(name: "test")
        let names = try await state.eval("local t = {} for k in pairs(_G) do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')")
        #expect(
            names == [
                """
                _G _VERSION assert coroutine error getmetatable ipairs load math next os pairs pcall print rawequal rawget rawlen \
                rawset require select setmetatable string table tonumber tostring type utf8 xpcall
                """
            ])
        let os = try await state.eval("local t = {} for k in pairs(os) do t[#t + 1] = k end table.sort(t) return table.concat(t, ' ')")
        #expect(os == ["clock date difftime time"])
        #expect(try await state.eval("return string.dump") == [.nil])
    }

    @Test(
        "refuses what a hook could not stop or what could break the machine",
        arguments: [
            ("setmetatable({}, {__gc = function() end})", "__gc is not available"),
            ("local m = setmetatable({}, {}) setmetatable(m, {__gc = false})", "__gc is not available"),
            ("getmetatable('').__index = nil", "attempt to index a boolean value"),
            ("setmetatable(setmetatable({}, {__metatable = 1}), {})", "cannot change a protected metatable"),
            ("assert(load('\\27Lua'))", "attempt to load a binary chunk"),
            ("assert(load('return 1', 'x', 'b'))", "only text chunks"),
            ("setmetatable(1, {})", "table expected"),
        ])
    func refuses(source: String, text: String) async throws {
        let state = try LuaState(name: "test")
        let error = await state.failure(of: source)
        #expect(error?.message.contains(text) == true, "\(error as Any)")
    }

    @Test(
        "loads text with name, environment and pieces",
        arguments: [
            "return load('return 1 + 1')() == 2",
            "local f, m = load('x =', '=name') return f == nil and m:find('^name:1:') ~= nil",
            "return load('return x', 'c', 't', {x = 5})() == 5",
            "return load('return x', 'c', 't', nil) ~= nil and not pcall(load('return x', 'c', 't', nil))",
            "local parts, i = {'return ', '4', '2'}, 0 return load(function() i = i + 1 return parts[i] end)() == 42",
            "local f, m = load(function() return 1 end) return f == nil and m:find('must return a string') ~= nil",
            "local f, m = load(function() error('stop', 0) end) return f == nil and m == 'stop'",
            "local ok, m = xpcall(function() error('a', 0) end, function(m) return m .. '!' end) return not ok and m == 'a!'",
            "local ok, a, b = xpcall(function(...) return ... end, print, 1, 2) return ok and a == 1 and b == 2",
            "return select(2, xpcall(error, function(e) return type(e) end)) == 'nil'",
            "return not pcall(xpcall, print)",
            "return getmetatable('') == false and ('x'):upper() == 'X'",
        ])
    func loads(source: String) async throws {
        let state = try LuaState(name: "test")
        #expect(try await state.eval(source) == [true])
    }

    @Test("with strict globals names what was not declared, with its line")
    func strictGlobals() async throws {
        let state = try LuaState(name: "test")
        await state.setStrictGlobals(true)
        let write = await state.failure(of: "local a = 1\ncount = a", chunk: "a.lua")
        #expect(write?.message == "a.lua:2: undeclared global 'count' is assigned (write `local count`)")
        let read = await state.failure(of: "\n\nreturn prnt", chunk: "a.lua")
        #expect(read?.message == "a.lua:3: undeclared global 'prnt' is read")
        #expect(try await state.eval("return type(print)") == ["function"])
        await state.set("declared", 3)
        #expect(try await state.eval("declared = declared + 1 return declared") == [4])
        #expect(await state.failure(of: "setmetatable(_G, nil)")?.message.contains("protected metatable") == true)
        await state.setStrictGlobals(false)
        #expect(try await state.eval("count = 1 return count, nothing") == [1, .nil])
    }
}

@Suite("A module")
struct ModuleTests {
    private func makeState(_ modules: [String: String]) async throws -> LuaState {
        let state = try LuaState(name: "test")
        await state.setModuleLoader { name in
            guard let source = modules[name] else { throw LuaError(.host, "module '\(name)' not found") }
            return (source, name + ".lua")
        }
        return state
    }

    @Test("runs once in a state, and gets its name")
    func runsOnce() async throws {
        let state = try await makeState(["m": "runs = (runs or 0) + 1 return { name = ... }", "n": "seen = true"])
        #expect(try await state.eval("return require('m') == require('m'), require('m').name, runs") == [true, "m", 1])
        #expect(try await state.eval("return require('m').name, runs, require('n')") == ["m", 1, true])
    }

    @Test("that requires itself through others is an error that shows the cycle")
    func cycle() async throws {
        let state = try await makeState(["a": "return require 'b'", "b": "return require 'c'", "c": "return require 'a'"])
        let error = await state.failure(of: "require 'a'")
        #expect(error?.message == "c.lua:1: modules require each other in a cycle: a -> b -> c -> a")
    }

    @Test("that fails can be required again, and its error shows its own place")
    func failure() async throws {
        let state = try await makeState(["m": "\nif not ready then error('not ready') end return 5", "bad": "local = 1"])
        let error = await state.failure(of: "require 'm'")
        #expect(error?.message == "m.lua:2: not ready")
        #expect(error?.traceback?.contains("m.lua:2: in main chunk") == true)
        #expect(try await state.eval("ready = true return require 'm'") == [5])
        #expect(await state.failure(of: "require 'bad'")?.message.hasPrefix("bad.lua:1:") == true)
        #expect(await state.failure(of: "\nrequire 'none'")?.message.hasSuffix("module 'none' not found") == true)
        let bare = try LuaState(name: "bare")
        #expect(await bare.failure(of: "require 'm'")?.message.contains("this state has no modules") == true)
    }
}
