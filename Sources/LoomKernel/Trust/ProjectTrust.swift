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
        items.isEmpty || self.load()[self.directory]?.stringValue == Self.digest(items)
    }

    /// Trusts exactly these; nil takes the trust back.
    package func set(_ items: [Item]?) throws(FileError) {
        var all = self.load()
        all[self.directory] = items.map { .string(Self.digest($0)) }
        try self.files.write(
            JSON.object(all).text(pretty: true) + "\n", to: self.record, options: WriteOptions(createsParents: true, mode: 0o600))
    }

    /// Writes a file on the user's own word. What was trusted before stays trusted with this one file changed, and with no other: what
    /// somebody else changed meanwhile asks again.
    /// - Parameter path: as in `Item`, relative to the project.
    package func keeping(_ path: String, _ write: () throws(FileError) -> Void) throws(FileError) {
        let before = self.items()
        try write()
        guard self.isTrusted(before) else { return }
        let written = self.items().first { $0.path == path }
        let kept = before.filter { $0.path != path } + [written].compactMap(\.self)
        try self.set(kept.sorted { $0.path < $1.path })
    }

    private func load() -> [String: JSON] {
        guard let bytes = try? self.files.read(self.record), let record = try? JSON.parse(bytes) else { return [:] }
        return record.objectValue ?? [:]
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

    private static func digest(_ items: [Item]) -> String {
        Hash.sha256(items.map { "\($0.hash) \($0.path)\n" }.joined())
    }
}
