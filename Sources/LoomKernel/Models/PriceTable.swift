import LoomSystem
import Synchronization

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
    /// What it can do; nil where nobody says.
    package var tools: Bool?
    package var vision: Bool?
    package var reasoning: Bool?
    package var caching: Bool?
    /// `2026-10-01`, when its vendor takes it away.
    package var retires: String?
    enum CodingKeys: String, CodingKey {
        case name, context, tools, vision, reasoning, caching, retires
        case maxOutput = "max_output"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
    }

    /// Dollars for a million tokens of each class, as a ledger keeps them; nil when no price is known.
    package var price: [String: Double]? {
        guard let inputUSD, let outputUSD else { return nil }
        return [
            "input": inputUSD, "output": outputUSD, "cache_read": self.cacheReadUSD ?? inputUSD,
            "cache_write": self.cacheWriteUSD ?? inputUSD,
        ]
    }

    /// Dollars for this usage; nil when no price is known, which is not the same as free.
    package func cost(_ usage: Usage) -> Double? {
        guard let inputUSD, let outputUSD else { return nil }
        let dollars =
            Double(usage.input) * inputUSD + Double(usage.output) * outputUSD
            + Double(usage.cacheRead) * (self.cacheReadUSD ?? inputUSD) + Double(usage.cacheWrite) * (self.cacheWriteUSD ?? inputUSD)
        return dollars / 1_000_000
    }
}

/// The data file of models. Looked at when a model is asked about and not before, and then for that model's line alone: the
/// whole table would cost more than everything else that happens before the first prompt.
package final class PriceTable: Sendable {
    private let path: String?
    private let known = Mutex<[String: ModelFacts?]>([:])

    /// `path` of a CSV file whose header begins with `provider,model`; nil or an unreadable file means that nothing is known.
    package init(path: String?) { self.path = path }

    package func facts(_ model: ModelName) -> ModelFacts? {
        if let found = self.known.withLock({ $0[model.description] }) { return found }
        let lines = ModelLines(path: self.path)
        let facts = lines.first(beginning: "\(model.provider),\(model.model),").flatMap(lines.facts)
        self.known.withLock { $0[model.description] = .some(facts) }
        return facts
    }

    /// All of them, by name.
    package var all: [ModelFacts] {
        let lines = ModelLines(path: self.path)
        return lines.rows.compactMap(lines.facts).sorted { $0.name < $1.name }
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
        return ModelFacts(
            name: "\(provider):\(model)", context: cell("context_tokens").flatMap { Int($0) },
            maxOutput: cell("max_output_tokens").flatMap { Int($0) },
            inputUSD: cell("input_usd_per_million").flatMap { Double($0) },
            outputUSD: cell("output_usd_per_million").flatMap { Double($0) },
            cacheReadUSD: cell("cache_read_usd_per_million").flatMap { Double($0) },
            cacheWriteUSD: cell("cache_write_usd_per_million").flatMap { Double($0) }, tools: flag("tools"), vision: flag("vision"),
            reasoning: flag("reasoning"), caching: flag("prompt_caching"), retires: cell("retires_on"))
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    private static func cells(_ row: ArraySlice<UInt8>) -> [String] {
        row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}
