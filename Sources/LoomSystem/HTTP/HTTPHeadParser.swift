struct HTTPResponseHead: Sendable {
    var status: Int
    var headers: HTTPHeaders
}

/// Puts a response's head together from the lines that curl hands out, passing over interim 1xx heads.
struct HTTPHeadParser {
    /// The last complete head.
    private(set) var response: HTTPResponseHead?
    private var status = 0
    private var fields: [HTTPHeaders.Field] = []

    /// The head when this line completes it.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> HTTPResponseHead? {
        let line = String(decoding: bytes, as: UTF8.self).trimmed
        if line.hasPrefix("HTTP/") {
            let parts = line.split(separator: " ", maxSplits: 2)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            fields = []
            return nil
        }
        if line.isEmpty {
            guard status >= 200 else { return nil }
            let head = HTTPResponseHead(status: status, headers: HTTPHeaders(fields))
            response = head
            // So that trailers after the body don't make a second head.
            status = 0
            return head
        }
        if let colon = line.firstIndex(of: ":") {
            fields.append(HTTPHeaders.Field(name: String(line[..<colon]).trimmed, value: String(line[line.index(after: colon)...]).trimmed))
        }
        return nil
    }
}

extension String {
    /// Without the spaces, tabs and line ends around it.
    fileprivate var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        return String(decoding: Array(utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()), as: UTF8.self)
    }
}
