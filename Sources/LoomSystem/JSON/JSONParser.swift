/// A recursive-descent parser of RFC 8259 over bytes.
///
/// Our own because JSON is on the hot path of every model call and Foundation costs start-up time.
struct JSONParser {
    struct Failure: Error {
        let reason: String
        let offset: Int
    }

    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    private var depth = 0

    /// The buffer must outlive the parser.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func document() throws(Failure) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value()
        skipSpace()
        if position < bytes.count { throw failure("expected the end of the text, found \(describeNext())") }
        return value
    }

    private mutating func value() throws(Failure) -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try nested { (parser) throws(Failure) in try parser.object() }
        case UInt8(ascii: "["): return try nested { (parser) throws(Failure) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw failure("expected a value, found \(describeNext())")
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(Failure) -> JSON) throws(Failure) -> JSON {
        guard depth < JSON.maximumDepth else { throw failure("nested deeper than \(JSON.maximumDepth) levels") }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Failure) -> JSON {
        var members: [String: JSON] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a key in double quotes, found \(describeNext())") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("expected \":\" after the key, found \(describeNext())") }
            members[key] = try value()
            skipSpace()
            if take(",") { continue }
            if take("}") { return .object(members) }
            throw failure("expected \",\" or \"}\", found \(describeNext())")
        }
    }

    private mutating func array() throws(Failure) -> JSON {
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            elements.append(try value())
            skipSpace()
            if take(",") { continue }
            if take("]") { return .array(elements) }
            throw failure("expected \",\" or \"]\", found \(describeNext())")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(Failure) -> JSON {
        let letters = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[position...].starts(with: letters) else { throw failure("expected a value, found \(describeNext())") }
        position += letters.count
        return value
    }
}

extension JSONParser {
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }

    func describeNext() -> String { next.map { "\"\(describeCharacter($0))\"" } ?? "the end of the text" }

    func describeCharacter(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? String(Unicode.Scalar(byte)) : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }
}
