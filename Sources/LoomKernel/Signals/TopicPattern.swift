/// A pattern over topics: `*` stands for one segment, `**` for any number of them, also none.
package struct TopicPattern: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    private let segments: [Substring]

    package init(_ text: String) {
        self.description = text
        self.segments = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    package func matches(_ topic: String) -> Bool {
        if self.description == "**" { return true }
        return Self.match(self.segments[...], topic.split(separator: "/", omittingEmptySubsequences: false)[...])
    }

    /// Linear with one point to go back to: only the last `**` may have to take one segment more.
    private static func match(_ pattern: ArraySlice<Substring>, _ topic: ArraySlice<Substring>) -> Bool {
        var p = pattern.startIndex
        var t = topic.startIndex
        var retry: (pattern: Int, topic: Int)?
        while t < topic.endIndex {
            if p < pattern.endIndex, pattern[p] == "**" {
                retry = (p + 1, t)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == "*" || pattern[p] == topic[t] {
                p += 1
                t += 1
            } else if let point = retry {
                retry = (point.pattern, point.topic + 1)
                p = point.pattern
                t = point.topic + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "**" }
    }
}
