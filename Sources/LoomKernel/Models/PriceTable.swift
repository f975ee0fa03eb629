import Foundation
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
    enum CodingKeys: String, CodingKey {
        case name, context
        case maxOutput = "max_output"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
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

/// The data file of models, read when the first model is asked about and not before.
package final class PriceTable: Sendable {
    private let path: String?
    private let table = Mutex<[String: ModelFacts]?>(nil)

    /// `path` of a CSV file with a header line; nil or an unreadable file means that nothing is known.
    package init(path: String?) { self.path = path }

    package func facts(_ model: ModelName) -> ModelFacts? { self.loaded()[model.description] }

    /// All of them, by name.
    package var all: [ModelFacts] { self.loaded().values.sorted { $0.name < $1.name } }

    private func loaded() -> [String: ModelFacts] {
        self.table.withLock { table in
            if let table { return table }
            let fresh = Self.read(self.path)
            table = fresh
            return fresh
        }
    }

    private static func read(_ path: String?) -> [String: ModelFacts] {
        guard let path, let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
        var lines = text.split(whereSeparator: \.isNewline).makeIterator()
        guard let header = lines.next()?.split(separator: ",", omittingEmptySubsequences: false) else { return [:] }
        let columns = Dictionary(header.enumerated().map { (String($1), $0) }, uniquingKeysWith: { first, _ in first })
        var found: [String: ModelFacts] = [:]
        while let line = lines.next() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            func cell(_ name: String) -> Substring? {
                guard let index = columns[name], index < cells.count, !cells[index].isEmpty else { return nil }
                return cells[index]
            }
            guard let provider = cell("provider"), let model = cell("model") else { continue }
            let name = "\(provider):\(model)"
            found[name] = ModelFacts(
                name: name, context: cell("context_tokens").flatMap { Int($0) },
                maxOutput: cell("max_output_tokens").flatMap { Int($0) },
                inputUSD: cell("input_usd_per_million").flatMap { Double($0) },
                outputUSD: cell("output_usd_per_million").flatMap { Double($0) },
                cacheReadUSD: cell("cache_read_usd_per_million").flatMap { Double($0) },
                cacheWriteUSD: cell("cache_write_usd_per_million").flatMap { Double($0) })
        }
        return found
    }
}
