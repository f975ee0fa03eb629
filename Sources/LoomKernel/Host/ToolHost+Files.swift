import GRDB
package import LoomSystem
import Synchronization

/// A stretch of a text file, lines ended by `\n` whatever the file uses.
package struct FileText: Sendable, Hashable {
    /// Relative to the project.
    package let path: String
    package let text: String
    /// 1-based number of the first line in `text`.
    package let firstLine: Int
    package let lineCount: Int
    package let totalLines: Int
    /// Of the whole file, in bytes.
    package let size: Int
    package let encoding: TextEncoding
    package let lineEnding: LineEnding
}

/// What a write did.
package struct FileWrite: Sendable, Hashable {
    package let path: String
    package let created: Bool
    package let bytes: Int
    /// Lines.
    package let added: Int
    package let removed: Int
    /// Unified, cut when long.
    package let diff: String
}

package struct FileEntry: Sendable, Hashable {
    package let name: String
    package let kind: FileKind
    /// Bytes.
    package let size: Int
    package let modified: Timestamp
}

extension ToolHost {
    /// The largest file that is read or written whole, in bytes.
    package static let wholeFileLimit = 4 << 20

    /// Held for one write at a time.
    private static let writing = Mutex(())

    /// Reads lines `offset` to `offset + limit - 1`, 1-based; the whole file when both are nil. Works on files of any size when a
    /// range is given. What was read is remembered: a later write over it must find it unchanged.
    package func read(_ path: String, offset: Int? = nil, limit: Int? = nil) async throws(ToolError) -> FileText {
        let relative = try self.relative(path)
        try await self.authority.require(Access(.read, relative), wait: self.humanWait)
        let size = (try? self.services.ports.files.status(of: self.absolute(relative)))?.size ?? 0
        if size > Self.wholeFileLimit {
            let (stretch, hash) = try self.readStretch(relative, offset: offset, limit: limit, size: size)
            try await self.remember(relative, hash)
            return stretch
        }
        let content = try self.content(relative)
        try await self.remember(relative, content.hash)
        let lines = content.decoded.text.lines
        let total = lines.count
        let first = max(1, offset ?? 1)
        guard offset != nil || limit != nil else {
            return FileText(
                path: relative, text: content.decoded.text, firstLine: 1, lineCount: total, totalLines: total, size: content.size,
                encoding: content.decoded.encoding, lineEnding: content.ending)
        }
        // A model may name any number, so nothing is added to what it named.
        let count = first > total ? 0 : min(total - first + 1, max(0, limit ?? total))
        let chosen = count > 0 ? lines[(first - 1)..<(first - 1 + count)].joined(separator: "\n") + "\n" : ""
        return FileText(
            path: relative, text: chosen, firstLine: first, lineCount: count, totalLines: total, size: content.size,
            encoding: content.decoded.encoding, lineEnding: content.ending)
    }

    /// Makes the file's whole text this. An existing file must have been read by this agent and be as it was then; its encoding,
    /// line ending and mode stay. A write that must be asked for is asked with its difference.
    package func write(_ path: String, _ text: String) async throws(ToolError) -> FileWrite {
        let relative = try self.relative(path)
        try self.refuseOwnFolders(relative)
        let old = try self.existing(relative)
        if let old { try await self.refuseStale(relative, old.hash) }
        let oldText = old?.decoded.text ?? ""
        let bytes = try Self.encode(text, like: old, relative)
        let diff = UnifiedDiff(from: oldText, to: text, path: relative)
        try await self.authority.require(
            Access(.write, relative), note: "(+\(diff.added) −\(diff.removed))", detail: diff.text(limit: 20_000), wait: self.humanWait)
        // The human may have thought for an hour.
        let now = try self.existing(relative)
        guard now?.hash == old?.hash else { throw ToolError("\(relative) was changed while the write was asked for. Read it again.") }
        let hash = Hash.sha256(bytes)
        try await self.intend(relative, before: old?.hash, after: hash, diff)
        // Another agent may have written it while this one's intention was kept. Nobody else writes between this look and the write.
        try Self.writing.withLock { _ throws(ToolError) in
            guard try self.existing(relative)?.hash == old?.hash else {
                throw ToolError("\(relative) was changed by somebody else just now. Read it again.")
            }
            do throws(FileError) {
                try self.services.ports.files.write(bytes, to: self.absolute(relative), options: WriteOptions(createsParents: true))
            } catch {
                throw ToolError(error, path: relative)
            }
        }
        try await self.wrote(relative, hash, diff)
        return FileWrite(
            path: relative, created: old == nil, bytes: bytes.count, added: diff.added, removed: diff.removed, diff: diff.text(limit: 4_000)
        )
    }

