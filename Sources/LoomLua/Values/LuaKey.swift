/// A key of a table outside its sequence. Ordered: booleans, integers, numbers, then texts by their bytes.
package enum LuaKey: Sendable, Hashable, Comparable {
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// A Lua string that is not valid UTF-8.
    case bytes([UInt8])

    /// The text of a string key.
    package var name: String? {
        if case .string(let name) = self { name } else { nil }
    }

    // Swift takes canonically equivalent texts as equal; for Lua they are two keys.
    package static func == (a: LuaKey, b: LuaKey) -> Bool { !(a < b) && !(b < a) && a.rank == b.rank }

    package static func < (a: LuaKey, b: LuaKey) -> Bool {
        switch (a, b) {
        case (.boolean(let a), .boolean(let b)): !a && b
        case (.integer(let a), .integer(let b)): a < b
        case (.number(let a), .number(let b)): !b.isTotallyOrdered(belowOrEqualTo: a)  // NaN has a place too
        case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
        default: a.rank < b.rank
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rank)
        switch self {
        case .boolean(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value.bitPattern)
        case .string(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .bytes(let value): hasher.combine(value)
        }
    }

    private var rank: Int {
        switch self {
        case .boolean: 0
        case .integer: 1
        case .number: 2
        case .string: 3
        case .bytes: 4
        }
    }
}
