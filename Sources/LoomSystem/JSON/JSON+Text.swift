extension JSON {
    /// The value as JSON text: keys sorted by their UTF-8, `/` not escaped, so equal values give equal bytes.
    ///
    /// A number that JSON can't write, such as infinity, becomes null.
    package func text(pretty: Bool = false) -> String {
        String(decoding: bytes(pretty: pretty), as: UTF8.self)
    }

    /// The same as `text`, as UTF-8.
    package func bytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self, level: 0)
        return writer.output
    }
}

private struct JSONWriter {
    let pretty: Bool
    var output: [UInt8] = []

    init(pretty: Bool) {
        self.pretty = pretty
        output.reserveCapacity(256)
    }

    mutating func write(_ value: JSON, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): output.append(contentsOf: number.description.utf8)
        case .number(let number): output.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
        case .string(let text): write(text)
        case .array(let elements): write(elements, level: level)
        case .object(let members): write(members, level: level)
        }
    }

    private mutating func write(_ elements: [JSON], level: Int) {
        guard !elements.isEmpty else { return append("[]") }
        append("[")
        var first = true
        for element in elements {
            separate(first: first, level: level + 1)
            write(element, level: level + 1)
            first = false
        }
        newLine(level)
        append("]")
    }

    private mutating func write(_ members: [String: JSON], level: Int) {
        guard !members.isEmpty else { return append("{}") }
        append("{")
        var first = true
        for (key, member) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            separate(first: first, level: level + 1)
            write(key)
            append(pretty ? ": " : ":")
            write(member, level: level + 1)
            first = false
        }
        newLine(level)
        append("}")
    }

    private mutating func separate(first: Bool, level: Int) {
        if !first { append(",") }
        newLine(level)
    }

    private mutating func newLine(_ level: Int) {
        guard pretty else { return }
        append("\n")
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }

    private mutating func write(_ text: String) {
        var text = text
        append("\"")
        text.withUTF8 { bytes in
            var copied = 0
            for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                output.append(contentsOf: bytes[copied..<index])
                escape(byte)
                copied = index + 1
            }
            output.append(contentsOf: bytes[copied...])
        }
        append("\"")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append(byte < 0x10 ? "\\u000" : "\\u00")
            output.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }

    private mutating func append(_ text: StaticString) {
        output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