    package func list(_ path: String) async throws(ToolError) -> [FileEntry] {
        let relative = try self.relative(path)
        try await self.authority.require(Access(.read, relative), wait: self.humanWait)
        let files = self.services.ports.files
        do {
            return try files.list(self.absolute(relative)).map { entry in
                let status = try? files.status(of: self.absolute(relative) + "/" + entry.name, followingSymlinks: false)
                return FileEntry(
                    name: entry.name, kind: entry.kind, size: status?.size ?? 0, modified: status?.modified ?? Timestamp(nanoseconds: 0))
            }
        } catch {
            throw ToolError(error, path: relative)
        }
    }

    /// Nil when nothing is there.
    package func stat(_ path: String) async throws(ToolError) -> FileEntry? {
        let relative = try self.relative(path)
        try await self.authority.require(Access(.read, relative), wait: self.humanWait)
        guard let status = try? self.services.ports.files.status(of: self.absolute(relative)) else { return nil }
        return FileEntry(name: relative, kind: status.kind, size: status.size, modified: status.modified)
    }

    // MARK: Content

    struct Content {
        let decoded: DecodedText
        let ending: LineEnding
        let hash: String
        let size: Int
    }

    func content(_ relative: String) throws(ToolError) -> Content {
        let bytes: [UInt8]
        do {
            bytes = try self.services.ports.files.read(self.absolute(relative), limit: Self.wholeFileLimit)
        } catch {
            throw ToolError(error, path: relative)
        }
        guard var decoded = DecodedText(bytes) else { throw ToolError("\(relative) is binary (\(bytes.count) bytes), not text.") }
        let ending = decoded.lineEnding
        if ending == .crlf { decoded.text = LineEnding.lf.applied(to: decoded.text) }
        return Content(decoded: decoded, ending: ending, hash: Hash.sha256(bytes), size: bytes.count)
    }

    private func existing(_ relative: String) throws(ToolError) -> Content? {
        guard self.services.ports.files.exists(self.absolute(relative)) else { return nil }
        return try self.content(relative)
    }

    private static func encode(_ text: String, like old: Content?, _ relative: String) throws(ToolError) -> [UInt8] {
        guard let old else { return Array(text.utf8) }
        let ended = old.ending == .crlf ? LineEnding.crlf.applied(to: text) : text
        guard let bytes = old.decoded.encoding.encode(ended) else {
            throw ToolError("\(relative) is Latin-1, and the new text has characters that it lacks. Use only characters up to U+00FF.")
        }
        guard bytes.count <= Self.wholeFileLimit else { throw ToolError("\(relative) would be larger than \(Self.wholeFileLimit) bytes.") }
        return bytes
    }

    /// What decides about the project's plugins and history is not written by a file tool.
    private func refuseOwnFolders(_ relative: String) throws(ToolError) {
        for part in relative.split(separator: "/") where part == ".loomkin" || part == ".git" {
            throw ToolError("\(part)/ is not written by file tools.", status: .denied)
        }
    }

    // MARK: What the agent has seen

    private func remember(_ path: String, _ hash: String) async throws(ToolError) {
        let agent = self.agent.id.description
        try await self.store { transaction in
            try transaction.db.run(
                sql: "INSERT INTO file_seen (agent, path, hash) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash",
                arguments: [agent, path, hash])
        }
    }

    private func refuseStale(_ path: String, _ hash: String) async throws(ToolError) {
        let agent = self.agent.id.description
        let seen: String?
        do {
            seen = try await self.services.store.read { db in
                try String.fetchOne(
                    db.cachedStatement(sql: "SELECT hash FROM file_seen WHERE agent = ? AND path = ?"), arguments: [agent, path])
            }
        } catch {
            throw ToolError(error.description)
        }
        guard let seen else { throw ToolError("\(path) exists and you have not read it. Read it first, so that nothing is lost.") }
        guard seen == hash else { throw ToolError("\(path) has changed since you read it. Read it again, then write.") }
    }

    private func intend(_ path: String, before: String?, after: String, _ diff: UnifiedDiff) async throws(ToolError) {
        let effect = Effect.write(
            path: path, before: before, after: after, summary: "\(path) was written (+\(diff.added) −\(diff.removed))")
        let (agent, call) = (self.agent.id, self.call)
        try await self.store { try $0.record(effect, agent: agent, call: call) }
    }

    private func wrote(_ path: String, _ hash: String, _ diff: UnifiedDiff) async throws(ToolError) {
        let (agent, call) = (self.agent, self.call)
        try await self.store { transaction in
            try transaction.db.run(
                sql: "INSERT INTO file_seen (agent, path, hash) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash",
                arguments: [agent.id.description, path, hash])
            try transaction.publish(
                FileChanged(agent: agent.name, call: call, path: path, added: diff.added, removed: diff.removed), source: agent.source,
                subject: call, team: agent.team)
        }
    }
}

extension String {
    func replacingPrefix(_ prefix: String, _ other: String) -> String {
        self.hasPrefix(prefix) ? other + self.dropFirst(prefix.count) : self
    }
}
