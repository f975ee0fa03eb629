/// Reads what `lua_dump` of Lua 5.4 writes, as far as `GlobalUse` needs it. Bytes of another format or cut short give nil.
struct BytecodeReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// An end came before it was due.
    private var isCut = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The chunk's main function.
    mutating func main() -> FunctionCode? {
        // Signature, version 5.4, official format, conversion marks, sizes of instructions, integers and numbers.
        let head: [UInt8] = [0x1B, 0x4C, 0x75, 0x61, 0x54, 0, 0x19, 0x93, 0x0D, 0x0A, 0x1A, 0x0A, 4, 8, 8]
        guard bytes.starts(with: head) else { return nil }
        // A sample integer and a sample number, and the count of upvalues.
        position = head.count + 17
        let code = function()
        return isCut ? nil : code
    }

    private mutating func function() -> FunctionCode {
        _ = text()
        let firstLine = size()
        _ = size()
        skip(3)
        let code = list { $0.word() }
        let constants = list { $0.constant() }
        let upvalues = list { (reader) -> FunctionCode.Upvalue in
            let isLocal = reader.byte() != 0
            let index = Int(reader.byte())
            reader.skip(1)
            return FunctionCode.Upvalue(isLocal: isLocal, index: index)
        }
        let inner = list { $0.function() }
        let steps = list { Int8(bitPattern: $0.byte()) }
        let marks = list { (reader) in (pc: reader.size(), line: reader.size()) }
        _ = list { (reader) in
            _ = reader.text()
            _ = reader.size()
            _ = reader.size()
        }
        _ = list { _ = $0.text() }
        return FunctionCode(
            code: code, constants: constants, upvalues: upvalues, inner: inner,
            lines: Self.lines(from: firstLine, steps, Dictionary(marks.map { ($0.pc, $0.line) }, uniquingKeysWith: { $1 })))
    }

    /// The line of each instruction: steps from the one before, or a mark where a step would be too long.
    private static func lines(from first: Int, _ steps: [Int8], _ marks: [Int: Int]) -> [Int] {
        var line = first
        return steps.enumerated().map { index, step in
            line = step == .min ? marks[index] ?? line : line + Int(step)
            return line
        }
    }

    private mutating func list<Element>(_ element: (inout BytecodeReader) -> Element) -> [Element] {
        let count = size()
        var all: [Element] = []
        while all.count < count, !isCut { all.append(element(&self)) }
        return all
    }

    private mutating func constant() -> String? {
        switch byte() {
        case 0x03, 0x13: skip(8)
        case 0x04, 0x14: return text()
        default: break
        }
        return nil
    }

    private mutating func text() -> String? {
        let length = size()
        guard length > 0 else { return nil }
        let start = position
        skip(length - 1)
        return isCut ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Seven bits a byte, highest first; the last byte has its eighth bit set.
    private mutating func size() -> Int {
        var value = 0
        for _ in 0..<9 {
            let byte = byte()
            value = value << 7 | Int(byte & 0x7F)
            if byte & 0x80 != 0 || isCut { return value }
        }
        isCut = true
        return 0
    }

    private mutating func word() -> UInt32 {
        let start = position
        skip(4)
        return isCut ? 0 : bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)
    }

    private mutating func byte() -> UInt8 {
        let start = position
        skip(1)
        return isCut ? 0 : bytes[start]
    }

    private mutating func skip(_ count: Int) {
        if count < 0 || count > bytes.count - position { isCut = true } else { position += count }
    }
}
