import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("What headers say of limits") struct RateReportTests {
    private let now = Timestamp(seconds: 1_767_225_600)

    @Test(
        "spans, seconds and times of day",
        arguments: [
            ("1s", 1), ("6m0s", 360), ("20ms", 0.02), ("1h2m", 3720), ("12", 12), ("0.5", 0.5), ("2026-01-01T00:00:30Z", 30),
            ("2025-12-31T23:59:00Z", 0), ("1767225610", 10), ("1767225610500", 10.5),
        ])
    func seconds(text: String, seconds: Double) throws {
        let found = try #require(RateReport.seconds(text, now: now))
        #expect(abs(found - seconds) < 0.001)
    }

    @Test("nonsense says nothing", arguments: ["", "soon", "5 parsecs", "-", "1x"])
    func nonsense(text: String) { #expect(RateReport.seconds(text, now: now) == nil) }

    @Test("each vendor's names")
    func vendors() {
        #expect(RateReport(["content-type": "text/plain"], now: now) == nil)
        #expect(
            RateReport(
                [
                    "x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "1s", "x-ratelimit-remaining-tokens": "0",
                    "x-ratelimit-reset-tokens": "6m0s",
                ], now: now) == RateReport(requests: 59, requestsReset: 1, tokens: 0, tokensReset: 360))
        #expect(
            RateReport(
                [
                    "anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "2026-01-01T00:01:00Z",
                    "anthropic-ratelimit-input-tokens-remaining": "9000",
                ], now: now) == RateReport(requests: 0, requestsReset: 60, tokens: 9000, tokensReset: nil))
    }

    @Test("how long to wait: told in words, as a date, or by what is used up")
    func waiting() {
        func seconds(_ headers: HTTPHeaders, status: Int = 429) -> Double? {
            RateReport.retryAfter(HTTPResponse(status: status, headers: headers), now: now)
        }
        #expect(seconds(["retry-after": "7"]) == 7)
        #expect(seconds(["retry-after-ms": "250"]) == 0.25)
        #expect(seconds(["retry-after": "Thu, 01 Jan 2026 00:00:20 GMT"]) == 20)
        #expect(seconds(["retry-after": "later"]) == nil)
        #expect(seconds(["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "3s"]) == 3)
        #expect(seconds(["x-ratelimit-remaining-tokens": "10", "x-ratelimit-reset-tokens": "3s"]) == nil)
        #expect(seconds(["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "3s"], status: 500) == nil)
    }
}
