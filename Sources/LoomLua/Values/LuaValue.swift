/// A value that crosses between Swift and Lua, by copy; a function crosses as a reference.
package enum LuaValue: Sendable, Equatable {
    case `nil`
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// A Lua string that is not valid UTF-8.
    case bytes([UInt8])
    case table(LuaTable)
    case function(LuaFunction)
}

extension LuaValue {
    package var isNil: Bool { self == .nil }

    package var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The value of an integer, or of a number without a fraction that fits.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The value of an integer or a number.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var table: LuaTable? {
        if case .table(let value) = self { value } else { nil }
    }

    package var function: LuaFunction? {
        if case .function(let value) = self { value } else { nil }
    }

    /// Lua's name of the type, for error texts.
    package var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string, .bytes: "string"
        case .table: "table"
        case .function: "function"
        }
    }

    /// A text for people, also of bytes that are none.
    var lossyText: String? {
        switch self {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// What Lua takes as true: everything but `nil` and `false`.
    package var isTruthy: Bool { self != .nil && self != .boolean(false) }
}

extension LuaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: LuaValue...) { self = .table(LuaTable(array: elements)) }
    package init(dictionaryLiteral elements: (String, LuaValue)...) { self = .table(LuaTable(elements)) }
}
