import LoomKernel
import LoomSystem
import Yams

extension Skill {
    private static let fields = ["name", "description", "license", "compatibility", "metadata", "allowed-tools"]
    private static let nameLimit = 64
    private static let descriptionLimit = 1024
    static let nameRule = "a skill's name is small letters, digits and single -, at most \(nameLimit)"

    static func isName(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        return isPlain && name.utf8.count <= self.nameLimit && !name.hasSuffix("-") && !name.contains("--")
    }

    /// From a SKILL.md by the rules of agentskills.io: front matter in YAML, then instructions for the agent.
    init(_ file: PluginFile, generation: Int) throws(PluginFault) {
        func fault(_ cause: String, line: Int? = 1) -> PluginFault { PluginFault(path: file.displayPath, line: line, cause: cause) }
        if let problem = file.problem { throw fault(problem, line: nil) }
        let (yaml, body) = try Self.parts(of: file)
        let front: [String: Any]
        do {
            front = try Yams.load(yaml: yaml) as? [String: Any] ?? [:]
        } catch let error as YamlError {
            throw fault("the front matter is no YAML: \(Self.words(of: error))", line: Self.line(of: error))
        } catch {
            throw fault("the front matter is no YAML")
        }
        func line(_ field: String) -> Int { yaml.split(separator: "\n").firstIndex { $0.hasPrefix(field + ":") }.map { $0 + 2 } ?? 1 }
        for name in front.keys.sorted() where !Self.fields.contains(name) {
            throw fault("unknown field \"\(name)\"\(NearestName.hint(name, in: Self.fields))", line: line(name))
        }
        guard let name = front["name"] as? String else { throw fault("missing field \"name\", the name of the skill's folder") }
        guard name == file.key.name else {
            throw fault("name is \"\(name)\", and its folder is \"\(file.key.name)\"; they must be the same", line: line("name"))
        }
        guard Self.isName(name) else { throw fault(Self.nameRule, line: line("name")) }
        guard let description = (front["description"] as? String)?.trimmed, !description.isEmpty else {
            throw fault("missing field \"description\": what the skill does and when to use it")
        }
        guard description.count <= Self.descriptionLimit else {
            throw fault(
                "the description has \(description.count) characters; at most \(Self.descriptionLimit) are read", line: line("description"))
        }
        var tools: [String] = []
        switch front["allowed-tools"] {
        case nil: break
        case let text as String: tools = Self.words(in: text)
        case let list as [String]: tools = list
        default: throw fault("allowed-tools is a text of tools between blanks", line: line("allowed-tools"))
        }
        self.init(
            name: name, description: description, instructions: body.trimmed + "\n",
            folder: FilePath.parent(of: FilePath.join(file.root.folder, file.key.path)), allowedTools: tools, root: file.root.name,
            generation: generation)
    }

    /// What stands between two lines of `---`, and what follows.
    private static func parts(of file: PluginFile) throws(PluginFault) -> (yaml: String, body: String) {
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
            throw PluginFault(
                path: file.displayPath, line: 1,
                cause: "a SKILL.md begins with front matter: a line of ---, name and description, a line of ---")
        }
        return (lines[1..<end].joined(separator: "\n") + "\n", lines[(end + 1)...].joined(separator: "\n"))
    }

    /// `Bash(git log:*) Read`: blanks inside of parentheses separate nothing.
    private static func words(in text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth == 0, character.isWhitespace || character == "," {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static func words(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        default: "\(error)"
        }
    }

    /// In the file, where the first line of the YAML is the second.
    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line + 1
        default: 1
        }
    }
}
