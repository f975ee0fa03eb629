import LoomKernel
import LoomSystem

/// What an HTTP answer that is no success means, where the plugin does not say it itself.
enum HTTPFailure {
    /// `body` is what arrived of it, without any key.
    static func failure(provider: String, status: Int, retryAfter: Double?, body: String) -> ModelFailure {
        let reason = reason(in: body)
        let said = reason.map { ": \($0)" } ?? ""
        let what = "\(provider) answered HTTP \(status)\(said)"
        switch status {
        case 200..<300:
            return ModelFailure(.server, "\(provider) answered with an error\(said)")
        case 401, 403:
            return ModelFailure(.auth, what, hint: "Check the key of \(provider).")
        case 402:
            return ModelFailure(.quota, what, hint: "Check the balance of the account at \(provider).")
        case 404:
            return ModelFailure(.invalid, what, hint: "Check the model's name and the base URL.")
        case 413:
            return ModelFailure(.contextTooLong, what)
        case 408, 409, 425, 500, 502, 504, 520...524:
            return ModelFailure(.server, what, retryAfter: retryAfter)
        case 429:
            return ModelFailure(.rateLimited, what, retryAfter: retryAfter)
        case 503, 529:
            return ModelFailure(.overloaded, what, retryAfter: retryAfter)
        case 505...599:
            return ModelFailure(.server, what, retryAfter: retryAfter)
        default:
            return ModelFailure(isAboutLength(body) ? .contextTooLong : .invalid, what)
        }
    }

    /// The sentence of an error body, as the vendors' dialects have it, else its first line.
    static func reason(in body: String) -> String? {
        if let json = try? JSON.parse(body) {
            let candidates = [json["error"]?["message"], json["message"], json["error"], json["detail"], json[0]?["error"]?["message"]]
            if let text = candidates.lazy.compactMap({ $0?.stringValue }).first(where: { !$0.isEmpty }) { return cut(text) }
        }
        let line = body.trimmed.split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty || line.hasPrefix("<") ? nil : cut(line)
    }

    private static func isAboutLength(_ body: String) -> Bool {
        let body = body.lowercased()
        return ["context_length_exceeded", "maximum context length", "prompt is too long", "context window"].contains { body.contains($0) }
    }

    private static func cut(_ text: String) -> String {
        text.count > 400 ? text.prefix(400) + "..." : text
    }
}
