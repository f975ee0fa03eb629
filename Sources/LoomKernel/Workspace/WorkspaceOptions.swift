/// Which session a front end wants.
package enum SessionChoice: Sendable, Hashable {
    case new
    /// By id or the beginning of one; nil for the latest.
    case resume(String?)
}

/// How a workspace is opened.
package struct WorkspaceOptions: Sendable {
    package var directory: String
    package var configuration: LiveConfiguration
    package var session: SessionChoice = .new
    /// `repl`, `run`, `page`.
    package var frontEnd: String
    /// False when no person can be asked.
    package var isInteractive: Bool
    /// The role of the first agent.
    package var leadRole = "lead"
    /// The CSV of models, or nil.
    package var modelData: String?
    /// What providers said of their models.
    package var modelLists: ModelLists?
    /// Folders with grammars for outlines, absolute. Never one of the project: what is in them is run.
    package var grammarFolders: [String] = []
    /// The program that makes an outline, loomkin itself; nil for none.
    package var outlineProgram: String?
    /// The folder's database where it is open already; nil opens it.
    package var store: Store?
    /// Who can put plugins back and load them anew.
    package var plugins: (any PluginControl)?
    /// Of the user whose sessions these are.
    package var seal: UserSeal
    /// Keys that did not come from a variable, as they become known.
    package var learnedSecrets = LearnedSecrets()
    /// Keeps nothing on disk.
    package var isEphemeral = false

    package init(directory: String, configuration: LiveConfiguration, frontEnd: String, isInteractive: Bool, seal: UserSeal) {
        self.directory = directory
        self.configuration = configuration
        self.frontEnd = frontEnd
        self.isInteractive = isInteractive
        self.seal = seal
    }
}
