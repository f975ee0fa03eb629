import LoomKernel

/// What a typed line means where no question waits for it.
enum REPLInput: Sendable, Hashable {
    case nothing
    /// To the lead.
    case text(String)
    case direct(agent: String, text: String)
    case shell(String)
    case command(REPLCommand)
    /// A plugin's command, and what stands behind its name.
    case plugin(name: String, text: String)
    /// What is wrong and what to type instead.
    case mistake(String)

    /// - Parameter plugins: names of the commands that plugins add.
    init(_ line: String, plugins: [String] = []) {
        let text = String(line.reversed().drop(while: \.isWhitespace).reversed())
        switch text.first {
        case nil: self = .nothing
        case " ", "\t":
            self = .text(String(text.drop(while: \.isWhitespace)))
        case "/": self = Self.parse(text, plugins)
        case "@":
            let name = String(text.dropFirst().prefix { !$0.isWhitespace })
            let rest = String(text.dropFirst(name.count + 1).drop(while: \.isWhitespace))
            if name.isEmpty {
                self = .mistake("Write the agent's name after @, for example «@ada how far are you?».")
            } else if rest.isEmpty {
                self = .mistake("There is nothing to tell \(name). Write «@\(name) TEXT».")
            } else {
                self = .direct(agent: name, text: rest)
            }
        case "!":
            let command = String(text.dropFirst().drop(while: \.isWhitespace))
            self = command.isEmpty ? .mistake("Write a shell command after !, for example «!git status».") : .shell(command)
        default: self = .text(text)
        }
    }

    private static func parse(_ line: String, _ plugins: [String]) -> REPLInput {
        var words = line.dropFirst().split(whereSeparator: \.isWhitespace).map(String.init)
        let name = words.isEmpty ? "" : words.removeFirst()
        guard let help = CommandHelp.named(name) else {
            if plugins.contains(name) {
                let text = line.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)
                return .plugin(name: name, text: String(text))
            }
            let nearest = nearestWord(to: name, in: CommandHelp.all.map(\.name) + plugins)
            let hint = nearest.map { "Did you mean /\($0)?" } ?? "/help lists the commands."
            return .mistake("There is no command /\(name). \(hint) To send the line as it is, begin it with a space.")
        }
        if let command = Self.command(help.name, words) { return .command(command) }
        return .mistake("«\(line)» does not fit \(help.usage). For example: \(help.example)")
    }

    private static func command(_ name: String, _ words: [String]) -> REPLCommand? {
        let (first, second) = (words.first, words.dropFirst().first)
        if words.count > 2 { return nil }
        switch (name, words.count) {
        case ("help", 0...1): return .help(first.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 })
        case ("agents", 0): return .agents
        case ("context", 0...1): return .context(first)
        case ("spawn", 1...2): return first.map { .spawn(role: $0, name: second) }
        case ("remove", 1): return first.map { .remove($0) }
        case ("tasks", 0): return .tasks
        case ("pause", 0...1): return .pause(first)
        case ("resume", 0...1): return .resume(first)
        case ("stop", 0...1): return .stop(first)
        case ("model", 0): return .model(agent: nil, model: nil)
        case ("model", 1): return first.map { $0.contains(":") ? .model(agent: nil, model: $0) : .model(agent: $0, model: nil) }
        case ("model", 2): return .model(agent: first, model: second)
        case ("permissions", 0): return .permissions
        case ("permissions", 1): return first.flatMap(TrustPreset.init(rawValue:)).map { .setPermissions($0) }
        case ("permissions", 2): return first == "revoke" ? second.flatMap { Int($0) }.map { .revoke($0) } : nil
        case ("plugins", 0...1): return .plugins(first)
        case ("reload", 0...2):
            let names = words.filter { !$0.hasPrefix("--") }
            let flags = words.count - names.count
            guard names.count <= 1, flags <= 1, flags == words.count(where: { $0 == "--now" }) else { return nil }
            return .reload(names.first, now: flags == 1)
        case ("rollback", 1): return first.map { .rollback(plugin: $0, generation: nil) }
        case ("rollback", 2):
            guard let first, let number = second.flatMap({ Int($0) }) else { return nil }
            return .rollback(plugin: first, generation: number)
        case ("cost", 0): return .cost(.agent)
        case ("cost", 1): return first.flatMap(CostReport.Group.init(rawValue:)).map { .cost($0) }
        case ("show", 0): return .show(nil)
        case ("show", 1): return first.flatMap { Int($0) }.map { .show($0) }
        case ("page", 0): return .page
        case ("quit", 0): return .quit
        default: return nil
        }
    }
}
