/// A prompt as a model gets it, and who wrote how much of it.
package struct RenderedPrompt: Sendable, Hashable, Codable {
    /// One prompt file's share.
    package struct Part: Sendable, Hashable, Codable {
        package let name: String
        /// Without what it includes, and without the project's rules.
        package let bytes: Int

        package init(name: String, bytes: Int) {
            self.name = name
            self.bytes = bytes
        }
    }

    package let text: String
    /// The role's own prompt, then what it includes, in the order in which it stands.
    package let parts: [Part]
    /// Bytes of the project's rules.
    package let rules: Int

    package init(_ text: String, parts: [Part] = [], rules: Int = 0) {
        self.text = text
        self.parts = parts
        self.rules = rules
    }
}
