import LoomKernel
import LoomSystem

extension PluginHost {
    /// From now on what the roots hold counts.
    func read() {
        isLoaded = true
        seen = look()
    }

    /// Loads what a session can't begin without.
    /// - Parameter providers: those that belong to it; nil for everything.
    func loadFirst(_ providers: Set<String>?) async {
        guard let providers else { return _ = await loadAll() }
        _ = await loadAll(except: { key in
            if key.kind == .provider { return !providers.contains(key.name) }
            // Whoever requires a module loads its text for itself. One that stands in front of another is tried, to fall back to it.
            return key.kind.requirePrefix != nil && seen.layers[key]?.map(\.root.name) == ["bundled"]
        })
    }

    /// Loads all that was read and is not live yet. Modules come first, since the others may require them.
    /// - Parameters:
    ///   - isLater: what is left out.
    ///   - isNews: the reports that are told.
    func loadAll(
        except isLater: (PluginKey) -> Bool = { _ in false }, telling isNews: (PluginReported) -> Bool = { _ in true }
    ) async -> [PluginReported] {
        let waiting = seen.modules.filter { isLater($0.key) }
        var reports: [PluginReported] = []
        var replaced: [LivePlugin] = []
        // What failed for want of something that comes only now is tried again; what fails as before was told then.
        let told = Set(faults.map { [$0.key.kind.rawValue, $0.key.name, $0.value.description] })
        for isModule in [true, false] {
            let keys = seen.keys.filter { ($0.kind.requirePrefix != nil) == isModule && !isCurrent($0) && !isLater($0) }
            let found = isModule ? seen.modules : liveModules.merging(waiting) { live, _ in live }
            let tried = await candidates(keys.compactMap { seen[$0] }, modules: found)
            for candidate in rejectingConflicts(tried) {
                let plugin: LivePlugin?
                if let fault = candidate.fault {
                    faults[candidate.key] = fault
                    plugin = live[candidate.key] == nil ? await fallBack(candidate.key, modules: found) : nil
                } else {
                    faults[candidate.key] = nil
                    plugin = candidate.plugin
                }
                reports.append(report(candidate, before: live[candidate.key], now: plugin))
                if let plugin, let old = take(plugin) { replaced.append(old) }
            }
            if isModule { modules.commit(liveModules.merging(waiting) { live, _ in live }) }
        }
        releaseMemories()
        await publish(reports.filter { isNews($0) && !told.contains([$0.kind, $0.plugin, $0.error ?? ""]) })
        retire(replaced)
        return reports
    }

    /// What loads for itself but names something that is not there fails after all.
    private func rejectingConflicts(_ candidates: [Candidate]) -> [Candidate] {
        var after = live
        for plugin in candidates.compactMap(\.plugin) { after[plugin.key] = plugin }
        let conflicts = NameCheck(live: after, files: seen).faults()
        return candidates.map { candidate in
            guard candidate.fault == nil, let conflict = conflicts[candidate.key] else { return candidate }
            return Candidate(key: candidate.key, result: .failure(conflict), milliseconds: candidate.milliseconds)
        }
    }

    private func isCurrent(_ key: PluginKey) -> Bool {
        guard let file = seen[key] else { return true }
        return file.isSame(as: live[key]?.file)
    }

    /// A plugin of the same name from the nearest root behind, so that a broken file in front does not take the name away.
    private func fallBack(_ key: PluginKey, modules: [PluginKey: PluginFile]) async -> LivePlugin? {
        for file in (seen.layers[key] ?? []).dropLast().reversed() {
            if let plugin = await candidates([file], modules: modules).first?.plugin { return plugin }
        }
        return nil
    }

    var liveModules: [PluginKey: PluginFile] {
        live.filter { $0.key.kind.requirePrefix != nil }.mapValues(\.file)
    }

    /// Loads files side by side, each in a fresh state.
    func candidates(_ files: [PluginFile], modules: [PluginKey: PluginFile]) async -> [Candidate] {
        let clock = ports.clock
        let orders = files.map { file in
            LoadOrder(
                file: file, number: number(of: file), tally: live[file.key]?.tally ?? CallTally(), memory: memory(of: file.key),
                modules: modules,
                moduleFiles: self.modules, counts: open, ports: ports)
        }
        return await withTaskGroup(of: Candidate.self) { group in
            for order in orders {
                group.addTask {
                    let start = clock.uptime
                    let result = await PluginLoader.load(order)
                    return Candidate(
                        key: order.file.key, result: result, milliseconds: (clock.uptime - start).inSeconds * 1000)
                }
            }
            var all: [Candidate] = []
            for await candidate in group { all.append(candidate) }
            return all.sorted { $0.key < $1.key }
        }
    }

    /// Makes a loaded plugin the live one of its name; gives back the one it replaces.
    func take(_ plugin: LivePlugin) -> LivePlugin? {
        numbers[plugin.key] = plugin.number
        plugin.modules?.settle()
        let old = live.updateValue(plugin, forKey: plugin.key)
        plugin.generation?.succeed(old?.generation, memory(of: plugin.key))
        return old
    }

    private func memory(of key: PluginKey) -> PluginMemory {
        if let memory = memories[key] { return memory }
        let memory = PluginMemory()
        memories[key] = memory
        return memory
    }

    /// Lets writes of states go on that waited for a translation.
    func releaseMemories() { memories.values.forEach { $0.release() } }

    func retire(_ plugins: [LivePlugin]) {
        for plugin in plugins { plugin.generation?.retire() }
    }

    func report(_ candidate: Candidate, before: LivePlugin?, now: LivePlugin?) -> PluginReported {
        let status = candidate.fault != nil ? "failed" : before == nil ? "loaded" : "reloaded"
        var report = PluginReported(
            plugin: candidate.key.name, kind: candidate.key.kind.rawValue, from: before?.number, to: now?.number, status: status,
            error: candidate.fault?.description, milliseconds: candidate.milliseconds)
        if candidate.fault == nil, let before, let now {
            (report.added, report.changed, report.removed) = PluginSurface(now.content).changes(from: PluginSurface(before.content))
        }
        return report
    }
}
