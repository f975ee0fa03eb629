import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The estimate of tokens")
struct TokenEstimateTests {
    /// A model's tokenizer as the estimate sees it: so many tokens for one of each kind.
    private struct MadeUpModel {
        let ratios: [TextKind: Double]

        init(_ random: SeededRandom) {
            self.ratios = TextKind.allCases.reduce(into: [:]) { $0[$1] = Double(random.next(in: 60...180)) / 100 }
        }

        func tokens(_ profile: TextProfile) -> Int {
            Int(TextKind.allCases.reduce(0) { $0 + profile[$1] * (self.ratios[$1] ?? 1) } + profile.opaque)
        }
    }

    /// A text of which most is of one kind, as source, data and prose are.
    private func profile(_ random: SeededRandom) -> TextProfile {
        var profile = TextProfile()
        let most = TextKind.allCases[random.next(in: 0...TextKind.allCases.count - 1)]
        for kind in TextKind.allCases { profile[kind] = Double(random.next(in: 0...(kind == most ? 2_000 : 200))) }
        return profile
    }

    @Test("comes to what a model counts, for every kind of text", arguments: 0..<40)
    func learning(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let model = MadeUpModel(random)
        var estimate = TokenEstimate()
        for _ in 0..<400 {
            let profile = self.profile(random)
            estimate.learn(.growth(profile, tokens: model.tokens(profile)))
        }
        for kind in TextKind.allCases {
            let truth = model.ratios[kind] ?? 1
            #expect(abs(estimate.ratio(kind) - truth) < 0.1 * truth, "\(kind), seed \(seed): \(estimate.ratio(kind)) for \(truth)")
        }
        let next = self.profile(random)
        let truth = Double(model.tokens(next))
        #expect(abs(Double(estimate.tokens(next)) - truth) <= 0.05 * truth + 1, "seed \(seed)")
    }

    @Test("stays within its bounds whatever is reported", arguments: 0..<40)
    func bounds(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var estimate = TokenEstimate()
        for _ in 0..<200 {
            let profile = self.profile(random)
            let tokens = [0, -7, 1, 90, estimate.tokens(profile) / 3, estimate.tokens(profile) * 3, 1_000_000_000, .max]
            let reported = tokens[random.next(in: 0...tokens.count - 1)]
            estimate.learn(random.next(in: 0...1) == 0 ? .whole(profile, tokens: reported) : .growth(profile, tokens: reported))
            estimate.see(profile, tokens: reported)
            for kind in TextKind.allCases {
                let place = kind.index
                let isWithin = (TokenEstimate.bounds.low[place]...TokenEstimate.bounds.high[place]).contains(estimate.ratio(kind))
                #expect(isWithin, "\(kind), seed \(seed): \(estimate.ratio(kind))")
                #expect((0...TokenEstimate.firstDoubts[place]).contains(estimate.doubts[place]), "\(kind), seed \(seed)")
            }
            #expect(estimate.tokens(profile) >= 0 && (0.25...4).contains(estimate.seen), "seed \(seed)")
        }
    }

    @Test("is not spoiled by one absurd count", arguments: [0, 1, 100_000, Int.max, Int.min])
    func absurd(tokens: Int) {
        let profile = TextProfile(String(repeating: "some words of a text ", count: 200))
        var estimate = TokenEstimate()
        estimate.learn(.growth(profile, tokens: tokens))
        #expect(estimate == TokenEstimate())
    }

    @Test("takes an unlikely count for less than it says once it knows better")
    func outlier() {
        let profile = TextProfile(String(repeating: "some words of a text ", count: 200))
        var estimate = TokenEstimate()
        for _ in 0..<50 { estimate.learn(.growth(profile, tokens: 1_000)) }
        let before = estimate.tokens(profile)
        estimate.learn(.growth(profile, tokens: 3_000))
        #expect(abs(before - 1_000) < 20)
        #expect(estimate.tokens(profile) - before < 20)
    }

    @Test("learns nothing of what is mostly a picture, and counts it all the same")
    func pictures() {
        var profile = TextProfile(String(repeating: "some words of a text ", count: 50))
        profile.opaque = 1_500
        var estimate = TokenEstimate()
        estimate.learn(.whole(profile, tokens: 4_000))
        #expect(estimate == TokenEstimate())
        #expect(estimate.tokens(profile) > 1_500)
    }

    @Test("learns of code without changing what it knows of Chinese")
    func kinds() {
        let code = TextProfile(String(repeating: "let value = list.map { $0 + 1 }\n", count: 100))
        var estimate = TokenEstimate()
        for _ in 0..<20 { estimate.learn(.growth(code, tokens: estimate.tokens(code) * 5 / 4)) }
        #expect(estimate.ratio(.words) > 1.1 && estimate.ratio(.marks) > 1.1)
        #expect(estimate.ratio(.ideographs) == 1 && estimate.ratio(.alphabets) == 1)
    }

    @Test("is what the provider said for what it has seen, and the estimate for the rest")
    func seen() {
        let text = String(repeating: "some words of a text ", count: 200)
        let profile = TextProfile(text)
        var estimate = TokenEstimate()
        estimate.see(profile, tokens: 1_234)
        #expect(estimate.seenTokens(profile) == 1_234)
        #expect(estimate.tokens(profile) == TokenEstimate().tokens(text))
    }
}
