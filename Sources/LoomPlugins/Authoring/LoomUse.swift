/// What a plugin's text does with `loom`, read word by word: what cannot be read for certain counts as anything.
struct LoomUse {
    /// `fs.read` for `loom.fs.read`.
    private(set) var functions: Set<String> = []
    /// Whether `loom`, or a part of it, goes where its use is not seen: into a variable, an index, the table of globals.
    private(set) var isOpen = false
    private(set) var requires = false

    init(_ text: String) {
        let known = Set(APIFunction.all.map(\.name))
        let words = Self.words(text)
        for (index, word) in words.enumerated() {
            // A field of that name is another thing.
            guard index == 0 || words[index - 1] != "." else { continue }
            switch word {
            case "require": self.requires = true
            case "_G", "_ENV", "load": self.isOpen = true
            case "loom":
                var path: [Substring] = []
                var next = index + 1
                while next + 1 < words.count, words[next] == ".", words[next + 1].first?.isNameStart == true {
                    path.append(words[next + 1])
                    next += 2
                }
                let name = (1...3).lazy.map { path.prefix($0).joined(separator: ".") }.first { known.contains($0) }
                if let name { self.functions.insert(name) } else { self.isOpen = true }
            default: break
            }
        }
    }

    /// Names and single signs, without blanks, comments to the end of a line, and what stands in quotes.
    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var rest = text[...]
        while let first = rest.first {
            if rest.hasPrefix("--"), !rest.hasPrefix("--[") {
                rest = rest.drop { !$0.isNewline }
            } else if first == "\"" || first == "'" {
                rest = self.behind(quote: first, rest.dropFirst())
                words.append("\"\"")
            } else if first.isNameStart {
                let name = rest.prefix { $0.isNameStart || $0.isNumber }
                words.append(name)
                rest = rest[name.endIndex...]
            } else {
                if !first.isWhitespace { words.append(rest.prefix(1)) }
                rest = rest.dropFirst()
            }
        }
        return words
    }

    private static func behind(quote: Character, _ text: Substring) -> Substring {
        var rest = text
        while let next = rest.popFirst(), next != quote, !next.isNewline {
            if next == "\\" { rest = rest.dropFirst() }
        }
        return rest
    }
}

extension Character {
    fileprivate var isNameStart: Bool { self == "_" || (self.isASCII && self.isLetter) }
}
