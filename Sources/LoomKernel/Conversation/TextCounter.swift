/// Counts what a text is made of, in one pass over its bytes. It can be given a text in pieces, cut anywhere: what is appended to a text
/// is counted alone.
package struct TextCounter: Sendable, Hashable {
    private enum Last { case nothing, lower, upper, digit, space, mark, line, indent, letter, ideograph }
    private var last = Last.nothing
    /// Letters of the word so far.
    private var length = 0

    private var (words, humps, tails, digits) = (0, 0, 0, 0)
    private var (marks, markRuns, signs, pictographs) = (0, 0, 0, 0)
    private var (lines, indents) = (0, 0)
    private var (accents, letters, letterRuns, syllables, ideographs) = (0, 0, 0, 0, 0)

    package init() {}

    package mutating func add(_ text: String) {
        var text = text
        // On a copy of the counter that nobody else can see, which the compiler keeps in registers.
        self = text.withUTF8 { bytes in
            var counter = self
            for byte in bytes { counter.add(byte) }
            return counter
        }
    }

    package mutating func add(_ byte: UInt8) {
        switch byte {
        case 0x61...0x7A: self.addLetter(.lower)
        case 0x41...0x5A: self.addLetter(.upper)
        case 0x20, 0x09: self.addBlank()
        case 0x0A, 0x0D:
            if self.last != .line, self.last != .indent { self.lines += 1 }
            self.last = .line
        case 0x30...0x39:
            self.digits += 1
            self.last = .digit
        case 0..<0x80:
            self.marks += 1
            if self.last != .mark { self.markRuns += 1 }
            self.last = .mark
        // The first byte of a character says which script it is of; the others only follow.
        case 0x80..<0xC2: break
        case 0xC2, 0xE2:
            self.signs += 1
            self.last = .mark
        case 0xC3...0xC5:
            self.accents += 1
            if self.last != .lower, self.last != .upper { self.begin() }
            self.last = .lower
        case 0xC6...0xDF:
            self.letters += 1
            if self.last != .letter { self.letterRuns += 1 }
            self.last = .letter
        case 0xE0, 0xE1:
            self.syllables += 1
            self.last = .letter
        case 0xE3...0xEF:
            self.ideographs += 1
            self.last = .ideograph
        default:
            self.pictographs += 1
            self.last = .mark
        }
    }

    private mutating func begin() {
        self.words += 1
        self.length = 0
    }

    private mutating func addLetter(_ letter: Last) {
        if self.last != .lower, self.last != .upper {
            self.begin()
        } else if letter == .upper, self.last == .lower {
            self.humps += 1
            self.length = 0
        }
        self.length += 1
        if self.length > 8 { self.tails += 1 }
        self.last = letter
    }

    private mutating func addBlank() {
        if self.last == .line { self.indents += 1 }
        self.last = self.last == .line || self.last == .indent ? .indent : .space
    }

    /// The weights are what fits best, by least squares of relative errors, four tokenizers (cl100k_base, o200k_base, Anthropic's published
    /// one, DeepSeek's) on sources, documents, command output and translations that are no part of this project.
    package var profile: TextProfile {
        var profile = TextProfile()
        profile[.words] = 0.86 * Double(self.words) + 0.95 * Double(self.humps) + 0.62 * Double(self.tails)
        profile[.numbers] = 0.54 * Double(self.digits)
        profile[.marks] =
            0.1 * Double(self.marks) + 0.95 * Double(self.markRuns) + Double(self.signs) + 2.5 * Double(self.pictographs)
        profile[.blanks] = Double(self.lines) + 0.1 * Double(self.indents)
        profile[.accents] = 1.75 * Double(self.accents)
        profile[.alphabets] = 0.25 * Double(self.letters) + 1.4 * Double(self.letterRuns) + 0.8 * Double(self.syllables)
        profile[.ideographs] = 0.85 * Double(self.ideographs)
        return profile
    }
}
