import LoomSystem

/// What was learned of each model's tokens: shared by all agents of a workspace, and kept in its database. A model's row is read when that
/// model is asked for the first time, so that a start costs nothing.
package actor LearnedEstimates {
    private let store: Store
    private var known: [ModelName: TokenEstimate] = [:]
    private var unwritten: Set<ModelName> = []

    package init(store: Store) { self.store = store }

    package func estimate(of model: ModelName) async -> TokenEstimate {
        if let estimate = self.known[model] { return estimate }
        let stored = try? await self.store.tokenEstimate(of: model)
        // Somebody else may have asked meanwhile, and learned.
        let estimate = self.known[model] ?? stored ?? TokenEstimate()
        self.known[model] = estimate
        return estimate
    }

    /// - Parameter origin: the model that counted, `provider:model`; one that nobody knows teaches nothing.
    func learn(_ sample: TokenEstimate.Sample, of origin: String?) async {
        guard let model = origin.flatMap({ ModelName($0) }) else { return }
        _ = await self.estimate(of: model)
        var estimate = self.known[model] ?? TokenEstimate()
        let before = estimate.replies
        estimate.learn(sample)
        let replies = estimate.replies
        guard replies > before else { return }
        self.known[model] = estimate
        self.unwritten.insert(model)
        // Ever less is new: after 1, 2, 4, 8 replies, and then every sixteenth. What a crash takes is learned again.
        if replies.nonzeroBitCount == 1 || replies.isMultiple(of: 16) { await self.write() }
    }

    /// Keeps what is not kept yet.
    func write() async {
        let models = self.unwritten
        self.unwritten = []
        let estimates = models.reduce(into: [:]) { $0[$1] = self.known[$1] }
        guard !estimates.isEmpty else { return }
        // Without it the next session learns anew, which is no reason to disturb this one.
        try? await self.store.keep(estimates)
    }
}
