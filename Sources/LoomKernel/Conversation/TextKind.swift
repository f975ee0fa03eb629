/// A kind of text, by what its bytes are. Prose, code and JSON are different mixtures of these kinds, and so need no names of their own.
package enum TextKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Runs of a to z. What is written in camel case is as many words as it has humps.
    case words
    case numbers
    /// Punctuation, brackets, dashes, pictographs.
    case marks
    /// Ends of lines and indentation. A single space belongs to its word.
    case blanks
    /// Latin letters with accents, inside of words.
    case accents
    /// Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai and their like.
    case alphabets
    /// Chinese characters, kana, hangul.
    case ideographs
    /// What holds messages, calls and tools together, whatever is in them.
    case frames
}

extension TextKind {
    /// Its place in a vector.
    var index: Int {
        switch self {
        case .words: 0
        case .numbers: 1
        case .marks: 2
        case .blanks: 3
        case .accents: 4
        case .alphabets: 5
        case .ideographs: 6
        case .frames: 7
        }
    }
}
