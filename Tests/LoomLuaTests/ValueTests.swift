import Testing

@testable import LoomLua

private func randomValue(_ generator: inout SeededGenerator, depth: Int) -> LuaValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
    case 0: .nil
    case 1: .boolean(Bool.random(using: &generator))
    case 2: .integer(Int64.random(in: .min ... .max, using: &generator))
    case 3: .integer(Int64.random(in: -2...2, using: &generator))
    case 4: .number(Double.random(in: -1e300...1e300, using: &generator))
    case 5: .string(randomText(&generator))
    case 6: .bytes([0xFF] + (0..<Int.random(in: 0...5, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
    default: .table(randomTable(&generator, depth: depth - 1))
    }
}

private func randomText(_ generator: inout SeededGenerator) -> String {
    let scalars: [Character] = ["a", "Z", "0", "\0", "é", "e\u{301}", "漢", "🧵", "\n", "\""]
    return String((0..<Int.random(in: 0...12, using: &generator)).map { _ in scalars.randomElement(using: &generator) ?? "x" })
}

private func randomTable(_ generator: inout SeededGenerator, depth: Int) -> LuaTable {
    var table = LuaTable()
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
        let value = randomValue(&generator, depth: depth)
        table.array.append(value == .nil ? .boolean(false) : value)  // nil would end the sequence
    }
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
        let key: LuaKey =
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: .boolean(Bool.random(using: &generator))
            case 1: .integer(Int64.random(in: -1000...0, using: &generator))
            case 2: .number(Double.random(in: 0.1...0.9, using: &generator))
            case 3: .bytes([0xFE, UInt8.random(in: 0...255, using: &generator)])
            default: .string(randomText(&generator))
            }
        table[key: key] = randomValue(&generator, depth: depth)
    }
    return table
}

@Suite("Values that cross")
struct ValueTests {
    @Test("come back as they went: results, arguments and replies")
    func roundTrips() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let state = try LuaState(name: "test")
        await state.register("echo", .sync { _, values in values })
        await state.register("later", .async { _, values in values })
        let functions = try await state.eval(
            "return function(...) return ... end, function(...) return echo(...) end, function(...) return later(...) end")
        for round in 0..<1000 {
            let values = (0..<Int.random(in: 0...4, using: &generator)).map { _ in randomValue(&generator, depth: 4) }
            let function = try #require(functions[round % functions.count].function)
            let back = try await state.call(function, values, deadline: .seconds(3600))
            #expect(back == values, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "keep odd numbers",
        arguments: [
            ("return 0/0 ~= 0/0, 1/0, -1/0, math.mininteger, math.maxinteger, -0.0", nil as String?),
            ("return {[1] = 'a', [2.0] = 'b', [4] = 'd', [2^53] = 'e'}", nil),
        ])
    func oddNumbers(source: String, _: String?) async throws {
        let state = try LuaState(name: "test")
        let values = try await state.eval(source)
        if values.count == 1 {
            let table = try #require(values[0].table)
            #expect(table.array == ["a", "b"])
            #expect(table.fields.map(\.key) == [.integer(4), .integer(1 << 53)])
        } else {
            #expect(values == [true, .number(.infinity), .number(-.infinity), .integer(.min), .integer(.max), .number(-0.0)])
        }
    }

    @Test("arrive with their fields sorted by key")
    func sortedFields() async throws {
        let state = try LuaState(name: "test")
        let table = try await state.eval("return {zeta = 1, alpha = 2, [true] = 3, [-1] = 4, [0.5] = 5, 'one', 'two', beta = 6}")
        #expect(
            table.first?.table?.fields.map(\.key) == [
                .boolean(true), .integer(-1), .number(0.5), .string("alpha"), .string("beta"), .string("zeta"),
            ])
        #expect(table.first?.table?.array == ["one", "two"])
        #expect(table.first?.table?.names == ["alpha", "beta", "zeta"])
    }

    @Test(
        "that cannot cross are an error that says why",
        arguments: [
            ("local t = {} t.t = t return t", "containing itself"),
            ("local t = {} for i = 1, 64 do t = {t} end return t", "nested deeper than 64"),
            ("return coroutine.create(print)", "a thread cannot cross"),
            ("return {[{}] = 1}", "a table with a table as key"),
            ("return {[print] = 1}", "a table with a function as key"),
        ])
    func cannotCross(source: String, text: String) async throws {
        let state = try LuaState(name: "test")
        await state.register("take", .sync { _, _ in [] })
        let result = await state.failure(of: source)
        #expect(result?.kind == .value)
        #expect(result?.message.contains(text) == true)
        let argument = await state.failure(of: "take((function() \(source) end)())")
        #expect(argument?.kind == .runtime)
        #expect(argument?.message.contains(text) == true)
        #expect(await state.statistics.liveReferences == 0)
    }

    @Test("nested 63 deep cross, 64 do not, in both directions")
    func depth() async throws {
        let state = try LuaState(name: "test")
        let echo = try #require(try await state.eval("return function(...) return ... end").first?.function)
        var value: LuaValue = 1
        for _ in 0..<64 { value = .table(LuaTable(array: [value])) }
        #expect(try await state.call(echo, [value], deadline: .seconds(60)) == [value])
        let error = await #expect(throws: LuaError.self) {
            try await state.call(echo, [.table(LuaTable(array: [value]))], deadline: .seconds(60))
        }
        #expect(error?.kind == .value)
    }

    @Test("from Swift with keys that Lua does not take are an error, not a crash")
    func badKeys() async throws {
        let state = try LuaState(name: "test")
        let echo = try #require(try await state.eval("return function(...) return ... end").first?.function)
        let nan = LuaTable(fields: [.number(.nan): 1])
        let error = await #expect(throws: LuaError.self) { try await state.call(echo, [.table(nan)], deadline: .seconds(60)) }
        #expect(error?.kind == .value)
        let normalised = try await state.call(echo, [.table(LuaTable(fields: [.number(1): "x"]))], deadline: .seconds(60))
        #expect(normalised == [["x"]])
        let holes = try await state.call(echo, [.table(LuaTable(array: [1, .nil, 3]))], deadline: .seconds(60))
        #expect(holes == [.table(LuaTable(array: [1], fields: [.integer(3): 3]))])
    }

    @Test("that are tables behave as dictionaries in Swift")
    func tables() {
        var table: LuaTable = ["b": 1, "a": 2]
        #expect(table.names == ["a", "b"])
        table["a"] = .nil
        table["c"] = [1, 2]
        table["missing"] = .nil
        #expect(table == LuaTable(fields: [.string("c"): [1, 2], .string("b"): 1]))
        #expect(table["missing"] == .nil)
        #expect(LuaKey.string("é") != LuaKey.string("e\u{301}"))
    }
}
