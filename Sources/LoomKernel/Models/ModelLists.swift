package import LoomSystem

/// What providers said of their own models when they were last asked: a file for each, which may be deleted at any time.
package struct ModelLists: Sendable {
    private let folder: String
    private let files: any FileSystem

    /// `folder` is the user's (`$XDG_CACHE_HOME/loomkin/models`).
    package init(folder: String, files: any FileSystem) {
        self.folder = folder
        self.files = files
    }

    /// Nil when the provider was never asked.
    package func models(of provider: String) -> [ModelFacts]? {
        guard let bytes = try? self.files.read(self.path(provider)), let json = try? JSON.parse(bytes) else { return nil }
        return try? json.decode(as: [ModelFacts].self)
    }

    /// When it was asked last.
    package func time(of provider: String) -> Timestamp? { try? self.files.status(of: self.path(provider)).modified }

    package func keep(_ models: [ModelFacts], of provider: String) throws(FileError) {
        let text = (try? JSON(encoding: models).text(pretty: true)) ?? "[]"
        try self.files.write(text + "\n", to: self.path(provider), options: WriteOptions(createsParents: true))
    }

    private func path(_ provider: String) -> String { "\(self.folder)/\(provider).json" }
}

extension ModelFacts {
    /// With what the provider itself says, which knows best what its server takes. Prices are seldom in such lists.
    func updated(by own: ModelFacts) -> ModelFacts {
        var facts = self
        facts.context = own.context ?? self.context
        facts.maxOutput = own.maxOutput ?? self.maxOutput
        facts.inputUSD = self.inputUSD ?? own.inputUSD
        facts.outputUSD = self.outputUSD ?? own.outputUSD
        facts.cacheReadUSD = self.cacheReadUSD ?? own.cacheReadUSD
        facts.cacheWriteUSD = self.cacheWriteUSD ?? own.cacheWriteUSD
        facts.tools = own.tools ?? self.tools
        facts.vision = own.vision ?? self.vision
        facts.reasoning = own.reasoning ?? self.reasoning
        facts.api = own.api ?? self.api
        return facts
    }
}
