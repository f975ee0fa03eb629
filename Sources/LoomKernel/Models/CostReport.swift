/// What model calls used and cost, in groups; the dearest first.
package struct CostReport: Sendable, Hashable, Codable {
    /// What calls are grouped by.
    package enum Group: String, Sendable, Hashable, Codable, CaseIterable { case agent, team, task, model, purpose, session, day }

    package struct Row: Sendable, Hashable, Codable {
        /// The group's name; empty for calls that belong to none.
        package var name: String
        package var calls: Int
        package var usage: Usage
        /// Dollars of the calls whose price is known.
        package var costUSD: Double
        /// Calls whose price nobody knows. They are not free.
        package var unpriced: Int
        enum CodingKeys: String, CodingKey {
            case name, calls, usage, unpriced
            case costUSD = "cost_usd"
            case cached
        }

        package init(name: String, calls: Int, usage: Usage, costUSD: Double, unpriced: Int) {
            self.name = name
            self.calls = calls
            self.usage = usage
            self.costUSD = costUSD
            self.unpriced = unpriced
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                name: try values.decode(String.self, forKey: .name), calls: try values.decode(Int.self, forKey: .calls),
                usage: try values.decode(Usage.self, forKey: .usage), costUSD: try values.decode(Double.self, forKey: .costUSD),
                unpriced: try values.decode(Int.self, forKey: .unpriced))
        }

        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(self.name, forKey: .name)
            try values.encode(self.calls, forKey: .calls)
            try values.encode(self.usage, forKey: .usage)
            try values.encode(self.costUSD, forKey: .costUSD)
            try values.encode(self.unpriced, forKey: .unpriced)
            try values.encode(self.usage.cached, forKey: .cached)
        }
    }

    package let by: Group
    package let rows: [Row]
    package let total: Row

    init(by group: Group, rows: [Row]) {
        self.by = group
        self.rows = rows.sorted { ($1.costUSD, $1.usage.total, $0.name) < ($0.costUSD, $0.usage.total, $1.name) }
        self.total = rows.reduce(into: Row(name: "total", calls: 0, usage: Usage(), costUSD: 0, unpriced: 0)) { total, row in
            total.calls += row.calls
            total.usage = total.usage + row.usage
            total.costUSD += row.costUSD
            total.unpriced += row.unpriced
        }
    }
}

extension Usage {
    /// The share of what was sent that the vendor had in its cache, from 0 to 1; nil when nothing was sent.
    package var cached: Double? {
        let sent = self.input + self.cacheRead + self.cacheWrite
        return sent > 0 ? Double(self.cacheRead) / Double(sent) : nil
    }
}
