/// A recursive-descent parser of RFC 8259 over bytes.
///
/// Our own because JSON is on the hot path of every model call and Foundation costs start-up time.
struct JSONParser {
    struct Failure: Error {
        let reason: String
        let offset: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
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

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try utf8(bytes[start..<position], at: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw failure("a control character in a string must be escaped")
            default: position += 1
            }
        }
        throw failure("the text ends inside a string")
    }

    /// The slow path, taken from the first backslash on.
    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var content = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let text = try content.withUnsafeBufferPointer { (whole) throws(Failure) in try utf8(whole[...], at: start) }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &content)
            case 0..<0x20: throw failure("a control character in a string must be escaped")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw failure("the text ends inside a string")
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard let letter = next else { throw failure("the text ends inside a string") }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            content.append(contentsOf: String(try unicodeEscape()).utf8)
            return
        default: throw failure("unknown escape \\\(describeCharacter(letter)) in a string")
        }
        position += 1
    }

    /// At the `u`; takes a second escape when the first is the high half of a pair.
    private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
        let first = try fourDigits(at: position + 1)
        position += 5
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let second = try fourDigits(at: position + 2)
        guard (0xDC00...0xDFFF).contains(second) else { return "\u{FFFD}" }
        position += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private func fourDigits(at start: Int) throws(Failure) -> UInt32 {
        guard start + 4 <= bytes.count else { throw Failure(reason: "the text ends inside a string", offset: bytes.count) }
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw Failure(reason: "\\u must be followed by four hexadecimal digits", offset: index)
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private func utf8(_ slice: Slice<UnsafeBufferPointer<UInt8>>, at offset: Int) throws(Failure) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw Failure(reason: "a string that starts here is not UTF-8", offset: offset)
        }
        return text
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func number() throws(Failure) -> JSON {
        let start = position
        let negative = take("-")
        guard let first = next, isDigit(first) else { throw failure("expected a digit, found \(describeNext())") }
        var magnitude: UInt64 = 0
        var fits = true
        var digits = 0
        while let byte = next, isDigit(byte) {
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            fits = fits && !overflowed && !carried
            magnitude = sum
            digits += 1
            position += 1
        }
        if first == UInt8(ascii: "0"), digits > 1 { throw Failure(reason: "a number must not start with 0", offset: start) }
        if next != UInt8(ascii: "."), next != UInt8(ascii: "e"), next != UInt8(ascii: "E") {
            // Minus zero is a number, not an integer: an integer would lose its sign.
            if fits, !(negative && magnitude == 0), let value = integer(magnitude, negative: negative) { return .int(value) }
            return try double(from: start)
        }
        if take(".") { try someDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try someDigits()
        }
        return try double(from: start)
    }

    private func integer(_ magnitude: UInt64, negative: Bool) -> Int64? {
        if negative { return magnitude == UInt64(Int64.max) + 1 ? .min : Int64(exactly: magnitude).map { -$0 } }
        return Int64(exactly: magnitude)
    }

    private mutating func someDigits() throws(Failure) {
        guard let byte = next, isDigit(byte) else { throw failure("expected a digit, found \(describeNext())") }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    private func double(from start: Int) throws(Failure) -> JSON {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw Failure(reason: "the number is out of range", offset: start) }
        return .number(value)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

// MARK: - Bytes

extension JSONParser {
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
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

    private func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }

    private func describeNext() -> String { next.map { "\"\(describeCharacter($0))\"" } ?? "the end of the text" }

    private func describeCharacter(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? String(Unicode.Scalar(byte)) : "byte 0x" + String(byte, radix: 16, uppercase: true)
    }
}
