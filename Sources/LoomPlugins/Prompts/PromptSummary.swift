/// One prompt as people see it in a list.
package struct PromptSummary: Sendable, Hashable, Encodable {
    package let name: String
    /// From its front matter.
    package let description: String
    /// Roles that begin with it.
    package let roles: [String]
    /// What it includes by name, in its own text.
    package let includes: [String]
}
