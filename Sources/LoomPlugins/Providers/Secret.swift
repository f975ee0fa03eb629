/// A credential. Lua, signals and errors never see its text.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    private let text: String

    /// Nil for an empty text, which is how people unset a variable.
    init?(_ text: String?) {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        self.text = text
    }

    var description: String { "[key]" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// Puts the key where a header's value asks for it by `{{key}}`.
    static func fill(_ value: String, with key: Secret?) -> String {
        value.replacing("{{key}}", with: key?.text ?? "")
    }

    static func isAskedFor(in value: String) -> Bool { value.contains("{{key}}") }

    /// The text with the key taken out: vendors repeat a wrong key in their error.
    func redact(_ text: String) -> String {
        text.contains(self.text) ? text.replacing(self.text, with: "[key]") : text
    }
}
