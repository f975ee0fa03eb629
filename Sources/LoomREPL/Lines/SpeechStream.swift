/// What one agent is saying, printed row by row as it streams and completed when the whole text is known.
///
/// Pieces may be lost and a call may be tried again: the whole text decides.
struct SpeechStream: Sendable {
    private let call: String
    private let attempt: Int
    private var printed = ""
    /// Blank rows at the beginning are not shown; those between rows are.
    private var isShown = false
    private var tail = ""

    init(call: String, attempt: Int) {
        self.call = call
        self.attempt = attempt
    }

    func continues(call: String, attempt: Int) -> Bool { self.call == call && self.attempt == attempt }

    var hasPrinted: Bool { !self.printed.isEmpty }

    /// The rows that are final now.
    mutating func add(_ text: String, width: Int?) -> [String] {
        self.tail += text
        let rows = TextWrap.rows(self.tail, width: width).dropLast()
        guard let end = rows.last?.end else { return [] }
        let texts = Self.withoutBlankStart(rows.map(\.text), !self.isShown)
        if !texts.isEmpty { self.isShown = true }
        self.printed += self.tail[..<end]
        self.tail = String(self.tail[end...])
        return texts
    }

    /// The rows that are missing from the whole text; all of it when what was printed was something else.
    func rest(of whole: String, width: Int?) -> [String] {
        let isContinued = whole.utf8.starts(with: self.printed.utf8)
        let rest = isContinued ? String(decoding: whole.utf8.dropFirst(self.printed.utf8.count), as: UTF8.self) : whole
        return Self.rows(rest, width: width, isStart: !isContinued || !self.isShown)
    }

    static func rows(_ text: String, width: Int?, isStart: Bool = true) -> [String] {
        var end = text.endIndex
        while end > text.startIndex, text[text.index(before: end)].isWhitespace { end = text.index(before: end) }
        guard end > text.startIndex else { return [] }
        return self.withoutBlankStart(TextWrap.rows(String(text[..<end]), width: width).map(\.text), isStart)
    }

    private static func withoutBlankStart(_ rows: [String], _ isStart: Bool) -> [String] {
        isStart ? Array(rows.drop { $0.isEmpty }) : rows
    }
}
