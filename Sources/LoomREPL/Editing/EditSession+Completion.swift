import CEdit

extension EditSession {
    /// Asks what the word before the cursor can become. The answer may come while the person goes on typing.
    func complete() {
        let before = self.before
        self.configuration.complete(before) { [mailbox] completion in
            mailbox.wish { $0.offer = EditorMailbox.Offer(before: before, completion: completion) }
        }
    }

    private var before: String {
        let typed = self.typed
        return String(String.UnicodeScalarView(typed.text.prefix(typed.cursor)))
    }

    /// Completes the word before the cursor, or lists above what it could become; nothing when the line is another by now.
    func take(_ offer: EditorMailbox.Offer) {
        let (before, completion) = (offer.before, offer.completion)
        guard !completion.candidates.isEmpty, before == self.before else { return }
        let word = String(String.UnicodeScalarView(before.unicodeScalars.suffix(completion.replaced)))
        if completion.candidates.count == 1, let only = completion.candidates.first {
            self.replace(completion.replaced, with: only.hasSuffix("/") ? only : only + " ")
        } else if completion.commonPrefix.unicodeScalars.count > word.unicodeScalars.count {
            self.replace(completion.replaced, with: completion.commonPrefix)
        } else {
            self.printAbove(completion.candidates.map(\.shown).joined(separator: "  ") + "\n")
        }
    }
}

/// libedit's callbacks carry the session as client data: it outlives the editor that was opened with it.
private func session(_ editor: OpaquePointer?) -> EditSession? {
    guard let editor, let context = cedit_context(editor) else { return nil }
    return Unmanaged<EditSession>.fromOpaque(context).takeUnretainedValue()
}

let readCharacter: cedit_read_function = { editor, target in
    guard let target else { return 0 }
    return session(editor)?.read(into: target) ?? 0
}

let promptText: cedit_prompt_function = { session($0)?.widePrompt }

let completeWord: cedit_complete_function = { editor, _ in
    session(editor)?.complete()
    return UInt8(CC_NORM)
}
