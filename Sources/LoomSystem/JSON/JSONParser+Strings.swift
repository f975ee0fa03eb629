extension JSONParser {
    mutating func string() throws(Failure) -> String {
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
