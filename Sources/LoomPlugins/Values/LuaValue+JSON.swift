import LoomLua
import LoomSystem

/// How JSON and Lua stand for each other.
///
/// An empty Lua table is `{}`; an empty list has to say so, by the key `true`, which no JSON object can have. Null has no value of
/// its own in Lua, where nil is nothing at all: one function that nobody calls stands for it, since functions are the
/// only values that stay themselves on the way between Swift and Lua.
struct ValueMapping: Sendable {
    /// `loom.json.null` of the Lua state; nil where there is none, and null becomes nil.
    var null: LuaFunction?
    /// Whether empty lists carry their mark. Without it what reads them is simpler: arguments, whose types are declared.
    var marksEmptyLists = true

    /// Why a Lua value is no JSON.
    struct Fault: Error, Hashable {
        let reason: String
    }

    private static let listMark = LuaKey.boolean(true)

    func lua(_ value: JSON) -> LuaValue {
        switch value {
        case .null: null.map { .function($0) } ?? .nil
        case .bool(let flag): .boolean(flag)
        case .int(let number): .integer(number)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let elements): .table(list(elements))
        case .object(let members): .table(LuaTable(members.map { ($0.key, lua($0.value)) }))
        }
    }

    private func list(_ elements: [JSON]) -> LuaTable {
        if elements.isEmpty, marksEmptyLists { return LuaTable(fields: [Self.listMark: true]) }
        return LuaTable(array: elements.map(lua))
    }

    func json(_ value: LuaValue) throws(Fault) -> JSON {
        switch value {
        case .nil: return .null
        case .boolean(let flag): return .bool(flag)
        case .integer(let number): return .int(number)
        case .number(let number):
            guard number.isFinite else { throw Fault(reason: "the number \(number) has no place in JSON") }
            return .number(number)
        case .string(let text): return .string(text)
        // What a program prints need not be UTF-8; what people and models read is.
        case .bytes(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
        case .function(let function):
            guard function == null else { throw Fault(reason: "a function is no data") }
            return .null
        case .table(let table): return try json(table)
        }
    }

    private func json(_ table: LuaTable) throws(Fault) -> JSON {
        let fields = table.fields.filter { $0.key != Self.listMark }
        if fields.isEmpty, !table.array.isEmpty || !table.fields.isEmpty {
            var elements: [JSON] = []
            elements.reserveCapacity(table.array.count)
            for value in table.array { elements.append(try json(value)) }
            return .array(elements)
        }
        var members: [String: JSON] = [:]
        for (index, value) in table.array.enumerated() { members["\(index + 1)"] = try json(value) }
        for field in fields {
            switch field.key {
            case .string(let name): members[name] = try json(field.value)
            case .integer(let number): members["\(number)"] = try json(field.value)
            case .bytes(let bytes): members[String(decoding: bytes, as: UTF8.self)] = try json(field.value)
            case .boolean, .number: throw Fault(reason: "a table with the key \(field.key) is no data")
            }
        }
        return .object(members)
    }
}
