import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// The commands that plugins add, for the page's command line and for programs.
    func addCommands(to router: Router<LoopbackContext>, _ group: RouterGroup<LoopbackContext>) {
        router.get("fragments/commands") { _, _ in
            try self.html("commands", self.commands())
        }
        group.get("commands") { _, _ in
            let commands = self.workspace.catalog.commands.map { command -> JSON in
                [
                    "name": .string(command.name), "usage": .string(command.usage), "summary": .string(command.summary),
                    "generation": .int(Int64(command.generation)),
                ]
            }
            return Response.json(["commands": .array(commands)])
        }
        group.get("commands/:name/words") { request, context in
            let name = try self.pluginCommand(try context.segment("name"))
            let words = await self.workspace.complete(command: name, request.query("word") ?? "")
            return Response.json(["words": .array(words.prefix(100).map(JSON.string))])
        }
        self.on("commands/:name", group) { body, context in
            try await self.run(try context.segment("name"), try body.text("text") ?? "")
        }
        // A line as it is typed: /NAME TEXT.
        self.on("commands", group) { body, _ in
            let line = try body.required("line").drop { $0.isWhitespace || $0 == "/" }
            let name = line.prefix { !$0.isWhitespace }
            return try await self.run(String(name), String(line.dropFirst(name.count).drop(while: \.isWhitespace)))
        }
    }

    /// What the page's command line shows.
    func commands() -> [String: Any] {
        let commands = self.workspace.catalog.commands.map(CommandView.init)
        return ["commands": commands, "hasCommands": !commands.isEmpty]
    }

    private func run(_ name: String, _ text: String) async throws -> JSON {
        let name = try self.pluginCommand(name)
        return [
            "text": .string(try await self.command { () async throws(CommandError) in try await self.workspace.run(command: name, text) })
        ]
    }

    private func pluginCommand(_ name: String) throws(Refusal) -> String {
        let names = self.workspace.catalog.commands.map(\.name)
        if names.contains(name) { return name }
        if BuiltInCommands.names.contains(name) {
            throw .notFound("/\(name) on the page", hint: "It is a command of the terminal; the page has a place or a button for it.")
        }
        let nearest = nearestWord(to: name, in: names).map { "Did you mean /\($0)?" }
        let known = names.isEmpty ? "No plugin adds one." : "There are: \(names.map { "/" + $0 }.joined(separator: ", "))."
        throw .notFound("The command /\(name)", hint: nearest ?? known)
    }
}
