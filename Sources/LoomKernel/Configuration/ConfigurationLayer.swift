import LoomSystem
import TOMLKit

/// One source of settings: a file, the environment, or the flags. Values are by dotted key, each with its place.
package struct ConfigurationLayer: Sendable {
    package struct Entry: Sendable {
        let key: String
        let value: JSON
        let origin: String
    }

    let entries: [Entry]
    /// True for an untrusted project's own file: only harmless keys count.
    let isRestricted: Bool

    /// Reads a file's text; `name` is how errors call it.
    package init(toml text: String, name: String, isRestricted: Bool = false) throws(ConfigurationError) {
        let root: JSON
        do {
            root = try JSON.parse(try TOMLTable(string: text).convert(to: .json))
        } catch let error as TOMLParseError {
            throw ConfigurationError("\(name):\(error.source.begin.line): \(error.description).")
        } catch {
            throw ConfigurationError("\(name): \(error)")
        }
        let lines = TOMLLines(text)
        var entries: [Entry] = []
        func walk(_ value: JSON, _ path: [String]) {
            // An empty section sets nothing, but its name may be wrong: of others that shows in their settings.
            if case .object(let members) = value, !members.isEmpty || path.isEmpty {
                for key in members.keys.sorted() { walk(members[key] ?? .null, path + [key]) }
            } else {
                let line = lines.line(of: path).map { ":\($0)" } ?? ""
                entries.append(Entry(key: path.joined(separator: "."), value: value, origin: name + line))
            }
        }
        walk(root, [])
        self.entries = entries
        self.isRestricted = isRestricted
    }

    /// `LOOMKIN_MODEL`, `LOOMKIN_PERMISSIONS`, `LOOMKIN_BUDGET`, `LOOMKIN_MAX_TURNS`, `LOOMKIN_PORT`.
    package init(environment: [String: String]) {
        let known: [(String, String)] = [
            ("LOOMKIN_MODEL", "model.default"), ("LOOMKIN_PERMISSIONS", "permissions.preset"), ("LOOMKIN_BUDGET", "budget.session_usd"),
            ("LOOMKIN_MAX_TURNS", "limits.max_turns"), ("LOOMKIN_PORT", "page.port"),
        ]
        self.init(known.compactMap { name, key in environment[name].map { (key, $0, name) } })
    }

    /// Texts by key, as flags and variables give them, each with the name of what gave it.
    package init(_ texts: [(key: String, text: String, origin: String)]) {
        self.entries = texts.map { key, text, origin in
            let type = ConfigurationKey.all.first { $0.name == key }?.type
            let value: JSON =
                switch type {
                case .integer: Int64(text).map { .int($0) } ?? .string(text)
                case .number: Double(text).map { .number($0) } ?? .string(text)
                case .string, .strings, nil: .string(text)
                }
            return Entry(key: key, value: value, origin: origin)
        }
        self.isRestricted = false
    }
}

/// Finds the line of a key in a TOML text, for errors: the parser does not keep places.
struct TOMLLines {
    private var places: [String: Int] = [:]

    init(_ text: String) {
        var section: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            if line.first == "[", let end = line.firstIndex(of: "]") {
                section = Self.path(line[line.index(after: line.startIndex)..<end].drop { $0 == "[" })
                self.places[section.joined(separator: "."), default: index + 1] = index + 1
            } else if let equals = line.firstIndex(of: "="), line.first != "#" {
                let path = section + Self.path(line[..<equals])
                self.places[path.joined(separator: ".")] = index + 1
            }
        }
    }

    /// The line of the key, or of the table it stands in.
    func line(of path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = self.places[path.joined(separator: ".")] { return line }
            path.removeLast()
        }
        return nil
    }

    private static func path(_ text: some StringProtocol) -> [String] {
        text.split(separator: ".").map { $0.trimmingSpaces.filter { $0 != "\"" && $0 != "'" } }
    }
}
