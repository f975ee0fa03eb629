import CEdit

extension EditSession {
    /// Completes the word before the cursor, or lists above what it could become.
    func complete() {
        let typed = self.typed
        let before = String(String.UnicodeScalarView(typed.text.prefix(typed.cursor)))
        let completion = self.configuration.complete(before)
        guard !completion.candidates.isEmpty else { return }
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
