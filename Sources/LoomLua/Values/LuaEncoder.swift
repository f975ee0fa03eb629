internal import CLuaHost

/// Writes values in the byte form that `CLuaHost.h` describes.
struct LuaEncoder {
    private(set) var bytes: [UInt8] = []
    /// The state the bytes are for: only its own functions may cross.
    let references: LuaReferences

    init(references: LuaReferences) {
        self.references = references
    }

    static func encode(_ values: [LuaValue], for references: LuaReferences) throws(LuaError) -> [UInt8] {
        var encoder = LuaEncoder(references: references)
        for value in values { try encoder.put(value) }
        return encoder.bytes
    }

    mutating func put(_ value: LuaValue, depth: Int = 0) throws(LuaError) {
        switch value {
        case .nil: put(tag: LOOM_LUA_NIL)
        case .boolean(let value): put(tag: value ? LOOM_LUA_TRUE : LOOM_LUA_FALSE)
        case .integer(let value):
            put(tag: LOOM_LUA_INTEGER)
            put(raw: value)
        case .number(let value):
            put(tag: LOOM_LUA_NUMBER)
            put(raw: value.bitPattern)
        case .string(let value): try put(text: value.utf8)
        case .bytes(let value): try put(text: value)
        case .table(let value): try put(value, depth: depth)
        case .function(let value):
            guard value.references === references else {
                throw LuaError(.value, "a function of another Lua state cannot cross")
            }
            put(tag: LOOM_LUA_FUNCTION)
            put(raw: value.reference)
        }
    }

    private mutating func put(_ table: LuaTable, depth: Int) throws(LuaError) {
        guard depth < LOOM_LUA_MAX_DEPTH else {
            throw LuaError(.value, "a table nested deeper than \(LOOM_LUA_MAX_DEPTH) cannot cross to Lua")
        }
        put(tag: LOOM_LUA_TABLE)
        try put(count: table.array.count)
        for value in table.array { try put(value, depth: depth + 1) }
        try put(count: table.fields.count)
        for field in table.fields {
            try put(key: field.key)
            try put(field.value, depth: depth + 1)
        }
    }

    private mutating func put(key: LuaKey) throws(LuaError) {
        switch key {
        case .boolean(let value): try put(LuaValue.boolean(value))
        case .integer(let value): try put(LuaValue.integer(value))
        case .number(let value):
            guard !value.isNaN else { throw LuaError(.value, "NaN cannot be a key of a Lua table") }
            try put(LuaValue.number(value))
        case .string(let value): try put(text: value.utf8)
        case .bytes(let value): try put(text: value)
        }
    }

    private mutating func put(text: some Collection<UInt8>) throws(LuaError) {
        put(tag: LOOM_LUA_STRING)
        try put(count: text.count)
        bytes.append(contentsOf: text)
    }

    private mutating func put(count: Int) throws(LuaError) {
        guard let count = UInt32(exactly: count) else { throw LuaError(.value, "a value of \(count) parts cannot cross to Lua") }
        put(raw: count)
    }

    private mutating func put(tag: Int) { bytes.append(UInt8(truncatingIfNeeded: tag)) }

    private mutating func put(raw value: some FixedWidthInteger) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}
