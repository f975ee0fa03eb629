package import LoomSystem
import Synchronization

/// Dollars for a million tokens of a prompt that is longer than usual, as a whole. Vendors price the output of such a call higher too.
package struct LongPromptPrice: Sendable, Hashable, Codable {
    /// Tokens of the prompt, cached ones too: with more than these the prices hold.
    package var aboveTokens: Int
    package var inputUSD: Double
    package var outputUSD: Double
    package var cacheReadUSD: Double?
    package var cacheWriteUSD: Double?

    enum CodingKeys: String, CodingKey {
        case aboveTokens = "above_tokens"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
    }

    package init(aboveTokens: Int, inputUSD: Double, outputUSD: Double, cacheReadUSD: Double? = nil, cacheWriteUSD: Double? = nil) {
        self.aboveTokens = aboveTokens
        self.inputUSD = inputUSD
        self.outputUSD = outputUSD
        self.cacheReadUSD = cacheReadUSD
        self.cacheWriteUSD = cacheWriteUSD
    }

    /// `200000:2.5/15/0.25/4.5`, as the data file has it: limit, input, output, cache read, cache write. Nil where that is damaged.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let above = Int(parts[0]) else { return nil }
        let prices = parts[1].split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        guard prices.count == 4, let input = prices[0], let output = prices[1] else { return nil }
        self.init(aboveTokens: above, inputUSD: input, outputUSD: output, cacheReadUSD: prices[2], cacheWriteUSD: prices[3])
    }
}

/// What is known of a model.
package struct ModelFacts: Sendable, Hashable, Codable {
    package var name: String
    /// Tokens.
    package var context: Int?
    package var maxOutput: Int?
    /// Dollars for a million tokens.
    package var inputUSD: Double?
    package var outputUSD: Double?
    package var cacheReadUSD: Double?
    package var cacheWriteUSD: Double?
    /// By rising limits; nil where a long prompt costs what a short one does.
    package var longPrompts: [LongPromptPrice]?
    /// What it can do; nil where nobody says.
    package var tools: Bool?
    package var vision: Bool?
    package var reasoning: Bool?
    package var caching: Bool?
    /// Nil where it has to be told to think, or nobody says.
    package var thinking: Thinking?
    /// How much it may be told to think, in its vendor's words; nil where nobody says.
    package var efforts: [String]?
    /// False where it takes neither temperature nor top_p; nil where nobody says.
    package var sampling: Bool?
    /// Which of its provider's APIs serves it, where there are several.
    package var api: API?
    /// `2026-10-01`, when its vendor takes it away.
    package var retires: String?

    /// Whether a model thinks without being told to; from the second it can be kept.
    package enum Thinking: String, Sendable, Codable { case always, `default` }

    /// OpenAI's two, which others have too.
    package enum API: String, Sendable, Codable { case chat, responses }

    package init(name: String, context: Int? = nil, maxOutput: Int? = nil, inputUSD: Double? = nil, outputUSD: Double? = nil) {
        self.name = name
        self.context = context
        self.maxOutput = maxOutput
        self.inputUSD = inputUSD
        self.outputUSD = outputUSD
    }

    enum CodingKeys: String, CodingKey {
        case name, context, tools, vision, reasoning, caching, thinking, efforts, sampling, api, retires
        case maxOutput = "max_output"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
        case longPrompts = "long_prompts"
    }

    /// Dollars for a million tokens of each class in a call of this usage, as a ledger keeps them; nil when no price is known.
    package func price(of usage: Usage) -> [String: Double]? {
        guard let inputUSD, let outputUSD else { return nil }
        let prompt = usage.input + usage.cacheRead + usage.cacheWrite
        let long = self.longPrompts?.last { prompt > $0.aboveTokens }
        let input = long?.inputUSD ?? inputUSD
        return [
            "input": input, "output": long?.outputUSD ?? outputUSD, "cache_read": long?.cacheReadUSD ?? self.cacheReadUSD ?? input,
            "cache_write": long?.cacheWriteUSD ?? self.cacheWriteUSD ?? input,
        ]
    }

    /// Dollars for this usage; nil when no price is known, which is not the same as free.
    package func cost(_ usage: Usage) -> Double? {
        guard let price = self.price(of: usage) else { return nil }
        let tokens = [("input", usage.input), ("output", usage.output), ("cache_read", usage.cacheRead), ("cache_write", usage.cacheWrite)]
        return tokens.reduce(0) { dollars, kind in dollars + Double(kind.1) * (price[kind.0] ?? 0) } / 1_000_000
    }
}

