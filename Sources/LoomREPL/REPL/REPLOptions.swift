/// How the terminal front end is set up.
package struct REPLOptions: Sendable {
    /// File descriptors.
    package var input: Int32 = 0
    package var output: Int32 = 1
    /// Nil asks the descriptors and the environment.
    package var traits: TerminalTraits?
    package var version: String
    /// Nil keeps no history.
    package var historyFile: String?
    /// The folder as people write it: `~/acme`.
    package var folder: String
    /// Signs what is typed here.
    package var source = "user/repl"

    package init(version: String, folder: String, historyFile: String? = nil) {
        self.version = version
        self.folder = folder
        self.historyFile = historyFile
    }
}
