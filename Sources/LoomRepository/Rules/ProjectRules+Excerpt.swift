import LoomSystem

extension ProjectRules {
    /// As much of the rules as has room in a prompt.
    package struct Excerpt: Sendable, Hashable {
        /// For the system prompt; empty without rules. Says where something was cut.
        package fileprivate(set) var text = ""
        package fileprivate(set) var cuts: [Cut] = []
    }

    /// A file of which only the beginning is shown.
    package struct Cut: Sendable, Hashable {
        package let name: String
        /// In bytes.
        package let shown: Int
        package let size: Int
    }

    /// The files in their order until `bytes` are used up. What is cut is cut at the end of a line.
    package func excerpt(bytes: Int = .max) -> Excerpt {
        var excerpt = Excerpt()
        var rest = bytes
        for document in documents {
            let text = document.text.utf8.count <= rest ? document.text : document.text.wholeLines(bytes: rest)
            rest -= text.utf8.count
            if !excerpt.text.isEmpty { excerpt.text += "\n\n" }
            excerpt.text += "# Rules of this project, from \(document.name)\n\n\(text)"
            guard document.isCut || text.utf8.count < document.text.utf8.count else { continue }
            excerpt.cuts.append(Cut(name: document.name, shown: text.utf8.count, size: document.size))
            excerpt.text += text.isEmpty ? "" : "\n\n"
            excerpt.text +=
                "(\(document.name) is cut here: \(text.utf8.count) of \(document.size) bytes are shown. Read the file for the rest "
                + "before you change what it may speak of.)"
        }
        return excerpt
    }
}

extension String {
    /// The lines that fit, or as many characters of the first as do.
    fileprivate func wholeLines(bytes: Int) -> String {
        if let end = utf8.prefix(max(0, bytes) + 1).lastIndex(of: UInt8(ascii: "\n")) { return String(self[..<end]) }
        let beginning = Array(utf8.prefix(max(0, bytes)))
        return String(decoding: beginning.prefix(ProjectRules.wholeCharacters(in: beginning)), as: UTF8.self)
    }
}
