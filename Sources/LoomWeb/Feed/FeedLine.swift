/// One signal as one line for people: who, mark, what, outcome.
struct FeedLine: Equatable {
    enum Topic { case mail, tools, reload, work }
    enum Tone: String { case plain, good, bad, quiet }

    /// An agent, or `loomkin`, `plugins`, `you` for what no agent did.
    var who: String
    var isAgent = true
    var mark: String
    /// The word a screen reader says for the mark.
    var spoken: String
    var what: String
    /// Set in the code face: a path, a command.
    var object: String?
    var outcome: String?
    var tone = Tone.plain
    var topic = Topic.work
    /// Address of what the line is about.
    var href: String?
}
