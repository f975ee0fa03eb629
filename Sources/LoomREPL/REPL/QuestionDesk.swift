package import LoomKernel
import LoomSystem

/// The questions that wait for the person at this terminal, and what a typed line means to them.
package struct QuestionDesk: Sendable {
    package struct Entry: Sendable, Hashable {
        package let number: Int
        package let question: Question
    }

    package enum Meaning: Sendable, Hashable {
        /// The line is about something else.
        case unrelated
        case answer(Entry, Answer)
        case view(Entry)
        /// The line was meant for a question and does not fit: what to type instead.
        case unclear(String)
    }

    /// Oldest first. Numbers begin again at 1 when none is open.
    package private(set) var open: [Entry] = []
    /// What was answered elsewhere or taken back since the person's last line, which may have been meant for it.
    private var gone: Question?

    package init() {}

    /// Nil when it is here already.
    package mutating func ask(_ question: Question) -> Entry? {
        guard !self.open.contains(where: { $0.question.id == question.id }) else { return nil }
        let entry = Entry(number: (self.open.map(\.number).max() ?? 0) + 1, question: question)
        self.open.append(entry)
        return entry
    }

    /// Takes it off; nil when it is not here.
    package mutating func close(_ question: String) -> Entry? {
        guard let index = self.open.firstIndex(where: { $0.question.id.description == question }) else { return nil }
        return self.open.remove(at: index)
    }

    /// Takes it off because somebody else answered it, or nobody asks any more; nil when it is not here.
    package mutating func lose(_ question: String) -> Entry? {
        let entry = self.close(question)
        self.gone = entry?.question ?? self.gone
        return entry
    }

    /// What the person's next line means. The oldest question is meant where no number says otherwise.
    package mutating func meaning(of line: String) -> Meaning {
        defer { self.gone = nil }
        if let gone, let word = Self.word(line) {
            let end = "«\(gone.title)» is no longer open."
            guard let oldest = self.open.first else { return .unclear("\(end) To say «\(line)» to the lead, type it again.") }
            // What allows is not given to a question that the person may not have seen yet.
            if word == .yes || word == .always { return .unclear("\(end) To answer «\(oldest.question.title)», type it again.") }
        }
        guard let oldest = self.open.first else { return .unrelated }
        // A first space sends a line as it is, and these begin commands.
        if let first = line.first, " \t/@!".contains(first) { return .unrelated }
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        if self.open.count > 1 || oldest.question.kind != .choice, words.count == 2, let number = Int(words[0]) {
            if let entry = self.open.first(where: { $0.number == number }) {
                let meaning = Self.meaning(of: words[1], for: entry)
                // A single question leaves lines that begin with a figure alone.
                guard meaning == .unrelated, self.open.count > 1 else { return meaning }
                return .unclear("Question \(number) wants y, n, a or v.")
            }
            if Self.word(words[1]) != nil {
                return .unclear("There is no question \(number). Open: \(self.open.map { String($0.number) }.joined(separator: ", ")).")
            }
        }
        return Self.meaning(of: line, for: oldest)
    }

    private enum Word { case yes, no, always, view }

    private static func word(_ text: String) -> Word? {
        switch text.lowercased() {
        case "y", "yes": .yes
        case "n", "no": .no
        case "a", "always": .always
        case "v", "view": .view
        default: nil
        }
    }

    private static func meaning(of line: String, for entry: Entry) -> Meaning {
        let question = entry.question
        let text = String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        if question.kind == .choice { return self.choice(text, entry) }
        if text.isEmpty { return .answer(entry, .refuse) }
        switch self.word(text) {
        case .yes: return .answer(entry, .allow)
        case .no: return .answer(entry, .refuse)
        case .view: return .view(entry)
        case .always:
            guard question.always != nil else { return .unclear("There is no rule to keep for this one. Type y or n.") }
            return .answer(entry, .always)
        case nil: return .unrelated
        }
    }

    private static func choice(_ text: String, _ entry: Entry) -> Meaning {
        let options = entry.question.options
        if text.isEmpty {
            return .unclear(
                "\(entry.question.agent) waits for an answer: \(options.isEmpty ? "type it" : "type a number, or your own words").")
        }
        if let option = options.first(where: { $0.lowercased() == text.lowercased() }) { return .answer(entry, .text(option)) }
        if let number = Int(text), !options.isEmpty {
            guard number > 0, options.indices.contains(number - 1) else {
                return .unclear("Type a number from 1 to \(options.count), or your own words.")
            }
            return .answer(entry, .text(options[number - 1]))
        }
        if !entry.question.detail.isEmpty, self.word(text) == .view { return .view(entry) }
        return .answer(entry, .text(text))
    }
}
