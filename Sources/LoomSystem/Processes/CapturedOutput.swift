/// The start and the end of what a process wrote.
package struct CapturedOutput: Sendable, Hashable {
    package var head: [UInt8]
    /// What followed the gap; empty when nothing is missing.
    package var tail: [UInt8]
    /// All bytes the process wrote.
    package var total: Int
    /// The file with the whole output, when it did not fit.
    package var spillPath: String?
    /// Why that file is missing or incomplete.
    package var spillFailure: FileError?

    package init(_ head: [UInt8] = [], tail: [UInt8] = [], total: Int? = nil, spillPath: String? = nil, spillFailure: FileError? = nil) {
        self.head = head
        self.tail = tail
        self.total = total ?? head.count + tail.count
        self.spillPath = spillPath
        self.spillFailure = spillFailure
    }

    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// Bytes that are not in `head` and `tail`.
    package var omitted: Int { total - head.count - tail.count }

    /// As text, with a line in place of what was left out; what is not UTF-8 is shown as U+FFFD.
    package var text: String {
        guard omitted > 0 else { return String(decoding: head + tail, as: UTF8.self) }
        let place = spillPath.map { "; all of it is in \($0)" } ?? ""
        return String(decoding: head, as: UTF8.self) + "\n[\(omitted) bytes left out\(place)]\n" + String(decoding: tail, as: UTF8.self)
    }
}
