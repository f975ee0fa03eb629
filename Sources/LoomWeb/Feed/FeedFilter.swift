/// What the feed shows.
enum FeedFilter: String, CaseIterable {
    case all, mail, tools, errors, reload

    /// From the query of an address; everything unknown is `all`.
    init(_ text: String?) {
        self = text.flatMap(FeedFilter.init(rawValue:)) ?? .all
    }

    func admits(_ line: FeedLine) -> Bool {
        switch self {
        case .all: true
        case .mail: line.topic == .mail
        case .tools: line.topic == .tools
        case .errors: line.tone == .bad
        case .reload: line.topic == .reload
        }
    }
}
