import LoomKernel
import LoomSystem

/// The feed with its filters.
struct FeedView {
    struct Filter {
        let name: String
        let href: String
        let isCurrent: Bool
    }

    struct Line {
        let sequence: Int64
        let when: Moment
        let who: String
        let hue: String
        let agentHref: String?
        let mark: String
        let spoken: String
        let text: String
        let whole: String?
        let object: String?
        let outcome: String?
        let tone: String
        let href: String?

        init(_ entry: Feed.Entry, now: Timestamp) {
            let line = entry.line
            let excerpt = Excerpt(line.what)
            self.sequence = entry.signal.sequence
            self.when = Moment(entry.signal.time, now: now)
            self.who = line.who
            self.hue = line.isAgent ? Hue.of(line.who) : "nobody"
            self.agentHref = line.isAgent ? "/agents/\(PathSegment.encode(line.who))" : nil
            self.mark = line.mark
            self.spoken = line.spoken
            self.text = excerpt.line
            self.whole = excerpt.whole
            self.object = line.object.map { Excerpt($0, width: 100).line }
            self.outcome = line.outcome
            self.tone = line.tone.rawValue
            self.href = line.href
        }
    }

    let filters: [Filter]
    let filter: String
    let lines: [Line]
    /// The signal that these lines reach to.
    let sequence: Int64

    init(_ lines: [Feed.Entry], _ filter: FeedFilter, until sequence: Int64, now: Timestamp) {
        self.sequence = sequence
        self.filters = FeedFilter.allCases.map {
            Filter(name: $0.rawValue, href: $0 == .all ? "/" : "/?show=\($0.rawValue)", isCurrent: $0 == filter)
        }
        self.filter = filter.rawValue
        self.lines = lines.map { Line($0, now: now) }
    }
}
