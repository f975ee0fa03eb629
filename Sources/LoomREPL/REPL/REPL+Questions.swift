import LoomKernel
import LoomSystem

extension REPL {
    func asked(_ signal: Signal) -> [String] {
        guard let asked = signal.payload(QuestionAsked.self), let entry = self.desk.ask(asked.question) ?? self.entry(asked.question)
        else { return [] }
        return self.renderer.question(entry.question, number: entry.number, others: self.desk.open.count - 1)
    }

    private func entry(_ question: Question) -> QuestionDesk.Entry? { self.desk.open.first { $0.question.id == question.id } }

    func answered(_ signal: Signal) -> [String] {
        guard let answered = signal.payload(QuestionAnswered.self), let entry = self.desk.lose(answered.question) else { return [] }
        return self.renderer.answered(entry.question, answered) + self.next()
    }

    /// The block of the oldest question again, when another one was in front of it.
    private func next() -> [String] {
        guard self.traits.isInteractive, let oldest = self.desk.open.first else { return [] }
        return self.renderer.question(oldest.question, number: oldest.number, others: self.desk.open.count - 1)
    }

    /// True when the line was meant for a question.
    func takeAnswer(_ line: String) async -> Bool {
        switch self.desk.meaning(of: line) {
        case .unrelated: return false
        case .unclear(let hint): await self.say(hint)
        case .view(let entry): await self.print(self.renderer.detail(of: entry.question))
        case .answer(let entry, let answer): await self.answer(entry, answer)
        }
        return true
    }

    func answer(_ entry: QuestionDesk.Entry, _ answer: Answer) async {
        // Taken off first, so that the signal of one's own answer prints nothing.
        _ = self.desk.close(entry.question.id.description)
        do {
            try await self.workspace.answer(entry.question.id, answer, by: self.options.source)
            await self.print(self.next())
        } catch {
            await self.say(error.description)
        }
    }
}
