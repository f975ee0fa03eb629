/// One line of `loomkin-watch`.
enum WatchLine: Sendable, Hashable {
    case ready
    /// Something was made, written or deleted: which of them, only the file itself can say by now.
    case changed(String)
    case overflow
    case limit(String)
    case gone(String)

    /// Nil for a line of a newer program that this one knows nothing of.
    init?(_ line: some Collection<UInt8>) {
        let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first else { return nil }
        let path = parts.count == 2 ? Self.unescape(parts[1]) : ""
        switch String(decoding: kind, as: UTF8.self) {
        case "ready": self = .ready
        case "overflow": self = .overflow
        case "create", "write", "delete": self = .changed(path)
        case "limit": self = .limit(path)
        case "gone": self = .gone(path)
        default: return nil
        }
    }

    private static func unescape(_ bytes: some Collection<UInt8>) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if !isEscaped, byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            switch (isEscaped, byte) {
            case (true, UInt8(ascii: "t")): plain.append(UInt8(ascii: "\t"))
            case (true, UInt8(ascii: "n")): plain.append(UInt8(ascii: "\n"))
            case (true, UInt8(ascii: "r")): plain.append(UInt8(ascii: "\r"))
            default: plain.append(byte)
            }
            isEscaped = false
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
