import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The estimate of tokens")
struct TokenEstimateTests {
    @Test("learns how many bytes a token has from what the provider counts")
    func learning() {
        var estimate = TokenEstimate()
        for _ in 0..<20 { estimate.learn(estimated: estimate.tokens(String(repeating: "a", count: 4_000)), actual: 2_000) }
        #expect(abs(estimate.bytesPerToken - 2) < 0.05)
    }
}
