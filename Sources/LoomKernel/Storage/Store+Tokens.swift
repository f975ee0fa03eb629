import GRDB
import LoomSystem

/// What was learned of one kind of text.
private struct StoredRatio: Codable {
    let ratio: Double
    let doubt: Double
}

extension Store {
    /// Nil where nothing was learned of this model yet.
    package func tokenEstimate(of model: ModelName) async throws(StoreError) -> TokenEstimate? {
        try await self.read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT replies, ratios FROM token_estimate WHERE model = ?"), arguments: [model.description])
            guard let row else { return nil }
            let kinds = try JSON.parse(row["ratios"] as String).decode(as: [String: StoredRatio].self)
            return TokenEstimate(replies: row["replies"], kinds.mapValues { ($0.ratio, $0.doubt) })
        }
    }

    func keep(_ estimates: [ModelName: TokenEstimate]) async throws(StoreError) {
        try await self.transaction { transaction in
            for (model, estimate) in estimates {
                let kinds = estimate.byKind.mapValues { StoredRatio(ratio: $0.ratio, doubt: $0.doubt) }
                try transaction.db.run(
                    sql: """
                        INSERT INTO token_estimate (model, replies, ratios, changed_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (model) DO UPDATE
                        SET replies = excluded.replies, ratios = excluded.ratios, changed_at = excluded.changed_at
                        """,
                    arguments: [model.description, estimate.replies, try JSON(encoding: kinds).text(), transaction.now.iso8601])
            }
        }
    }
}

extension TokenEstimate {
    /// As it was kept. A kind that was not known then begins anew; numbers that cannot be are taken for none.
    fileprivate init(replies: Int, _ kinds: [String: (ratio: Double, doubt: Double)]) {
        self.init()
        self.replies = replies
        for kind in TextKind.allCases {
            guard let (ratio, doubt) = kinds[kind.rawValue], ratio.isFinite, doubt.isFinite else { continue }
            self.ratios[kind.index] = ratio
            self.doubts[kind.index] = doubt
        }
        self.ratios.clamp(lowerBound: Self.bounds.low, upperBound: Self.bounds.high)
        self.doubts.clamp(lowerBound: .zero, upperBound: Self.firstDoubts)
    }

    fileprivate var byKind: [String: (ratio: Double, doubt: Double)] {
        TextKind.allCases.reduce(into: [:]) { $0[$1.rawValue] = (self.ratios[$1.index], self.doubts[$1.index]) }
    }
}
