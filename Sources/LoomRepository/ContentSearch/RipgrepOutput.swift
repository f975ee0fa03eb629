import LoomSystem

/// Reads what ripgrep writes, line by line, into a collector.
struct RipgrepOutput: Sendable {
    private let mode: ContentQuery.Mode
    /// Makes ripgrep's path one that is relative to the root; nil for a file that is not wanted.
    private let rename: @Sendable (_ path: String) -> String?
    var collector: MatchCollector

    init(_ query: ContentQuery, rename: @escaping @Sendable (String) -> String?) {
        mode = query.mode
        collector = MatchCollector(query)
        self.rename = rename
    }

    /// Takes one line and says whether to go on.
    mutating func take(_ line: [UInt8]) -> Bool {
        if mode == .content { return takeEvent(line) }
        // A path, NUL, the number of matching lines.
        let parts = line.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(String(decoding: parts[1], as: UTF8.self)),
            let path = rename(String(decoding: parts[0], as: UTF8.self))
        else { return true }
        return collector.addFile(path: path, matchCount: count)
    }

    private mutating func takeEvent(_ line: [UInt8]) -> Bool {
        guard let event = try? JSON.parse(line), let type = event["type"]?.stringValue, type == "match" || type == "context",
            let data = event["data"], let path = Self.text(data["path"]).flatMap(rename), let text = Self.text(data["lines"]),
            let number = data["line_number"]?.intValue
        else { return true }
        if type == "context" {
            collector.addContext(path: path, number: number, text: text)
            return true
        }
        return collector.addMatch(path: path, number: number, text: text, at: data["submatches"]?[0]?["start"]?.intValue ?? 0)
    }

    /// ripgrep gives `{"text": …}`, or `{"bytes": base64}` for what is not UTF-8.
    private static func text(_ value: JSON?) -> String? {
        if let text = value?["text"]?.stringValue { return text }
        return (value?["bytes"]?.stringValue).map { String(decoding: decodeBase64($0), as: UTF8.self) }
    }

    private static func decodeBase64(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: continue
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
