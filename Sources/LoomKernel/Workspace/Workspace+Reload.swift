import LoomSystem

extension Workspace {
    /// Keeps a plugin's report, with what it means for what vendors have cached of the agents' prompts.
    package func keep(_ report: PluginReported) async {
        var report = report
        if ["loaded", "reloaded", "removed"].contains(report.status) {
            let cached = await self.roster.cached(after: report)
            report.cachedTokensKept = cached?.kept
            report.cachedTokensLost = cached?.lost
        }
        self.reports["\(report.kind)/\(report.plugin)"] = report
        _ = try? await self.services.store.publish(report, source: "plugin/\(report.plugin)")
    }

    /// What was last reported of each plugin in this process.
    package func lastReports() -> [PluginReported] { Array(self.reports.values) }

    /// Brings plugins to what their files say, as a save does; nil is all of them. With `now`, agents also get their new lists of tools
    /// at their next call, whatever that costs in their vendors' caches. Gives back what to tell the person.
    package func reload(plugin: String?, now: Bool) async throws(CommandError) -> String {
        let reports = try await self.reload(plugin: plugin)
        let changed = reports.filter { $0.status != "unchanged" }.count
        var told = [
            changed == 0
                ? plugin.map { "\($0) is as its file says." } ?? "No file of a plugin has changed."
                : "\(changed == 1 ? "1 plugin" : "\(changed) plugins") changed."
        ]
        if now { told.append(await self.renewLists()) }
        return told.joined(separator: " ")
    }

    private func renewLists() async -> String {
        let renewed = await self.roster.renewLists()
        guard !renewed.isEmpty else { return "Every agent's list of tools is up to date." }
        let lost = renewed.reduce(0) { $0 + $1.lost }
        let names = renewed.map(\.name).joined(separator: ", ")
        return
            "\(names) \(renewed.count == 1 ? "gets its" : "get their") new list of tools with the next call; \(lost) cached tokens are read anew."
    }
}
