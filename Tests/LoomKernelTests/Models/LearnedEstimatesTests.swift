import GRDB
import LoomSystem
import Testing

@testable import LoomKernel

@Suite("What is learned of a model's tokens", .timeLimit(.minutes(1)))
struct LearnedEstimatesTests {
    private let model = ModelName(provider: "fake", model: "m")
    private let profile = TextProfile(String(repeating: "let value = list.map { $0 + 1 }\n", count: 100))

    private func store() throws -> Store {
        let ports = Ports(clock: ManualClock(), random: SeededRandom(seed: 1))
        return try Store(path: nil, bus: Workspace.makeBus(ports), clock: ports.clock)
    }

    private func learn(_ times: Int, with estimates: LearnedEstimates) async {
        for _ in 0..<times { await estimates.learn(.growth(self.profile, tokens: 2_800), of: "fake:m") }
    }

    @Test("is the same for the next session")
    func persistence() async throws {
        let store = try self.store()
        let first = LearnedEstimates(store: store)
        await self.learn(5, with: first)
        await first.write()
        let learned = await first.estimate(of: self.model)
        #expect(learned.replies == 5 && learned != TokenEstimate())
        #expect(await LearnedEstimates(store: store).estimate(of: self.model) == learned)
        #expect(await LearnedEstimates(store: store).estimate(of: ModelName(provider: "fake", model: "other")) == TokenEstimate())
    }

    @Test("is kept ever less often, so that a crash takes little", arguments: [(1, 1), (2, 2), (3, 2), (7, 4), (8, 8), (31, 16), (48, 48)])
    func writing(replies: Int, kept: Int) async throws {
        let store = try self.store()
        await self.learn(replies, with: LearnedEstimates(store: store))
        #expect(try await store.tokenEstimate(of: self.model)?.replies == kept)
    }

    @Test(
        "begins anew where what was kept cannot be",
        arguments: ["{}", "[]", "no JSON", #"{"words": {"ratio": "two", "doubt": 1}}"#, #"{"runes": {"ratio": 2, "doubt": 0.01}}"#])
    func unreadable(ratios: String) async throws {
        let store = try self.store()
        try await store.transaction { transaction in
            try transaction.db.execute(sql: "INSERT INTO token_estimate VALUES ('fake:m', 0, ?, '')", arguments: [ratios])
        }
        #expect(await LearnedEstimates(store: store).estimate(of: self.model) == TokenEstimate())
    }

    @Test("is bounded when it is read")
    func bounded() async throws {
        let store = try self.store()
        try await store.transaction { transaction in
            let ratios = #"{"words": {"ratio": 1000, "doubt": -3}, "marks": {"ratio": -1, "doubt": 7}}"#
            try transaction.db.execute(sql: "INSERT INTO token_estimate VALUES ('fake:m', 9, ?, '')", arguments: [ratios])
        }
        let estimate = await LearnedEstimates(store: store).estimate(of: self.model)
        #expect(estimate.ratio(.words) == 3 && estimate.ratio(.marks) == 0.3)
        #expect(estimate.doubts.min() >= 0 && estimate.doubts[TextKind.marks.index] == 0.06)
    }

    @Test("comes from what providers report, is shared by agents and sessions, and is not learned of the same text twice")
    func session() async throws {
        try await withTemporaryFolder { folder in
            let text = String(repeating: "some words of a text ", count: 300)
            // Each call is counted as half as much again as the built-in estimate says.
            let rig = Rig { call, _ in
                let prompt = call.messages.reduce(TextProfile(call.system)) { $0 + TextProfile($1) }
                let input = TokenEstimate().tokens(prompt) * 3 / 2
                return [.text("ok"), .usage(Usage(input: input / 3, output: 1, cacheRead: input - input / 3)), .stop(.end)]
            }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            for _ in 0..<3 {
                try await first.send(text)
                _ = await first.waitUntilQuiet()
            }
            let learned = await first.services.estimates.estimate(of: self.model)
            await first.close()
            #expect(learned.replies == 3)
            #expect((1.2...1.6).contains(learned.ratio(.words)))
            #expect(learned.ratio(.ideographs) == 1)
            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            #expect(await second.services.estimates.estimate(of: self.model) == learned)
            await second.close()
        }
    }
}
