import LoomKernel
import LoomSystem

/// Something that the person at the terminal runs: a shell command, or a plugin's. One at a time, and Ctrl-C ends it.
struct OwnWork: Sendable {
    let task: Task<Void, Never>
    let end: OneShot<Bool>
}

extension REPL {
    /// Begins what the person wants done. They can type meanwhile: it may ask them something.
    func begin(_ work: @escaping @Sendable (isolated REPL) async -> Void) async {
        if self.work != nil { return await self.say("A command still runs. Ctrl-C ends it.") }
        let end = OneShot<Bool>()
        let task = Task {
            await work(self)
            self.work = nil
            end.fulfil(true)
        }
        self.work = OwnWork(task: task, end: end)
    }

    /// Runs a plugin's command and shows what it says.
    func run(plugin name: String, _ text: String) async {
        await self.begin { repl in
            do throws(CommandError) {
                let said = try await repl.workspace.run(command: name, text)
                if !said.isEmpty { await repl.say(said.last == "\n" ? String(said.dropLast()) : said) }
            } catch {
                await repl.say("\(repl.renderer.marks.failure) \(Task.isCancelled ? "stopped" : error.description)")
            }
        }
    }
}
