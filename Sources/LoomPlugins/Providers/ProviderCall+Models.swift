import LoomKernel
import LoomSystem

extension ProviderCall {
    /// What the provider's server lists; nil where the plugin knows of no list.
    func models() async throws(ModelFailure) -> [ModelFacts]? {
        guard let functions = provider.definition.models else { return nil }
        var asked: JSON = [
            "base_url": account.baseURL.map { .string($0) } ?? .null, "settings": .object(account.settings.mapValues { .string($0) }),
        ]
        asked["signed_in"] = account.isSignedIn ? true : nil
        let (response, key) = try await answer(to: functions.request, asked) { request, made in
            request.method = made["method"]?.stringValue ?? "GET"
            // A list that takes longer is of no use to a person who waits for it. On this machine it is there at once, or something else is.
            request.totalTimeout = .seconds(provider.isLocal ? 1 : 10)
        }
        guard response.isSuccess else { throw await failure(response, key: key) }
        let body = await text(of: response, upTo: 16 << 20, key: key)
        let rows = try await lua(.plain(functions.decode), [.string(body)], context: context()).first?.arrayValue ?? []
        return rows.compactMap { ModelFacts(row: $0, provider: provider.name) }
    }
}

extension ModelFacts {
    /// From a row of a plugin's list: `{ name =, context =, max_output =, tools =, vision =, reasoning =, input_usd =, … }`.
    init?(row: JSON, provider: String) {
        guard let model = row["name"]?.stringValue, !model.isEmpty else { return nil }
        // What nobody can mean is as good as not said.
        func tokens(_ field: String) -> Int? { row[field]?.intValue.flatMap { (1...1_000_000_000).contains($0) ? $0 : nil } }
        func price(_ field: String) -> Double? { row[field]?.doubleValue.flatMap { (0...1_000_000).contains($0) ? $0 : nil } }
        self.init(
            name: "\(provider):\(model)", context: tokens("context"), maxOutput: tokens("max_output"), inputUSD: price("input_usd"),
            outputUSD: price("output_usd"))
        (cacheReadUSD, cacheWriteUSD) = (price("cache_read_usd"), price("cache_write_usd"))
        tools = row["tools"]?.boolValue
        vision = row["vision"]?.boolValue
        (reasoning, api) = (row["reasoning"]?.boolValue, row["api"]?.stringValue.flatMap(API.init))
    }
}
