import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

/// Projects whose traffic with models is recorded, or played from a recording.
extension Project {
    static func open(_ options: ProjectOptions, session: SessionOptions) async throws -> Project {
        let files = LiveFileSystem()
        let directory = try Self.directory(options.directory, files)
        if let path = session.replayed {
            guard session.record == nil else {
                throw ValidationError("Use either --record or --replay: what is played is on file already.")
            }
            let replay: HTTPReplay
            do {
                replay = try HTTPReplay(path: path, directory: directory, files: files)
            } catch {
                throw Failure("The recording cannot be read: \(error)", status: .usage)
            }
            guard replay.count > 0 else { throw Failure("\(path) holds no recorded request. Make one with --record.", status: .usage) }
            var flags = session.entries.filter { $0.key != "model.default" || session.playedByName == nil }
            if let label = replay.label, !flags.contains(where: { $0.key == "model.default" }) {
                flags.append(("model.default", label, "--replay"))
            }
            return try await Self.open(options, flags: flags, traffic: .replayed(replay))
        }
        guard let path = session.record else { return try await Self.open(options, flags: session.entries) }
        let recording: HTTPRecording
        do {
            recording = try HTTPRecording(path: path, directory: directory, files: files, clock: LiveClock()) { error in
                writeError("Nothing more is recorded: \(error)")
            }
        } catch {
            throw Failure("The recording cannot be written: \(error)")
        }
        let project = try await Self.open(options, flags: session.entries, traffic: .recorded(recording))
        recording.redact(by: {
            [environment = project.ports.environment, catalog = project.plugins.catalog, learned = project.learnedSecrets] text in
            let names = catalog.providers.flatMap(\.secretVariables)
            return SecretFilter(environment: environment, names: Set(names), learned: learned).redact(text)
        })
        return project
    }
}

extension SessionOptions {
    /// The file of `--model replay:FILE`.
    var playedByName: String? {
        guard let model, model.hasPrefix("replay:") else { return nil }
        return String(model.dropFirst("replay:".count))
    }

    /// The recording that is to be played.
    var replayed: String? { self.replay ?? self.playedByName }
}
