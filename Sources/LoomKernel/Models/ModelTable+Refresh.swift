package import LoomSystem

extension ModelTable {
    /// What became of asking a provider for its list.
    package struct Refreshed: Sendable, Hashable {
        package let provider: String
        /// How many models it has; nil where it has no list or did not answer.
        package let count: Int?
        package let problem: String?
    }

    /// Asks these providers, side by side, which models there are.
    package func refresh(_ providers: [any Provider]) async -> [Refreshed] {
        await withTaskGroup(of: Refreshed.self) { group in
            for provider in providers { group.addTask { await self.refresh(provider) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.provider < $1.provider }
        }
    }

    private func refresh(_ provider: any Provider) async -> Refreshed {
        do {
            guard let models = try await provider.models() else { return Refreshed(provider: provider.name, count: nil, problem: nil) }
            try self.keep(models, of: provider.name)
            return Refreshed(provider: provider.name, count: models.count, problem: nil)
        } catch {
            return Refreshed(provider: provider.name, count: nil, problem: "\(error)")
        }
    }
}

extension ModelFacts {
    /// A sentence for a model that its vendor takes away, from thirty days before on; nil otherwise.
    package func retirement(at time: Timestamp) -> String? {
        guard let retires, let date = Timestamp(iso8601: retires + "T00:00:00Z"), date - time < .seconds(30 * 86_400) else { return nil }
        return date <= time
            ? "\(self.name) was retired on \(retires): its vendor may refuse it. Choose another with /model or [model]."
            : "\(self.name) will be retired on \(retires)."
    }
}
