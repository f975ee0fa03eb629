/// How the text of a file is written down.
package enum TextEncoding: String, Sendable, Hashable, Codable {
    case utf8 = "utf-8"
    /// With a byte order mark.
    case utf8BOM = "utf-8-bom"
    /// With a byte order mark.
    case utf16LE = "utf-16le"
    /// With a byte order mark.
    case utf16BE = "utf-16be"
    /// ISO 8859-1: what is left for a text that is not UTF-8, since it gives every byte back as it was.
    case latin1 = "latin-1"
}

/// How the lines of a text end.
package enum LineEnding: String, Sendable, Hashable, Codable {
    /// `\n`, also said of a text of one line.
    case lf
    /// `\r\n`.
    case crlf
    case mixed

    package init(of text: String) {
        var pairs = 0
        var ends = 0
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") {
                ends += 1
                if previous == UInt8(ascii: "\r") { pairs += 1 }
            }
            previous = byte
        }
        self = pairs == 0 ? .lf : pairs == ends ? .crlf : .mixed
    }

    /// The text with this ending for each line; `mixed` leaves it alone.
    package func applied(to text: String) -> String {
        guard self != .mixed else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") {
                if output.last == UInt8(ascii: "\r") { output.removeLast() }
                if self == .crlf { output.append(UInt8(ascii: "\r")) }
            }
            output.append(byte)
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// The text of a file together with what is needed to write it back in the same form.
package struct DecodedText: Sendable, Hashable {
    /// Without a byte order mark.
    package var text: String
    package var encoding: TextEncoding
    package var lineEnding: LineEnding

    package init(text: String, encoding: TextEncoding, lineEnding: LineEnding) {
        self.text = text
        self.encoding = encoding
        self.lineEnding = lineEnding
    }

    /// Nil when the bytes are no text.
    package init?(_ bytes: [UInt8]) {
        guard let (encoding, text) = TextEncoding.decode(bytes) else { return nil }
        self.init(text: text, encoding: encoding, lineEnding: LineEnding(of: text))
    }

    /// The bytes of the file; nil when the text has a character that Latin-1 lacks.
    package var bytes: [UInt8]? { encoding.encode(text) }
}

extension String {
    /// Without their `\n`, whatever stands before it. A final one ends the last line; it does not begin another.
    ///
    /// By bytes: for `Character` the two bytes of a CRLF are one, and no `\n`.
    package var lines: [Substring] {
        var lines = self.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
