extension JSON {
    /// Containers nested deeper than this are refused, so that no input can exhaust the stack.
    package static let maximumDepth = 512

    /// What is wrong with a JSON text, and where.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let reason: String
        /// Counted from 1.
        package let line: Int
        /// Counted from 1, in Unicode scalars.
        package let column: Int
        /// In bytes of UTF-8, from 0.
        package let offset: Int

        package var description: String { "Not valid JSON at line \(line), column \(column): \(reason)." }
    }

    /// Parses one JSON document; a leading byte order mark is ignored, and the last of several equal keys wins.
    ///
    /// An escaped surrogate without its partner, which models do write, becomes U+FFFD.
    package static func parse(_ text: String) throws(ParseError) -> JSON {
        var text = text
        return try text.withUTF8 { parse($0) }.get()
    }

    /// Parses one JSON document from UTF-8.
    package static func parse(_ bytes: [UInt8]) throws(ParseError) -> JSON {
        try bytes.withUnsafeBufferPointer { parse($0) }.get()
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSON, ParseError> {
        var parser = JSONParser(bytes)
        do throws(JSONParser.Failure) {
            return .success(try parser.document())
        } catch {
            return .failure(locate(error, in: bytes))
        }
    }

    private static func locate(_ failure: JSONParser.Failure, in bytes: UnsafeBufferPointer<UInt8>) -> ParseError {
        let offset = min(failure.offset, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<offset] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return ParseError(reason: failure.reason, line: line, column: column, offset: offset)
    }
}
