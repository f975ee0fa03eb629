import LoomKernel
import LoomSystem

extension PluginHost {
    /// One look at the roots, and one transaction for all that changed since the last.
    func reloadChanged() async -> [PluginReported] {
        await bring(to: look(), isSettled: true) ?? []
    }

    /// What the roots hold now, and of a project's own files what its user has trusted: for one that changed since then, what was in
    /// use before.
    func look() -> PluginFiles {
        let isAdmitted = ports.trust.admission()
        let before = held
        held = [:]
        let files = PluginFiles(roots, files: ports.files).replacing(isAdmitted) { file in
            held[file.key] = file
            return live[file.key].flatMap { $0.file.root == file.root ? $0.file : nil }
        }
        if held.mapValues(\.hash) != before.mapValues(\.hash) { show() }
        return files
    }

    /// One transaction for all that differs from what was seen last. Nil, and nothing done, when something is missing or does not load
    /// and the files may not have settled yet.
    func bring(to files: PluginFiles, isSettled: Bool) async -> [PluginReported]? {
        let keys = Set(files.keys).union(seen.keys).union(live.keys)
        let changed = keys.filter { key in
            guard let file = files[key] else { return seen[key] != nil }
            return !file.isSame(as: seen[key])
        }
        let isShadowingChanged = keys.contains { key in files.layers[key]?.map(\.root) != seen.layers[key]?.map(\.root) }
        let before = seen
        seen = files
        guard !changed.isEmpty else {
            if isShadowingChanged { await publish([]) }
            return []
        }
        if !isSettled, changed.contains(where: { files[$0] == nil }) {
            seen = before
            return nil
        }
        let known = faults
        await recall()
        let restored = forgiveRestored()
        let work = changed.filter(isBehind)
        // What an earlier save left behind may fit together with this one; if not, this one is not held up by it.
        let behind = keys.filter { !changed.contains($0) && isBehind($0) }
        if !behind.isEmpty {
            let whole = await attempt(work.union(behind))
            if whole.fault == nil { return await commit(whole, after: restored) }
            releaseMemories()
        }
        guard !work.isEmpty else {
            await publish(restored)
            return restored
        }
        let attempt = await attempt(work)
        guard attempt.fault != nil else { return await commit(attempt, after: restored) }
        guard isSettled else {
            (seen, faults) = (before, known)
            releaseMemories()
            return nil
        }
        return await refuse(attempt, after: restored)
    }

    /// One transaction for a plugin whose file did not change.
    func reloadAnyway(_ key: PluginKey) async -> [PluginReported] {
        let attempt = await attempt([key])
        return attempt.fault == nil ? await commit(attempt, after: []) : await refuse(attempt, after: [])
    }

    /// Takes back the errors of files that are again what is live.
    private func forgiveRestored() -> [PluginReported] {
        var reports: [PluginReported] = []
        for key in faults.keys.sorted() where !isBehind(key) {
            guard let plugin = live[key], !plugin.requirements.contains(where: isBehind) else { continue }
            faults[key] = nil
            reports.append(
                PluginReported(
                    plugin: key.name, kind: key.kind.rawValue, from: plugin.number, to: plugin.number, status: "unchanged", error: nil,
                    milliseconds: 0))
        }
        return reports
    }

    private func isBehind(_ key: PluginKey) -> Bool {
        guard let file = seen[key] else { return live[key] != nil }
        return !file.isSame(as: live[key]?.file)
    }

    /// Everything that would change, tried out; nothing is changed yet.
    struct Attempt {
        var candidates: [Candidate]
        /// Plugins whose last file is gone.
        var removed: [PluginKey]
        var modules: [PluginKey: PluginFile]
        /// What is wrong between plugins that each load for themselves.
        var conflicts: [PluginKey: PluginFault] = [:]

        var fault: PluginFault? { candidates.lazy.compactMap(\.fault).first ?? conflicts.values.first }
    }

    private func attempt(_ keys: Set<PluginKey>) async -> Attempt {
        let removed = keys.filter { seen[$0] == nil }.sorted()
        var modules = liveModules
        for key in keys where key.kind.requirePrefix != nil { modules[key] = seen[key] }
        let dependents = live.values.filter { plugin in
            !keys.contains(plugin.key) && !plugin.requirements.isDisjoint(with: keys)
        }
        let files = keys.compactMap { seen[$0] } + dependents.map(\.file)
        var attempt = Attempt(candidates: await candidates(files, modules: modules), removed: removed, modules: modules)
        guard attempt.fault == nil else { return attempt }
        var after = live
        for key in removed { after[key] = nil }
        for plugin in attempt.candidates.compactMap(\.plugin) { after[plugin.key] = plugin }
        let touched = Set(attempt.candidates.map(\.key))
        attempt.conflicts = NameCheck(live: after, files: seen).faults().filter { touched.contains($0.key) }
        return attempt
    }

    private func commit(_ attempt: Attempt, after earlier: [PluginReported]) async -> [PluginReported] {
        var reports = earlier
        var replaced: [LivePlugin] = []
        for key in attempt.removed {
            let old = live.removeValue(forKey: key)
            faults[key] = nil
            // A service still says goodbye.
            if key.kind != .service { old?.generation?.lease.end(by: nil) }
            if let old { replaced.append(old) }
            reports.append(
                PluginReported(
                    plugin: key.name, kind: key.kind.rawValue, from: old?.number, to: nil, status: "removed", error: nil,
                    milliseconds: 0))
        }
        for candidate in attempt.candidates {
            guard let plugin = candidate.plugin else { continue }
            faults[candidate.key] = nil
            reports.append(report(candidate, before: live[candidate.key], now: plugin))
            if let old = take(plugin) { replaced.append(old) }
        }
        modules.commit(attempt.modules)
        releaseMemories()
        await publish(reports)
        retire(replaced)
        return reports
    }

    /// Keeps everything as it was, and says why.
    private func refuse(_ attempt: Attempt, after earlier: [PluginReported]) async -> [PluginReported] {
        let failed = attempt.candidates.first { $0.fault != nil }.map(\.key) ?? attempt.conflicts.keys.min()
        var reports = earlier
        for candidate in attempt.candidates {
            let fault: PluginFault
            if let own = candidate.fault ?? attempt.conflicts[candidate.key] {
                fault = own
            } else if let failed, let file = candidate.plugin?.file {
                fault = PluginFault(
                    path: file.displayPath, line: nil,
                    cause: "not replaced, because \(failed.path), changed together with it, does not load")
            } else {
                continue
            }
            faults[candidate.key] = fault
            let before = live[candidate.key]
            reports.append(
                PluginReported(
                    plugin: candidate.key.name, kind: candidate.key.kind.rawValue, from: before?.number, to: nil, status: "failed",
                    error: fault.description, milliseconds: candidate.milliseconds))
        }
        releaseMemories()
        await publish(reports)
        return reports
    }
}
