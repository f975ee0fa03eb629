/// What a person did at the line being typed.
package enum LineEvent: Sendable, Hashable {
    /// A whole entry, without its line end; several lines when it was continued or pasted.
    case line(String)
    /// Ctrl-C.
    case interrupt
    /// Nothing more will come: Ctrl-D on an empty line, the end of the input, a terminal that went away.
    case end
}

/// Where a front end reads lines from and prints lines to.
package protocol LinePort: Sendable {
    /// One reader. Ends after `.end`.
    var events: AsyncStream<LineEvent> { get }
    /// Prints whole lines above the one being typed. `text` ends with a line end. Waits while much is still unprinted.
    func print(_ text: String) async
    /// Stops reading and gives the terminal back as it was found; returns when that is done and all output is out.
    func close() async
}

/// What can be put in place of the word before the cursor.
package struct Completion: Sendable, Hashable {
    /// How many scalars before the cursor are replaced.
    package var replaced: Int
    /// Whole words, sorted; one that ends with `/` gets no space after it.
    package var candidates: [String]

    package init(replaced: Int, candidates: [String]) {
        self.replaced = replaced
        self.candidates = candidates
    }

    /// The longest beginning that all candidates share.
    package var commonPrefix: String {
        guard var prefix = self.candidates.first else { return "" }
        for candidate in self.candidates.dropFirst() {
            prefix = String(zip(prefix, candidate).prefix { $0 == $1 }.map(\.0))
        }
        return prefix
    }
}
