extension Workspace {
    /// Takes over what was set while the session runs. A setting that is the same as before stays what it has become since: a preset
    /// that a person chose goes on. Running agents keep their models.
    package func reconfigure(_ new: Configuration) async {
        let old = self.configuration
        let keys = Self.changes(from: old, to: new)
        let news = new.notices.filter { !old.notices.contains($0) }
        guard !keys.isEmpty || !news.isEmpty else { return }
        self.services.liveConfiguration.update { configuration in
            let fallback = configuration.fallbackModel
            configuration = new
            configuration.fallbackModel = fallback
        }
        let isPresetNew = keys.contains("permissions.preset")
        self.services.permissions.set(rules: new.rules, preset: isPresetNew ? new.permissions : nil)
        await self.services.questions.reconsider()
        if keys.contains("budget.session_usd") { self.services.budget.setLimit(session: new.sessionBudgetUSD) }
        if keys.contains("budget.agent_usd") { self.services.budget.setLimit(agent: new.agentBudgetUSD) }
        let store = self.services.store
        if isPresetNew {
            let origin = new.origins["permissions.preset"] ?? old.origins["permissions.preset"] ?? "configuration"
            do {
                try await self.setPermissions(new.permissions, by: origin)
            } catch {
                let text = "The preset \(new.permissions.rawValue) counts until the session ends, for it cannot be kept: \(error)"
                self.bus.publish(Notice(level: "error", text: text), source: "kernel")
            }
        }
        for notice in news { _ = try? await store.publish(Notice(level: "warning", text: notice), source: "kernel") }
        if !keys.isEmpty { _ = try? await store.publish(ConfigurationChanged(keys: keys), source: "kernel") }
    }

    /// The keys that say something else than before, sorted.
    private static func changes(from old: Configuration, to new: Configuration) -> [String] {
        var keys = Set(old.values.keys).union(new.values.keys).filter { old.values[$0] != new.values[$0] }
        // Rules of several layers add up, so the value of one says little.
        for verdict in [Verdict.allow, .ask, .deny] {
            let texts = [old, new].map { $0.rules.filter { $0.verdict == verdict }.map(\.description) }
            if texts[0] != texts[1] { keys.insert("permissions.\(verdict.rawValue)") }
        }
        return keys.sorted()
    }
}
