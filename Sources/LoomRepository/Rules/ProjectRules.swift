package import LoomSystem

/// What a project tells every agent: its LOOMKIN.md, AGENTS.md and CLAUDE.md.
package struct ProjectRules: Sendable, Hashable {
    /// One file of rules.
    package struct Document: Sendable, Hashable {
        package let name: String
        package let text: String
        /// Of the file, in bytes.
        package let size: Int
        /// Whether `text` is only the beginning.
        package let isCut: Bool
    }

    /// In each group the first file that is there counts; groups stand in the order in which they are read.
    private static let names = [["LOOMKIN.md", ".loomkin.md"], ["AGENTS.md"], ["CLAUDE.md"]]

    /// Of each file, in bytes. Rules ride along in every model call, so a book is not a rule.
    package static let sizeLimit = 32 << 10

    package let documents: [Document]

    /// Reads the rules in a project's root. A file with the very content of an earlier one (often a link to it) is left out.
    package init(root: String, files: any FileSystem) {
        var documents: [Document] = []
        for group in Self.names {
            guard let document = group.lazy.compactMap({ Self.read($0, root: root, files: files) }).first else { continue }
            if !documents.contains(where: { $0.text == document.text }) { documents.append(document) }
        }
        self.documents = documents
    }

    private static func read(_ name: String, root: String, files: any FileSystem) -> Document? {
        guard let path = try? files.confine(name, to: root), let file = try? files.open(path),
            let size = try? file.status.size, let bytes = try? file.read(at: 0, count: sizeLimit)
        else { return nil }
        let isCut = size > bytes.count
        let text = String(decoding: isCut ? bytes.prefix(wholeCharacters(in: bytes)) : bytes[...], as: UTF8.self)
        let trimmed = String(text.drop { $0.isWhitespace }).trimmingEnd
        return trimmed.isEmpty ? nil : Document(name: name, text: trimmed, size: size, isCut: isCut)
    }

    /// How many bytes stand before a character that the cut went through.
    static func wholeCharacters(in bytes: [UInt8]) -> Int {
        guard let start = bytes.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return 0 }
        let length = bytes[start] < 0x80 ? 1 : (~bytes[start]).leadingZeroBitCount
        return start + length <= bytes.count ? bytes.count : start
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
