import LoomKernel
import LoomSystem

/// Keys that commands of the configuration print, kept in memory. A command runs when its key is needed first, and again when the key was
/// refused. Whoever asks while it runs waits for that run.
actor KeyCommands {
    /// Time enough for a password manager that asks its user first.
    private static let patience: Duration = .seconds(60)

    private var keys: [String: Secret] = [:]
    private let runs = SharedWork<String, Result<Secret, ModelFailure>>()

    func key(of provider: String, _ command: String, _ ports: PluginPorts) async throws(ModelFailure) -> Secret {
        if let key = keys[command] { return key }
        return try await runs.value(of: command) {
            let result = await Self.run(command, provider, ports)
            await self.keep(try? result.get(), of: command)
            return result
        }.get()
    }

    /// Another key in place of one that was refused; nil when the command prints the same.
    func key(
        of provider: String, _ command: String, insteadOf refused: Secret, _ ports: PluginPorts
    ) async throws(ModelFailure) -> Secret? {
        if keys[command] == refused { keys[command] = nil }
        let key = try await key(of: provider, command, ports)
        return key == refused ? nil : key
    }

    private func keep(_ key: Secret?, of command: String) { keys[command] = key }

    private static func run(_ command: String, _ provider: String, _ ports: PluginPorts) async -> Result<Secret, ModelFailure> {
        // The line is the user's own, to the letter: nothing is put into it. It runs at home, where no project's files lie.
        var spec = ProcessSpec(.shell(command), workingDirectory: ports.environment("HOME"), timeout: patience, outputLimit: 128 << 10)
        spec.errorOutput = .separate
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await ports.processes.run(spec)
        } catch {
            return .failure(refused(provider, "could not be run: \(error)"))
        }
        if result.stop == .timedOut { return .failure(refused(provider, "took longer than \(patience.components.seconds) s")) }
        // Neither the command nor what it wrote is repeated: a secret may be in either.
        guard result.succeeded else { return .failure(refused(provider, "ended with \(result.termination)")) }
        let text = String(decoding: result.output.head, as: UTF8.self)
        guard let key = Secret(text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first.map(String.init)) else {
            return .failure(refused(provider, "printed no key in its first line"))
        }
        key.hide(in: ports.learnedSecrets, as: "key of \(provider)")
        return .success(key)
    }

    private static func refused(_ provider: String, _ what: String) -> ModelFailure {
        ModelFailure(
            .auth, "The provider \(provider) has no key: its key_command \(what).",
            hint: "Run the command yourself to see what it says.")
    }
}
