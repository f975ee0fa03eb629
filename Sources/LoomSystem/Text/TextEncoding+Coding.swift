extension TextEncoding {
    /// Whether a file that starts like this is no text. A few kilobytes from its start are enough.
    package static func isBinary(_ bytes: [UInt8]) -> Bool {
        switch mark(of: bytes) {
        case .utf16LE, .utf16BE: return false
        default: return looksBinary(bytes[...])
        }
    }

    /// The text and its encoding, nil when the bytes are no text; `encode` gives exactly these bytes back.
    package static func decode(_ bytes: [UInt8]) -> (encoding: TextEncoding, text: String)? {
        switch mark(of: bytes) {
        case .utf8BOM?:
            return String(validating: bytes.dropFirst(3), as: UTF8.self).map { (.utf8BOM, $0) }
        case .utf16LE?:
            return decodeUTF16(bytes, littleEndian: true).map { (.utf16LE, $0) }
        case .utf16BE?:
            return decodeUTF16(bytes, littleEndian: false).map { (.utf16BE, $0) }
        default:
            if looksBinary(bytes[...]) { return nil }
            if let text = String(validating: bytes, as: UTF8.self) { return (.utf8, text) }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
            return (.latin1, String(text))
        }
    }

    /// Nil when the text has a character that Latin-1 lacks.
    package func encode(_ text: String) -> [UInt8]? {
        switch self {
        case .utf8: return Array(text.utf8)
        case .utf8BOM: return [0xEF, 0xBB, 0xBF] + text.utf8
        case .utf16LE: return [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16BE: return [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        case .latin1:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            for scalar in text.unicodeScalars {
                guard let byte = UInt8(exactly: scalar.value) else { return nil }
                bytes.append(byte)
            }
            return bytes
        }
    }

    private static func mark(of bytes: [UInt8]) -> TextEncoding? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8BOM }
        // FF FE 00 00 is UTF-32, which nobody writes; it falls to binary by its NULs.
        if bytes.starts(with: [0xFF, 0xFE]), !bytes.dropFirst(2).starts(with: [0, 0]) { return .utf16LE }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16BE }
        return nil
    }

    /// A NUL, as git has it, or more than one other control character in thirty that no text uses.
    private static func looksBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
        var controls = 0
        for byte in bytes {
            switch byte {
            case 0: return true
            case 0x07...0x0D, 0x1B: continue
            case 0x01..<0x20, 0x7F: controls += 1
            default: continue
            }
        }
        return controls > bytes.count / 30
    }

    /// Nil for half a unit or an unpaired surrogate, which could not be written back.
    private static func decodeUTF16(_ bytes: [UInt8], littleEndian: Bool) -> String? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: 2, to: bytes.count, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return littleEndian ? second << 8 | first : first << 8 | second
        }
        return String(validating: units, as: UTF16.self)
    }
}
