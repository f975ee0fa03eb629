import LoomKernel
import LoomSystem

/// A credential. Lua, signals and errors never see its text.
struct Secret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    private let text: String
    /// All that must not be shown, the key among it.
    private let hidden: [String]
    private let redactions: [Redaction]

    /// Nil for an empty text, which is how people unset a variable.
    init?(_ text: String?) {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        self.init(text, hidden: [text])
    }

    /// Nothing that a header could hold, but nothing to be shown either: what signs a request.
    init(hidden: [String]) { self.init("", hidden: hidden) }

    private init(_ text: String, hidden: [String]) {
        self.text = text
        self.hidden = hidden
        redactions = hidden.map { Redaction($0, shown: "[key]") }
    }

    var fillsHeaders: Bool { !text.isEmpty }

    /// From now on nobody is shown it anywhere.
    func hide(in learned: LearnedSecrets, as name: String) {
        for text in hidden { learned.learn(text, as: name) }
    }

    var description: String { "[key]" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// Puts the key where a header's value asks for it by `{{key}}`.
    static func fill(_ value: String, with key: Secret?) -> String {
        value.replacing("{{key}}", with: key?.text ?? "")
    }

    static func isAskedFor(in value: String) -> Bool { value.contains("{{key}}") }

    /// The text with the key taken out: vendors repeat a wrong key in their error.
    func redact(_ text: String) -> String { text.hiding(redactions) }
}
