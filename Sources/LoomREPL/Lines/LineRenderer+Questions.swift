package import LoomKernel

extension LineRenderer {
    /// The block that asks: who, what, why, what "always" would store, and what may be typed. The number is shown when
    /// other questions wait too.
    package mutating func question(_ question: Question, number: Int, others: Int) -> [String] {
        self.speaker = nil
        let start = others > 0 ? "  ?\(number) " : "  ? "
        var lines = self.layout.block(question.title.shown, indent: 4, first: start)
        if !question.why.isEmpty {
            let why = "why: " + question.why.shown
            if let width = self.layout.width, let last = lines.last, last.columns + 3 + why.columns > width || lines.count > 1 {
                lines += self.layout.block(why, indent: 4, .dim)
            } else if let last = lines.popLast() {
                lines.append(last + "   " + self.layout.paint(why, .dim))
            }
        }
        for (index, option) in question.options.enumerated() {
            lines += self.layout.block(option.shown, indent: 7, first: "    \(index + 1)  ")
        }
        return lines + self.layout.block(self.choices(question, number: number, others: others), indent: 4)
    }

    private func choices(_ question: Question, number: Int, others: Int) -> String {
        let note = others > 0 ? "   (question \(number): type \(number) before the answer)" : ""
        if question.kind == .choice {
            return (question.options.isEmpty ? "type the answer" : "type a number, or your own words") + note
        }
        var words = ["[y]es", "[n]o (Enter)"]
        if !question.detail.isEmpty { words.append("[v]iew") }
        if let rule = question.always { words.append("[a]lways: \(self.marks.open)\(rule)\(self.marks.close)") }
        return words.joined(separator: "  ") + note
    }

    /// The whole of what is asked about.
    package mutating func detail(of question: Question) -> [String] {
        self.speaker = nil
        let text = question.detail.isEmpty ? "There is nothing more to see: \(question.title)" : question.detail
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            let hue: Hue? = line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : nil
            return self.layout.block(String(line), indent: 4, hue)
        }
    }

    /// The line that tells of an answer given elsewhere.
    package mutating func answered(_ question: Question, _ answered: QuestionAnswered) -> [String] {
        self.speaker = nil
        if Questions.isWithdrawal(answered.by) { return self.event(question.agent, "? taken back: \(question.title)") }
        let word =
            switch answered.answer {
            case .allow: "allowed"
            case .always: "allowed always"
            case .refuse: "refused"
            case .text(let text): text
            }
        return self.event(question.agent, "? \(word) by \(answered.by.who): \(question.title)")
    }
}
