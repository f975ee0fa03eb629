package import LoomSystem

/// What a project's own files would run, send or widen, and whether the user has trusted exactly that.
///
/// The record is the user's, outside the project: a file that anyone edits asks again.
package struct ProjectTrust: Sendable {
    private let directory: String
    private let record: String
    private let files: any FileSystem

    /// One file that counts only when trusted.
    package struct Item: Sendable, Hashable, Codable {
        package let path: String
        package let hash: String
        /// What it could do: `runs code`, `instructs agents`, `changes settings`.
        package let power: String
    }

    /// `stateDirectory` is the user's (`$XDG_STATE_HOME/loomkin`).
    package init(directory: String, stateDirectory: String, files: any FileSystem) {
        self.directory = directory
        self.record = stateDirectory + "/trust.json"
        self.files = files
    }

    /// Everything that trust is about, sorted by path. Empty: there is nothing to trust.
    package func items() -> [Item] {
        var found: [Item] = []
        for (folder, power) in [
            (".loomkin/plugins", "runs code"), (".loomkin/roles", "runs code"), (".loomkin/prompts", "instructs agents"),
            (".loomkin/skills", "instructs agents"), (".agents/skills", "instructs agents"), (".claude/skills", "instructs agents"),
        ] {
            self.collect(folder, power, &found)
        }
        if let bytes = try? self.files.read(self.directory + "/.loomkin.toml") {
            found.append(Item(path: ".loomkin.toml", hash: Hash.sha256(bytes), power: "changes settings"))
        }
        return found.sorted { $0.path < $1.path }
    }

    package func isTrusted(_ items: [Item]) -> Bool {
        let trusted = self.trusted()
        return items.allSatisfy { trusted[$0.path] == $0.hash }
    }

    /// The hash of each file that is trusted, by its path relative to the project.
    package func trusted() -> [String: String] { (self.load()[self.directory]?.objectValue ?? [:]).compactMapValues(\.stringValue) }

    /// Trusts exactly these; nil takes the trust back.
    package func set(_ items: [Item]?) throws(FileError) {
        try self.store(items.map { items in Dictionary(items.map { ($0.path, $0.hash) }, uniquingKeysWith: { $1 }) })
    }

    /// Trusts one content more.
    package func accept(_ path: String, hash: String) throws(FileError) {
        try self.store(self.trusted().merging([path: hash]) { $1 })
    }

    /// Writes a file on the user's own word. Where everything was trusted, it still is, with this one file changed.
    /// - Parameter path: as in `Item`, relative to the project.
    package func keeping(_ path: String, _ write: () throws(FileError) -> Void) throws(FileError) {
        let wasTrusted = self.isTrusted(self.items())
        try write()
        guard wasTrusted, let bytes = try? self.files.read(self.directory + "/" + path) else { return }
        try self.accept(path, hash: Hash.sha256(bytes))
    }

    private func load() -> [String: JSON] {
        guard let bytes = try? self.files.read(self.record), let record = try? JSON.parse(bytes) else { return [:] }
        return record.objectValue ?? [:]
    }

    private func store(_ hashes: [String: String]?) throws(FileError) {
        var all = self.load()
        all[self.directory] = hashes.map { .object($0.mapValues { .string($0) }) }
        try self.files.write(
            JSON.object(all).text(pretty: true) + "\n", to: self.record, options: WriteOptions(createsParents: true, mode: 0o600))
    }

    private func collect(_ folder: String, _ power: String, _ found: inout [Item]) {
        for entry in (try? self.files.list(self.directory + "/" + folder)) ?? [] {
            let path = folder + "/" + entry.name
            switch entry.kind {
            case .directory: self.collect(path, power, &found)
            case .file, .symlink:
                if let bytes = try? self.files.read(self.directory + "/" + path) {
                    found.append(Item(path: path, hash: Hash.sha256(bytes), power: power))
                }
            case .other: break
            }
        }
    }
}
