/// Makes text of bytes that come in pieces: a character cut in two waits for its other half, and what is no UTF-8 becomes U+FFFD.
package struct TextPieces: Sendable {
    private var held: [UInt8] = []

    package init() {}

    package mutating func feed(_ bytes: [UInt8]) -> String {
        let all = held + bytes
        let begun = Self.begunCharacter(in: all)
        held = Array(all.suffix(begun))
        return String(decoding: all.dropLast(begun), as: UTF8.self)
    }

    /// What was held back when nothing more comes.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that is not complete.
    private static func begunCharacter(in bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }
}
