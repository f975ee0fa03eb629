/// Instructions that an agent reads when a task calls for them, with the files that belong to them.
package struct Skill: Sendable, Hashable {
    package let name: String
    /// What it does and when to use it: all that an agent knows before it reads the rest.
    package let description: String
    package let instructions: String
    /// Absolute.
    package let folder: String
    /// What its author wants agents to use without being asked each time, in the author's words: `Bash(git:*)`.
    package let allowedTools: [String]
    /// `bundled`, `user` or `project`.
    package let root: String
    package let generation: Int

    package init(
        name: String, description: String, instructions: String, folder: String, allowedTools: [String], root: String, generation: Int
    ) {
        self.name = name
        self.description = description
        self.instructions = instructions
        self.folder = folder
        self.allowedTools = allowedTools
        self.root = root
        self.generation = generation
    }
}
