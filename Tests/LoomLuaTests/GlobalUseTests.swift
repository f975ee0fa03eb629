import Testing

@testable import LoomLua

@Suite("The globals of a source") struct GlobalUseTests {
    private func uses(_ source: String) async throws -> [String] {
        let state = try LuaState(name: "test")
        _ = try? await state.run(source: source, chunk: "@test", deadline: .seconds(5), isLookedAt: true)
        return await state.takeGlobals().map { use in
            "\(use.line) \(use.isAssigned ? "=" : "")\(([use.name] + use.members).joined(separator: "."))"
        }
    }

    @Test("are found with their lines, in every function")
    func lines() async throws {
        let source = """
            local a = one
            two = a
            local function f()
              return function() return three, a end
            end
            return f
            """
        #expect(try await uses(source) == ["1 one", "2 =two", "4 three"])
    }

    @Test("come with what is read from them at once")
    func members() async throws {
        #expect(try await uses("return loom.fs.read(x.y)") == ["1 loom.fs.read", "1 x.y"])
        #expect(try await uses("local fs = loom.fs return fs.read") == ["1 loom.fs.read"])
        #expect(try await uses("local fs = loom.fs local x = 1 return fs.read") == ["1 loom.fs"])
        #expect(try await uses("return loom.fs:read()") == ["1 loom.fs"])
        #expect(try await uses("loom.fs.read = nil") == ["1 loom.fs"])
    }

    @Test("are none of the locals, parameters, fields and upvalues")
    func locals() async throws {
        #expect(try await uses("local a, b = 1, {} function b.c(d) a = d b.e = a end for i = 1, 2 do a = i end return a") == [])
    }

    @Test("are not those of a local _ENV")
    func environments() async throws {
        #expect(try await uses("local _ENV = {} a = b return function() c = d end") == [])
        #expect(try await uses("return function(_ENV) a = b end, c") == ["1 c"])
        #expect(try await uses("local t = { _ENV.x } return t") == ["1 x"])
    }

    @Test("what a jump brings to a register is not taken for what stands before it")
    func jumps() async throws {
        #expect(try await uses("local x = ... return (x or loom).anything") == ["1 loom"])
    }

    @Test("lines are right behind a hundred blank ones and in long functions")
    func longSources() async throws {
        let source =
            "local a\n" + String(repeating: "\n", count: 300) + "a = one\n" + String(repeating: "a = { a }\n", count: 500) + "a = two"
        #expect(try await uses(source) == ["302 one", "803 two"])
    }

    @Test("a source that does not compile is an error")
    func syntax() async throws {
        let state = try LuaState(name: "test")
        await #expect(throws: LuaError.self) {
            try await state.run(source: "return return", chunk: "@test", deadline: .seconds(5), isLookedAt: true)
        }
        #expect(await state.takeGlobals() == [])
        #expect(try await state.run(source: "return a", chunk: "@test", deadline: .seconds(5), isLookedAt: true) == [.nil])
        #expect(await state.takeGlobals().map(\.name) == ["a"])
        #expect(await state.takeGlobals() == [], "they are told once")
    }
}