/// The data file of models. Looked at when a model is asked about and not before, and then for that model's line alone: the
/// whole table would cost more than everything else that happens before the first prompt.
package final class ModelTable: Sendable {
    private let path: String?
    private let lists: ModelLists?
    private let known = Mutex<[String: ModelFacts?]>([:])
    /// The lists of providers that were looked at.
    private let listed = Mutex<[String: [String: ModelFacts]]>([:])

    /// - Parameters:
    ///   - path: a CSV file whose header begins with `provider,model`; nil or an unreadable file means that nothing is known.
    ///   - lists: what providers said themselves.
    package init(path: String?, lists: ModelLists? = nil) {
        self.path = path
        self.lists = lists
    }

    package func facts(_ model: ModelName) -> ModelFacts? {
        if let found = self.known.withLock({ $0[model.description] }) { return found }
        let lines = ModelLines(path: self.path)
        let row = lines.first(beginning: "\(model.provider),\(model.model),").flatMap(lines.facts)
        let own = self.list(of: model.provider)?[model.description]
        let facts = own.map { row?.updated(by: $0) ?? $0 } ?? row
        self.known.withLock { $0[model.description] = .some(facts) }
        return facts
    }

    /// All of these providers, by name. Of one that was asked for its list, what is not in it cannot be had with that key and is left out,
    /// unless `isWhole`.
    package func all(of providers: Set<String>, isWhole: Bool = false) -> [ModelFacts] {
        let lines = ModelLines(path: self.path)
        var found = Dictionary(lines.rows.compactMap(lines.facts).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        found = found.filter { name, _ in providers.contains(String(name.prefix { $0 != ":" })) }
        for provider in providers {
            guard let list = self.list(of: provider) else { continue }
            if !isWhole { found = found.filter { name, _ in !name.hasPrefix(provider + ":") || list[name] != nil } }
            for (name, own) in list { found[name] = found[name]?.updated(by: own) ?? own }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// When the provider was asked for its list; nil when it never was.
    package func listTime(of provider: String) -> Timestamp? { self.lists?.time(of: provider) }

    /// Keeps what a provider says of its models.
    package func keep(_ models: [ModelFacts], of provider: String) throws(FileError) {
        try self.lists?.keep(models, of: provider)
        self.listed.withLock { $0[provider] = nil }
        self.known.withLock { known in known = known.filter { !$0.key.hasPrefix(provider + ":") } }
    }

    private func list(of provider: String) -> [String: ModelFacts]? {
        if let list = self.listed.withLock({ $0[provider] }) { return list }
        guard let models = self.lists?.models(of: provider) else { return nil }
        let list = Dictionary(models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.listed.withLock { $0[provider] = list }
        return list
    }
}

/// The lines of the data file, as bytes: cutting up two thousand lines of text takes milliseconds.
private struct ModelLines {
    private let bytes: [UInt8]
    private let columns: [String: Int]
    private let start: Int

    init(path: String?) {
        self.bytes = path.flatMap { try? LiveFileSystem().read($0) } ?? []
        let header = self.bytes.prefix { !Self.isEnd($0) }
        self.start = header.endIndex
        self.columns = Dictionary(Self.cells(header).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var rows: [ArraySlice<UInt8>] { self.bytes[self.start...].split(whereSeparator: Self.isEnd) }

    func first(beginning text: String) -> ArraySlice<UInt8>? {
        let wanted = Array(text.utf8)
        var line = self.start
        while line < self.bytes.endIndex {
            if self.bytes[line...].starts(with: wanted) { return self.bytes[line...].prefix { !Self.isEnd($0) } }
            line = (self.bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? self.bytes.endIndex - 1) + 1
        }
        return nil
    }

    func facts(_ row: ArraySlice<UInt8>) -> ModelFacts? {
        let cells = Self.cells(row)
        func cell(_ name: String) -> String? {
            guard let index = self.columns[name], index < cells.count, !cells[index].isEmpty else { return nil }
            return cells[index]
        }
        func flag(_ name: String) -> Bool? { cell(name).map { $0 == "1" } }
        guard let provider = cell("provider"), let model = cell("model") else { return nil }
        func number(_ name: String) -> Double? { cell(name).flatMap { Double($0) } }
        var facts = ModelFacts(
            name: "\(provider):\(model)", context: cell("context_tokens").flatMap { Int($0) },
            maxOutput: cell("max_output_tokens").flatMap { Int($0) }, inputUSD: number("input_usd_per_million"),
            outputUSD: number("output_usd_per_million"))
        (facts.cacheReadUSD, facts.cacheWriteUSD) = (number("cache_read_usd_per_million"), number("cache_write_usd_per_million"))
        facts.longPrompts = cell("long_prompts").map { $0.split(separator: ";").compactMap { LongPromptPrice($0) } }
        (facts.tools, facts.vision, facts.reasoning) = (flag("tools"), flag("vision"), flag("reasoning"))
        (facts.caching, facts.retires) = (flag("prompt_caching"), cell("retires_on"))
        (facts.efforts, facts.sampling) = (cell("efforts")?.split(separator: " ").map(String.init), flag("sampling"))
        (facts.api, facts.thinking) = (cell("api").flatMap(ModelFacts.API.init), cell("thinking").flatMap(ModelFacts.Thinking.init))
        return facts
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private static func cells(_ row: ArraySlice<UInt8>) -> [String] {
        row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
