package import LoomSystem

/// The project's `.loomkin` folder, opened; where that is impossible, a memory that lasts as long as the process, and a sentence.
package struct StateFolder {
    let store: Store
    let notices: [String]
    private let path: String?

    static func open(_ options: WorkspaceOptions, ports: Ports, bus: SignalBus) throws(CommandError) -> StateFolder {
        do {
            if options.isEphemeral { return try Self.inMemory(bus, ports, notices: []) }
            let path = options.directory + "/.loomkin"
            if let link = Self.link(in: options.directory, files: ports.files) {
                return try Self.fallBack(options, "\(link) is a symbolic link, and nothing is written through one", bus, ports)
            }
            do {
                try ports.files.makeDirectory(path)
                // What was said and done in a project is its user's own.
                try ports.files.create(path + "/loomkin.db", mode: 0o600)
                if !ports.files.exists(path + "/.gitignore") { try ports.files.write("*\n", to: path + "/.gitignore") }
            } catch {
                return try Self.fallBack(options, "\(options.directory) cannot be written", bus, ports)
            }
            do {
                if let store = options.store { return StateFolder(store: store, notices: [], path: path) }
                return StateFolder(store: try Store(path: path + "/loomkin.db", bus: bus, clock: ports.clock), notices: [], path: path)
            } catch {
                return try Self.fallBack(options, error.description, bus, ports)
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("\(error)")
        }
    }

    /// A symbolic link in place of what belongs to the folder: one that came with a project leads to where it likes.
    package static func link(in directory: String, files: any FileSystem) -> String? {
        ["", "/loomkin.db", "/.gitignore", "/outputs", "/attachments"].map { directory + "/.loomkin" + $0 }.first {
            (try? files.status(of: $0, followingSymlinks: false))?.kind == .symlink
        }
    }

    private static func fallBack(_ options: WorkspaceOptions, _ reason: String, _ bus: SignalBus, _ ports: Ports) throws -> StateFolder {
        // Whoever wants to go on with what was stored is not served by an empty memory.
        let sentence = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        if case .resume = options.session { throw CommandError("\(sentence).") }
        return try Self.inMemory(bus, ports, notices: ["\(sentence). This session is not kept: it cannot be resumed."])
    }

    private static func inMemory(_ bus: SignalBus, _ ports: Ports, notices: [String]) throws -> StateFolder {
        StateFolder(store: try Store(path: nil, bus: bus, clock: ports.clock), notices: notices, path: nil)
    }

    /// Nil for a session in memory, which nobody else can have.
    func lock(_ session: ID) throws(CommandError) -> SessionLock? {
        guard let path else { return nil }
        if let lock = SessionLock(path: "\(path)/session-\(session).lock") { return lock }
        throw CommandError("The session \(session) is open in another loomkin. Close it there, or start a new session without --resume.")
    }
}
