/// Turns the bytes of a terminal into what the editor is given: characters, pasted text and the keys that are ours.
///
/// Escape sequences pass through unchanged, except the marks around pasted text.
struct KeyDecoder {
    enum Key: Hashable {
        case scalar(Unicode.Scalar)
        case paste(String)
        case interrupt
        case suspend
    }

    private static let pasteBegins = Array("\u{1B}[200~".utf8)
    private static let pasteEnds = Array("\u{1B}[201~".utf8)
    /// More than anyone means to type; what is pasted beyond is dropped.
    private static let pasteLimit = 1 << 20

    private var keys: [Key] = []
    private var first = 0
    private var mark: [UInt8] = []
    private var utf8: [UInt8] = []
    private var paste: [UInt8]?

    /// True while bytes are held back that may be the beginning of a paste.
    var isHolding: Bool { self.paste == nil && !self.mark.isEmpty }

    mutating func next() -> Key? {
        guard self.first < self.keys.count else { return nil }
        let key = self.keys[self.first]
        self.first += 1
        if self.first == self.keys.count {
            self.keys.removeAll(keepingCapacity: true)
            self.first = 0
        }
        return key
    }

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { self.feed(byte) }
    }

    /// Lets go of what was held: the person only pressed Escape.
    mutating func release() {
        guard self.isHolding else { return }
        let held = self.mark
        self.mark = []
        for byte in held { self.type(byte) }
    }

    private mutating func feed(_ byte: UInt8) {
        let wanted = self.paste == nil ? Self.pasteBegins : Self.pasteEnds
        if byte == wanted[self.mark.count] {
            self.mark.append(byte)
            if self.mark.count == wanted.count { self.passMark() }
            return
        }
        let held = self.mark
        self.mark = []
        for byte in held { self.take(byte) }
        if byte == wanted[0] { self.mark = [byte] } else { self.take(byte) }
    }

    private mutating func passMark() {
        self.mark = []
        if let text = self.paste {
            self.paste = nil
            self.keys.append(.paste(Self.clean(text)))
        } else {
            self.paste = []
        }
    }

    private mutating func take(_ byte: UInt8) {
        guard let count = self.paste?.count else { return self.type(byte) }
        if count < Self.pasteLimit { self.paste?.append(byte) }
    }

    private mutating func type(_ byte: UInt8) {
        if byte < 0x80 || byte >= 0xC0 { self.endScalar() }
        switch byte {
        case 0x03: self.keys.append(.interrupt)
        case 0x1A: self.keys.append(.suspend)
        case ..<0x80: self.keys.append(.scalar(Unicode.Scalar(byte)))
        default:
            self.utf8.append(byte)
            if self.utf8.count == Self.length(self.utf8[0]) { self.endScalar() }
        }
    }

    /// Bytes a scalar beginning with this one has; 1 for a byte that begins none.
    private static func length(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private mutating func endScalar() {
        guard !self.utf8.isEmpty else { return }
        for scalar in String(decoding: self.utf8, as: UTF8.self).unicodeScalars { self.keys.append(.scalar(scalar)) }
        self.utf8 = []
    }

    /// Line ends become line feeds; other control characters have no place in a line.
    private static func clean(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r": scalars.append("\n")
            case "\t": scalars.append(scalar)
            default: if scalar.properties.generalCategory != .control { scalars.append(scalar) }
            }
            previous = scalar
        }
        return String(scalars)
    }
}
