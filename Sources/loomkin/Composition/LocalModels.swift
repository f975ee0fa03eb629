import Glibc
import LoomKernel
import LoomSystem

/// Servers on this machine that can stand in where no model is configured.
struct LocalModels {
    private let project: Project

    init(_ project: Project) { self.project = project }

    /// Asks the person at the terminal whether one of them is to be used; where nobody can be asked, says what there is.
    func choose() async -> String? {
        let found = await self.project.localModels()
        guard !found.isEmpty else { return nil }
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            writeError(Self.hint(found))
            return nil
        }
        say("No model is configured, but on this machine there is:")
        for (index, model) in found.enumerated() { say("  \(index + 1)  \(model)") }
        say("Its number uses it for this session; Enter plays the sample session instead.")
        write(STDOUT_FILENO, "› ", 4)
        guard let line = readLine(), let number = Int(line.filter { !$0.isWhitespace }), number > 0, found.indices.contains(number - 1)
        else { return nil }
        let model = found[number - 1].description
        say("To keep it: [model] default = \"\(model)\" in \(self.project.folders.configuration)/config.toml")
        return model
    }

    /// For those who run without a terminal; empty when there is none.
    func hint() async -> String {
        let found = await self.project.localModels()
        return found.isEmpty ? "" : Self.hint(found)
    }

    private static func hint(_ found: [ModelName]) -> String {
        "On this machine there is \(found.map(\.description).joined(separator: ", ")): name it with --model."
    }
}
