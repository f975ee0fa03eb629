package import LoomSystem
import Synchronization

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
