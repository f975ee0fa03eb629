/// A pattern over topics: `*` stands for one segment, `**` for any number of them, also none.
package struct TopicPattern: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    private let segments: [Segment]
    /// Takes every topic there is.
    let isEverything: Bool

    private enum Segment: Hashable {
        case any
        case anyNumber
        case exactly([UInt8])
    }

    package init(_ text: String) {
        self.description = text
        self.segments = Topic(text).segments.map { bytes in
            switch bytes {
            case Array("*".utf8)[...]: .any
            case Array("**".utf8)[...]: .anyNumber
            default: .exactly(Array(bytes))
            }
        }
        self.isEverything = self.segments == [.anyNumber]
    }

    package func matches(_ topic: String) -> Bool { self.matches(Topic(topic)) }

    func matches(_ topic: Topic) -> Bool { self.isEverything || Self.match(self.segments, topic.segments) }

    /// Linear with one point to go back to: only the last `**` may have to take one segment more.
    private static func match(_ pattern: [Segment], _ topic: [ArraySlice<UInt8>]) -> Bool {
        var p = 0
        var t = 0
        var retry: (pattern: Int, topic: Int)?
        while t < topic.count {
            if p < pattern.count, pattern[p] == .anyNumber {
                retry = (p + 1, t)
                p += 1
            } else if p < pattern.count, Self.matches(pattern[p], topic[t]) {
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
        return pattern[p...].allSatisfy { $0 == .anyNumber }
    }

    private static func matches(_ segment: Segment, _ bytes: ArraySlice<UInt8>) -> Bool {
        switch segment {
        case .any, .anyNumber: true
        case .exactly(let wanted): wanted.count == bytes.count && wanted.elementsEqual(bytes)
        }
    }
}

/// A topic cut into its segments, once for however many patterns it is held against.
struct Topic: Sendable {
    let segments: [ArraySlice<UInt8>]

    init(_ text: String) {
        self.segments = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }
}
