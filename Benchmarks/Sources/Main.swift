import Glibc

/// Measures and prints one table. `Benchmarks/run` calls it.
@main
enum Main {
    private struct Options {
        var program = ""
        var folder = "."
        var rival: String?
        var python: String?
        var vocabularies: String?
        var sections: [String] = []
    }

    static func main() async {
        do {
            switch CommandLine.arguments.dropFirst().first {
            case "agent-memory": return print(try await AgentFigures.agentMemory())
            case "child-memory": return print(await AgentFigures.childMemory())
            default: break
            }
            let options = try Self.options(CommandLine.arguments.dropFirst())
            print(try await Self.table(options).text)
        } catch {
            report("\(error)")
            exit(1)
        }
    }

    private static func options(_ arguments: ArraySlice<String>) throws -> Options {
        var options = Options()
        var rest = arguments
        while let word = rest.popFirst() {
            switch word {
            case "--program": options.program = rest.popFirst() ?? ""
            case "--folder": options.folder = rest.popFirst() ?? "."
            case "--rival": options.rival = rest.popFirst()
            case "--python": options.python = rest.popFirst()
            case "--vocabularies": options.vocabularies = rest.popFirst()
            case "start", "agents", "messages", "lua", "reload", "streams", "tokens", "prompt": options.sections.append(word)
            default:
                throw BenchError(
                    "There is no section «\(word)»: name some of start, agents, messages, lua, reload, streams, tokens, prompt, or none for "
                        + "all.")
            }
        }
        return options
    }

    private static func table(_ options: Options) async throws -> Table {
        var table = Table()
        func isWanted(_ section: String) -> Bool {
            let isWanted = options.sections.isEmpty || options.sections.contains(section)
            if isWanted { report(section) }
            return isWanted
        }
        let needsRival = options.sections.isEmpty || options.sections.contains("agents") || options.sections.contains("messages")
        let rival = try await Rival.run(needsRival ? options.rival : nil)
        if isWanted("start") { table.add("Start", try await StartFigures.rows(options.program)) }
        if isWanted("agents") { table.add("Agents", try await AgentFigures.rows(rival)) }
        if isWanted("messages") { table.add("Messages", try await MessageFigures.rows(rival)) }
        if isWanted("lua") { table.add("Lua", try await LuaFigures.rows()) }
        if isWanted("reload") { table.add("Reload", try await ReloadFigures.rows(options.folder)) }
        if isWanted("streams") { table.add("Streams", try await StreamFigures.rows(options.folder, python: options.python)) }
        if let python = options.python, let vocabularies = options.vocabularies, isWanted("tokens") {
            table.add("Tokens", try await TokenFigures.rows(options.folder, python: python, vocabularies: vocabularies))
        }
        if isWanted("prompt") { table.add("Fixed prompt", try await PromptFigures.rows(options.folder)) }
        return table
    }
}

/// A line for whoever waits for the table.
func report(_ text: String) {
    let line = Array("bench: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
