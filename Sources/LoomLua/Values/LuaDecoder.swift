internal import CLuaHost

/// Reads the byte form that `CLuaHost.h` describes. Its writer is the C layer; bytes cut short read as nil.
struct LuaDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private let references: LuaReferences

    init(_ bytes: UnsafeRawBufferPointer, references: LuaReferences) {
        self.bytes = bytes
        self.references = references
    }

    init(_ start: UnsafePointer<UInt8>?, _ length: Int, references: LuaReferences) {
        self.init(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length), references: references)
    }

    mutating func all() -> [LuaValue] {
        var values: [LuaValue] = []
        while position < bytes.count { values.append(value()) }
        return values
    }

    mutating func value() -> LuaValue {
        switch Int(take(UInt8.self) ?? 0) {
        case LOOM_LUA_FALSE: .boolean(false)
        case LOOM_LUA_TRUE: .boolean(true)
        case LOOM_LUA_INTEGER: .integer(take(Int64.self) ?? 0)
        case LOOM_LUA_NUMBER: .number(Double(bitPattern: take(UInt64.self) ?? 0))
        case LOOM_LUA_STRING: text()
        case LOOM_LUA_TABLE: .table(table())
        case LOOM_LUA_FUNCTION: .function(LuaFunction(references: references, reference: take(Int64.self) ?? 0))
        default: .nil
        }
    }

    private mutating func table() -> LuaTable {
        var array: [LuaValue] = []
        let count = takeCount()
        array.reserveCapacity(count)
        for _ in 0..<count { array.append(value()) }
        var fields: [LuaTable.Field] = []
        for _ in 0..<takeCount() {
            let key = value()
            let value = value()
            if let key = Self.key(key) { fields.append(LuaTable.Field(key: key, value: value)) }
        }
        return LuaTable(array: array, unsorted: fields)
    }

    private static func key(_ value: LuaValue) -> LuaKey? {
        switch value {
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .bytes(let value): .bytes(value)
        case .nil, .table, .function: nil
        }
    }

    private mutating func text() -> LuaValue {
        let count = takeCount()
        let slice = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        if let text = String(validating: slice, as: UTF8.self) { return .string(text) }
        return .bytes(Array(slice))
    }

    /// Never more than the bytes that are left, so that a wrong count costs no memory.
    private mutating func takeCount() -> Int { min(Int(take(UInt32.self) ?? 0), bytes.count - position) }

    private mutating func take<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { return nil }
        defer { position += size }
        return bytes.loadUnaligned(fromByteOffset: position, as: type)
    }
}
