import LoomKernel
import LoomSystem

extension PluginHost {
    /// Takes a plugin that an agent has written into the project: checked, tested by its spec, shown to a person, written, and live for
    /// the whole team. Nothing is written before all of that.
    func propose(_ proposal: PluginProposal, _ host: ToolHost) async throws(ProposalError) -> PluginReported {
        guard let root = roots.last(where: { $0.name == "project" && $0.kinds == nil }) else {
            throw ProposalError("This project's own plugins are not used: it is not trusted. A person has to run «loomkin trust» first.")
        }
        let file = PluginFile(key: proposal.key, root: root, text: proposal.source)
        if let problem = file.problem { throw ProposalError("\(file.displayPath): \(problem)") }
        let (candidate, fault) = await inTurn { host in await host.tryOut(file) }
        if let fault { throw ProposalError("It does not load, so nothing was written. \(fault.description)") }
        try await test(proposal, root)
        let plugin = ProposedFile(file.text, at: proposal.key.path, of: root, ports.files)
        let spec = proposal.spec.map {
            ProposedFile($0, at: SpecFile(root: root, key: proposal.key).relativePath, of: root, ports.files)
        }
        try await confirm(plugin, spec, PluginRights(file, candidate), host)
        // The spec first: what is live then has been tried.
        for file in [spec, plugin].compactMap(\.self) {
            do {
                try ports.trust.write(file.text, to: file.path, of: root, ports.files)
            } catch {
                throw ProposalError("\(file.displayPath) could not be written: \(error)")
            }
        }
        let reports = await reload()
        if let report = reports.first(where: { $0.plugin == proposal.key.name && $0.kind == proposal.key.kind.rawValue }) { return report }
        // The watch was quicker, or the text is the one that is live already.
        return PluginReported(
            plugin: proposal.key.name, kind: proposal.key.kind.rawValue, from: live[proposal.key]?.number, to: live[proposal.key]?.number,
            status: "unchanged", error: faults[proposal.key]?.description, milliseconds: 0)
    }

    /// Shows a person what would be written. What somebody saved meanwhile is not what the person saw, and is not written over.
    private func confirm(
        _ plugin: ProposedFile, _ spec: ProposedFile?, _ rights: PluginRights, _ host: ToolHost
    ) async throws(ProposalError) {
        let files = [plugin, spec].compactMap(\.self)
        let diff = plugin.diff
        let parts = ["\(rights)"] + files.map { $0.diff.text(limit: 20_000) }
        do {
            try await host.confirmExtension(
                plugin.displayPath, note: "(+\(diff.added) −\(diff.removed))", detail: parts.joined(separator: "\n\n"))
        } catch {
            throw ProposalError(error.message)
        }
        if let overtaken = files.first(where: { $0.isOvertaken(ports.files) }) {
            throw ProposalError(
                "\(overtaken.displayPath) was changed by somebody else while this was looked at, so nothing was written. Read it again, "
                    + "then propose what fits.")
        }
    }

    /// Loads a file without using it.
    private func tryOut(_ file: PluginFile) async -> (LivePlugin?, PluginFault?) {
        var modules = liveModules
        if file.key.kind.requirePrefix != nil { modules[file.key] = file }
        guard let candidate = await candidates([file], modules: modules).first else { return (nil, nil) }
        releaseMemories()
        guard let plugin = candidate.plugin else { return (nil, candidate.fault) }
        var after = live
        after[file.key] = plugin
        return (plugin, NameCheck(live: after, files: seen.adding(file)).faults()[file.key])
    }

    /// Runs the proposal's spec, in a folder of its own that is gone afterwards.
    private func test(_ proposal: PluginProposal, _ project: PluginRoot) async throws(ProposalError) {
        guard let spec = proposal.spec else { return }
        let folder = FilePath.join(project.folder, "outputs/proposal-\(proposal.key.name)")
        let root = PluginRoot(name: "proposed", folder: folder)
        defer { try? ports.files.remove(folder, recursively: true) }
        let file = SpecFile(root: root, key: proposal.key)
        do {
            let trust = FullTrust()
            try trust.write(proposal.source, to: proposal.key.path, of: root, ports.files)
            try trust.write(spec, to: file.relativePath, of: root, ports.files)
        } catch {
            throw ProposalError("The spec could not be tried: \(error)")
        }
        let reports = await SpecRunner(roots: roots + [root], ports: ports, directory: folder).run([file])
        let failures = reports.flatMap(\.results).compactMap { result -> String? in
            guard let failure = result.failure else { return nil }
            let place = failure.line.map { ":\($0)" } ?? ""
            let compared = [failure.wanted.map { "wanted \($0)" }, failure.got.map { "got \($0)" }].compactMap { $0 }
            return (["\(failure.path)\(place): \(result.name ?? "the spec"): \(failure.message)"] + compared).joined(separator: "\n  ")
        }
        guard failures.isEmpty else {
            throw ProposalError("Its spec fails, so nothing was written:\n" + failures.joined(separator: "\n"))
        }
    }
}
