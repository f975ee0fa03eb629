import Glibc

/// What the place the output goes to can show.
package struct TerminalTraits: Sendable, Hashable {
    /// Input and output are a terminal a person sits at.
    package var isInteractive: Bool
    /// The cursor can be moved: line editing and output above the typed line are possible.
    package var canEdit: Bool
    package var colour: Bool
    package var utf8: Bool
    /// Columns; nil when the output is no terminal and lines are as long as they are.
    package var width: Int?
    package var term: String

    /// Decides from plain facts. `NO_COLOR` of any value but the empty one forbids colour, as no-color.org says.
    package init(
        inputIsTerminal: Bool, outputIsTerminal: Bool, width: Int?, utf8: Bool, environment: (String) -> String?
    ) {
        let term = environment("TERM") ?? ""
        let isDumb = term.isEmpty || term == "dumb"
        let noColour = environment("NO_COLOR").map { !$0.isEmpty } ?? false
        self.isInteractive = inputIsTerminal && outputIsTerminal
        self.canEdit = inputIsTerminal && outputIsTerminal && !isDumb
        self.colour = outputIsTerminal && !isDumb && !noColour
        self.utf8 = utf8
        self.width = outputIsTerminal ? max(20, width ?? 80) : nil
        self.term = term
    }

    /// Asks the descriptors and this process's environment.
    package static func detect(input: Int32, output: Int32) -> TerminalTraits {
        TerminalTraits(
            inputIsTerminal: isatty(input) == 1, outputIsTerminal: isatty(output) == 1, width: self.width(of: output),
            utf8: TextLocale.isUTF8, environment: { getenv($0).map { String(cString: $0) } })
    }

    /// Nil when the descriptor is no terminal or knows no size.
    package static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
