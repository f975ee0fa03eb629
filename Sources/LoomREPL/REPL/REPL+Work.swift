import LoomKernel
import LoomSystem

/// Something that the person at the terminal runs and may have to wait for: a shell command, a plugin's command, lists of models, a
/// change of plugins. One at a time, and Ctrl-C ends it.
struct OwnWork: Sendable {
    let task: Task<Void, Never>
    let end: OneShot<Bool>
}

extension REPL {
    /// Begins what the person wants done. They can type meanwhile.
    /// - Parameter asks: it may ask them something. Lines of a pipe wait for the end of what does not.
    func begin(asks: Bool = false, _ work: @escaping @Sendable (isolated REPL) async -> Void) async {
        if self.work != nil { return await self.say("A command still runs. Ctrl-C ends it.") }
        let end = OneShot<Bool>()
        let task = Task {
            await work(self)
            self.work = nil
            end.fulfil(true)
        }
        self.work = OwnWork(task: task, end: end)
        if !asks, !self.traits.isInteractive { await task.value }
    }

    /// Begins a change of plugins and tells what came of it. It is not left half done: Ctrl-C says so.
    func change(_ change: @escaping @Sendable () async throws(CommandError) -> String) async {
        await self.begin { repl in
            let end = OneShot<Bool>()
            // A task of its own, which is not cancelled with this one.
            let whole = Task {
                let told: String
                do throws(CommandError) { told = try await change() } catch { told = error.description }
                await repl.say(told)
                end.fulfil(true)
            }
            if await end.value() == nil { await repl.say("Plugins are not left half changed: this ends first.") }
            await whole.value
        }
    }

    /// Runs a plugin's command and shows what it says.
    func run(plugin name: String, _ text: String) async {
        await self.begin(asks: true) { repl in
            do throws(CommandError) {
                let said = try await repl.workspace.run(command: name, text)
                if !said.isEmpty { await repl.say(said.last == "\n" ? String(said.dropLast()) : said) }
            } catch {
                await repl.say("\(repl.renderer.marks.failure) \(Task.isCancelled ? "stopped" : error.description)")
            }
        }
    }
}
