import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

extension Plugin {
    struct API: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "api", abstract: "Say what Lua code may call, and what a plugin's table holds.",
            discussion: """
                NAME is a function such as fs.read, a part such as fs, or a kind such as tool; without one all functions are listed.

                Example: loomkin plugin api fs.read
                """)
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Option(
            name: .long,
            help: ArgumentHelp(
                "Write plugins/meta/loom.lua, plugins/meta/luacheck.lua and docs/lua-api.md below a folder.", valueName: "dir"))
        var write: String?
        @Argument(help: "A function, a part of the API, or a kind of plugin.") var name: String?

        func run() async throws {
            if let folder = self.write { return try await self.write(to: folder) }
            let functions = APIFunction.listed
            guard let name = self.name.map({ $0.hasPrefix("loom.") ? String($0.dropFirst("loom.".count)) : $0 }) else {
                return try self.show(functions)
            }
            if let shape = PluginShape.all.first(where: { $0.kind.rawValue == name }) { return try self.show(shape) }
            let exact = APIFunction.all.filter { $0.name == name }
            let found = exact.isEmpty ? functions.filter { $0.name.hasPrefix(name + ".") } : exact
            guard !found.isEmpty else {
                let words = functions.map(\.name) + PluginShape.all.map(\.kind.rawValue)
                let nearest = nearestWord(to: name, in: words).map { " Did you mean \($0)?" } ?? ""
                throw ValidationError("There is no function loom.\(name).\(nearest) See «loomkin plugin api».")
            }
            guard !self.json, found.count == 1, let function = found.first, function.name == name else { return try self.show(found) }
            say("\(function.signature)\n\(function.text)")
            for argument in function.arguments { say("  \(argument.name): \(argument.type)") }
            if !function.returns.isEmpty { say("Gives \(function.returns).") }
            say("May be called \(Phase.shown(function.phases)).")
        }

        private func show(_ functions: [APIFunction]) throws {
            if self.json { return give(JSON.array(functions.map(\.described)).text(pretty: true)) }
            let width = functions.map(\.signature.count).max() ?? 0
            for function in functions {
                say(function.signature + String(repeating: " ", count: width - function.signature.count) + "  " + function.text)
            }
        }

        private func show(_ shape: PluginShape) throws {
            if self.json { return give(shape.described.text(pretty: true)) }
            say(shape.text)
            for field in shape.fields { say("  \(field.name)\(field.isRequired ? "" : "?"): \(field.type)\n      \(field.text)") }
        }

        private func write(to folder: String) async throws {
            let files = LiveFileSystem()
            guard files.isDirectory(folder) else { throw ValidationError("There is no folder \(folder).") }
            for (path, text) in try await Reference.make().files {
                let target = FilePath.join(folder, path)
                let isNew = (try? files.read(target)) != Array(text.utf8)
                if isNew { try files.write(text, to: target, options: WriteOptions(createsParents: true)) }
                say("\(path) \(isNew ? "is written" : "is up to date")")
            }
        }
    }
}
