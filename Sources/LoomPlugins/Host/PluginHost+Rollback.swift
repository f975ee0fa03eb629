package import LoomKernel
import LoomSystem

extension PluginHost: PluginControl {
    package func rollback(_ plugin: String, to generation: Int?) async throws(CommandError) -> PluginRollback {
        try await inTurn { host in
            do throws(CommandError) {
                return Result<PluginRollback, CommandError>.success(try await host.putBack(plugin, generation))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private func putBack(_ name: String, _ generation: Int?) async throws(CommandError) -> PluginRollback {
        guard let history = ports.world.history else {
            throw CommandError(
                "Nothing is kept of the plugins here: no session was opened in this folder yet. "
                    + "Every session keeps their texts: start one here with «loomkin», or name the project's folder with -C.")
        }
        await recall()
        let files = PluginFiles(roots, files: ports.files)
        let bare = String(name.split(separator: "/").last ?? "")
        let versions = try await Self.stored { () async throws(StoreError) in try await history.versions(of: bare) }
        let key = try choose(name, files: files, versions: versions)
        let own = versions.filter { $0.kind == key.kind.rawValue }
        let target = try Self.target(generation, of: key, in: own, current: files[key])
        guard let source = try await Self.stored({ () async throws(StoreError) in try await history.source(of: target) }) else {
            throw CommandError("The text of generation \(target.number) of \(key) is no longer kept.")
        }
        let root = try root(of: key, files: files, target: target)
        let aside = try await setAside(files[key], kept: own, in: history)
        let file = PluginFile(key: key, root: root, text: source)
        do {
            try ports.trust.write(source, to: key.path, of: root, ports.files)
        } catch {
            throw Self.unwritable(file, error)
        }
        // Where nothing is loaded there is nothing to replace.
        let reports = !isLoaded ? [] : await reloadChanged()
        await remember()
        let error = reports.first { $0.plugin == key.name && $0.kind == key.kind.rawValue }?.error ?? faults[key]?.description
        return PluginRollback(
            plugin: key.name, kind: key.kind.rawValue, restored: target.number, path: root.folder + "/" + key.path,
            kept: aside ?? own.first { $0.hash == files[key]?.hash }?.number,
            live: live[key]?.number, error: error)
    }

    private static func stored<T>(_ body: () async throws(StoreError) -> T) async throws(CommandError) -> T {
        do { return try await body() } catch { throw CommandError(error.description) }
    }

    /// `NAME`, or `KIND/NAME` where several kinds have it.
    private func choose(_ name: String, files: PluginFiles, versions: [PluginVersion]) throws(CommandError) -> PluginKey {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let known = Set(files.keys).union(
            versions.compactMap { version in PluginKind(rawValue: version.kind).map { PluginKey($0, version.plugin) } })
        let found = known.filter { $0.name == parts.last && (parts.count < 2 || $0.kind.rawValue == parts.first) }.sorted()
        guard let key = found.first else {
            let nearest = NearestName.slip(parts.last ?? "", in: Set(known.map(\.name)))
            throw CommandError("There is no plugin «\(name)»\(nearest.isEmpty ? ". See «loomkin plugin list»." : nearest)")
        }
        guard found.count == 1 else {
            let choices = found.map { "\($0.kind.rawValue)/\($0.name)" }.joined(separator: " or ")
            throw CommandError("Several kinds have a plugin \(name). Say which: \(choices).")
        }
        return key
    }

    private static func target(
        _ generation: Int?, of key: PluginKey, in versions: [PluginVersion], current: PluginFile?
    ) throws(CommandError) -> PluginVersion {
        guard let generation else {
            let earlier = versions.first { version in
                guard version.status == .used, let current else { return version.status == .used }
                return version.hash != current.hash && version.root == current.root.name
            }
            if let earlier { return earlier }
            throw CommandError("There is no earlier generation of \(key): nothing else is kept of it in this project.")
        }
        guard let target = versions.first(where: { $0.contains(generation: generation) }) else {
            let kept = versions.reversed().map { "\($0.number)" }.joined(separator: ", ")
            throw CommandError(
                "Generation \(generation) of \(key) is not kept. "
                    + (kept.isEmpty ? "Nothing is kept of it in this project." : "Kept: \(kept)."))
        }
        guard target.hash != current?.hash else {
            throw CommandError("\(current?.displayPath ?? key.path) holds the text of generation \(generation) already.")
        }
        return target
    }

    /// Where the file lies, or lay before it was deleted.
    private func root(of key: PluginKey, files: PluginFiles, target: PluginVersion) throws(CommandError) -> PluginRoot {
        if let root = files[key]?.root ?? roots.first(where: { $0.name == target.root && $0.holds(key.kind) }) { return root }
        throw CommandError("The file of \(key) was one of the \(target.root)'s, whose plugins are not loaded here. See «loomkin trust».")
    }

    /// Keeps what the file holds, unless it is kept already; gives its number then.
    private func setAside(
        _ file: PluginFile?, kept own: [PluginVersion], in history: any PluginHistory
    ) async throws(CommandError) -> Int? {
        guard let file, !own.contains(where: { $0.isText(of: file) }) else { return nil }
        if let problem = file.problem {
            throw CommandError("What \(file.displayPath) holds cannot be kept: \(problem). Move it away first.")
        }
        let number = (numbers[file.key] ?? 0) + 1
        let version = PluginVersion(file, number: number, status: .aside, time: ports.clock.now)
        try await Self.stored { () async throws(StoreError) in try await history.keep([(version, file.text)]) }
        note(version)
        return number
    }

    private static func unwritable(_ file: PluginFile, _ error: FileError) -> CommandError {
        let copy =
            file.root.name == "bundled" ? " It is one of Loomkin's own: put a copy into .loomkin/\(file.key.path) and change that." : ""
        return CommandError("The old text cannot be put back. \(error.description)\(copy)")
    }
}

extension PluginHost {
    package func reload(_ plugin: String?) async throws(CommandError) -> [PluginReported] {
        guard let plugin else { return await reload() }
        return try await inTurn { host in
            do throws(CommandError) {
                return Result<[PluginReported], CommandError>.success(try await host.loadAnew(plugin))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// A new generation of the file as it is.
    private func loadAnew(_ name: String) async throws(CommandError) -> [PluginReported] {
        var reports = await reloadChanged()
        let key = try choose(name, files: seen, versions: [])
        if !reports.contains(where: { $0.plugin == key.name && $0.kind == key.kind.rawValue }) {
            reports += await reloadAnyway(key)
        }
        await remember()
        return reports
    }
}
