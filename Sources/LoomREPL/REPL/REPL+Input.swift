import LoomKernel
import LoomSystem

extension REPL {
    /// Does what a typed line says.
    func take(_ line: String) async {
        if await self.takeAnswer(line) { return }
        do throws(CommandError) {
            switch REPLInput(line, plugins: self.workspace.catalog.commands.map(\.name)) {
            case .nothing: break
            case .mistake(let hint): await self.say(hint)
            case .text(let text): try await self.send(text, to: nil)
            case .direct(let agent, let text): try await self.send(text, to: agent)
            case .shell(let command): await self.runShell(command)
            case .command(let command): try await self.perform(command)
            case .plugin(let name, let text): await self.run(plugin: name, text)
            }
        } catch {
            await self.say(error.description)
        }
    }

    private func send(_ text: String, to agent: String?) async throws(CommandError) {
        if !self.traits.isInteractive {
            // What stands in the way of the next line was not answered by it.
            for entry in self.desk.open { await self.answer(entry, .refuse) }
        }
        try await self.workspace.send(text, to: agent, by: self.options.source.who)
        self.hasSent = true
    }

    private func perform(_ command: REPLCommand) async throws(CommandError) {
        let by = self.options.source
        switch command {
        case .help(let topic): await self.help(topic)
        case .agents: await self.listAgents()
        case .context(let agent): await self.listContext(agent)
        case .spawn(let role, let name): _ = try await self.workspace.spawn(role: role, name: name, model: nil, by: by)
        case .remove(let agent): try await self.workspace.remove(agent, by: by)
        case .tasks: await self.listTasks()
        case .pause(let agent): try await self.workspace.pause(agent)
        case .resume(let agent):
            try await self.workspace.resume(agent)
            await self.say("\(agent ?? "Everybody") goes on.")
        case .stop(let agent):
            try await self.stop(agent, "\(agent ?? "Everybody") stopped; speak to go on.")
        case .model(let agent, let model?):
            let missing = try await self.workspace.setModel(model, for: agent)
            let hint = missing.map { " It cannot be asked yet: \($0)." } ?? ""
            await self.say("\(agent ?? "Everybody") uses \(model) from the next call on.\(hint)")
        case .model(let agent, nil): await self.listModels(agent)
        case .permissions: await self.listPermissions()
        case .setPermissions(let preset): try await self.workspace.setPermissions(preset, by: by)
        case .revoke(let number):
            let grants = await self.workspace.snapshot().grants
            guard number > 0, grants.indices.contains(number - 1) else {
                throw CommandError("There is no grant \(number). /permissions lists them with their numbers.")
            }
            try await self.workspace.revoke(grants[number - 1], by: by)
        case .plugins(nil): await self.listPlugins()
        case .plugins(let name?): await self.describe(plugin: name)
        case .reload(let plugin, let now):
            await self.change { [workspace] () throws(CommandError) in try await workspace.reload(plugin: plugin, now: now) }
        case .rollback(let plugin, let generation):
            await self.change { [workspace] () throws(CommandError) in
                try await workspace.rollback(plugin: plugin, to: generation, by: by).text
            }
        case .cost(let group): await self.listCost(by: group)
        case .show(let number): try await self.show(number)
        case .page: await self.say(self.page.map { "page \($0)" } ?? "There is no page: it was turned off when loomkin began.")
        case .quit: self.leave(.done)
        }
    }
}
