import LoomKernel
import LoomSystem

/// What an agent heard, said and did, oldest first.
struct TranscriptView {
    struct Entry {
        /// A class of the stylesheet.
        let kind: String
        let heading: String
        /// Who wrote, or which tool.
        let other: String?
        let hue: String
        let text: String
        /// Folded behind its first line: reasoning, tools, results, and everything long.
        let summary: String?
        let when: Moment

        init(_ entry: TranscriptEntry, now: Timestamp) {
            self.kind = entry.kind
            self.heading =
                switch entry.kind {
                case "user": "you"
                case "peer": "message"
                case "task": "task"
                case "said": "says"
                case "thinking": "thinks"
                case "tool": "tool"
                case "result": "result"
                default: entry.kind
                }
            self.other = entry.name.isEmpty ? nil : entry.name
            self.hue = entry.kind == "peer" ? Hue.of(entry.name) : "nobody"
            self.text = entry.text
            let isQuiet = ["thinking", "tool", "result"].contains(entry.kind)
            let isLong = isQuiet ? Excerpt(entry.text, width: 100).whole != nil : entry.text.utf8.count > 4_000
            // The arguments of a call are JSON over several lines, whose first says nothing.
            let head = entry.kind == "tool" ? entry.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") : entry.text
            self.summary = isLong ? Excerpt(head, width: 100).line : nil
            self.when = Moment(entry.time, now: now)
        }
    }

    let entries: [Entry]
    /// Entries that the page leaves out, nil where it shows all.
    let hidden: Int?

    init(_ entries: [TranscriptEntry], all: Bool, now: Timestamp) {
        let shown = all ? entries[...] : entries.suffix(200)
        self.entries = shown.map { Entry($0, now: now) }
        self.hidden = shown.count < entries.count ? entries.count - shown.count : nil
    }
}
