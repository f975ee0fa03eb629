import ArgumentParser
import LoomKernel

/// The commands by their names, for suggestions where one is misspelt.
enum Help {
    /// The parser's own `help` shows the page of the last command that it knows, and so passes over a mistake.
    static func check(_ arguments: [String]) throws {
        guard arguments.first == "help" else { return }
        var (command, known) = (Loomkin.self as any ParsableCommand.Type, [String]())
        for word in arguments.dropFirst() where !word.hasPrefix("-") && word != "help" {
            guard let next = self.commands(of: command)[word] else { throw self.unknown(word, in: command, known) }
            (command, known) = (next, known + [word])
        }
    }

    /// By name; those that are not for people are found as well.
    private static func commands(of command: any ParsableCommand.Type) -> [String: any ParsableCommand.Type] {
        let named = command.configuration.subcommands.compactMap { next in next.configuration.commandName.map { ($0, next) } }
        return Dictionary(named, uniquingKeysWith: { first, _ in first })
    }

    /// The names of the commands that people type.
    static var names: [String] { self.names(in: Loomkin.self) }

    private static func names(in command: any ParsableCommand.Type) -> [String] {
        self.commands(of: command).filter { $0.value.configuration.shouldDisplay }.keys.sorted()
    }

    private static func unknown(_ word: String, in command: any ParsableCommand.Type, _ known: [String]) -> Failure {
        let path = (known + [""]).joined(separator: " ")
        let nearest = nearestWord(to: word, in: self.names(in: command)).map { "Did you mean «\(path)\($0)»?" }
        let place = (["loomkin"] + known + ["--help"]).joined(separator: " ")
        return Failure("There is no command «\(path)\(word)». \(nearest ?? "See «\(place)».")", status: .usage)
    }
}
