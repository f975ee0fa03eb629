import LoomSystem

extension Signal {
    /// The data as one line for people: its `text`, or each member with its name. Front ends cut it to what they have room for.
    package var brief: String {
        let line: String
        switch self.data {
        case .object(let members):
            line = members["text"]?.stringValue ?? members.keys.sorted().map { "\($0): \(Self.plain(members[$0]))" }.joined(separator: ", ")
        case let other: line = Self.plain(other)
        }
        return line.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func plain(_ value: JSON?) -> String { value?.stringValue ?? value?.text() ?? "" }
}
