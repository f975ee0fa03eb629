import LoomKernel
import LoomSystem

extension RateReport {
    /// What the headers of an answer say of requests and tokens; nil when they say nothing. Vendors name them alike but count time
    /// differently: OpenAI and Groq in spans (`1m2.5s`), Anthropic in times of day, others in seconds.
    init?(_ headers: HTTPHeaders, now: Timestamp) {
        self.init()
        for (count, reset) in [
            ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
            ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"), ("ratelimit-remaining", "ratelimit-reset"),
        ] {
            guard requests == nil, let left = headers[count].flatMap({ Int($0) }) else { continue }
            (requests, requestsReset) = (left, Self.seconds(headers[reset], now: now))
        }
        for (count, reset) in [
            ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
            ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
            ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ] {
            guard tokens == nil, let left = headers[count].flatMap({ Int($0) }) else { continue }
            (tokens, tokensReset) = (left, Self.seconds(headers[reset], now: now))
        }
        if requests == nil, tokens == nil { return nil }
    }

    /// Seconds until a time that is written as a span, as seconds, or as a time of day.
    static func seconds(_ text: String?, now: Timestamp) -> Double? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        if let seconds = Double(text) {
            // More than a year is no span: it is a time of day, in seconds or milliseconds since 1970.
            guard seconds > 31_536_000 else { return max(0, seconds) }
            let time = seconds > 1e11 ? seconds / 1_000 : seconds
            return max(0, time - Double(now.nanoseconds) / 1e9)
        }
        if let time = Timestamp(iso8601: text) { return max(0, (time - now).inSeconds) }
        return span(text)
    }

    /// `6m0s`, `1.5s`, `20ms`, `1h2m`.
    private static func span(_ text: String) -> Double? {
        let units: [(name: String, seconds: Double)] = [("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1), ("d", 86_400)]
        var rest = Substring(text)
        var sum = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let amount = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
            rest = rest.dropFirst(unit.name.count)
            sum += amount * unit.seconds
        }
        return sum
    }

    /// How long an answer that is no success asks to wait: `retry-after-ms`, `retry-after` in seconds or as a date, or until what is used
    /// up is whole again.
    static func retryAfter(_ response: HTTPResponse, now: Timestamp) -> Double? {
        let headers = response.headers
        if let milliseconds = headers["retry-after-ms"].flatMap({ Double($0) }) { return max(0, milliseconds / 1_000) }
        guard let text = headers["retry-after"]?.trimmed else {
            guard response.status == 429, let report = RateReport(headers, now: now) else { return nil }
            return [(report.requests, report.requestsReset), (report.tokens, report.tokensReset)].compactMap { $0 == 0 ? $1 : nil }.max()
        }
        return Double(text).map { max(0, $0) } ?? Timestamp(httpDate: text).map { max(0, ($0 - now).inSeconds) }
    }
}
