/// Takes out of an exchange what nobody may read.
struct ExchangeSecrets: Sendable {
    static let mark = "[key]"

    /// The values of the request's own headers that prove who asks: servers repeat them in errors.
    private let used: [String]
    /// Takes out the secrets that are known besides.
    private let others: @Sendable (String) -> String

    init(of request: HTTPRequest, others: @escaping @Sendable (String) -> String) {
        self.others = others
        self.used = request.headers.filter { Self.isSecret(header: $0.name) }.compactMap { field in
            // "Bearer …": what follows the scheme. A short one is a stand-in that some servers want, and would be found everywhere.
            field.value.split(separator: " ").last.flatMap { $0.utf8.count >= 8 ? String($0) : nil }
        }
    }

    func redact(_ text: String) -> String {
        self.others(self.used.reduce(text) { text, key in text.contains(key) ? text.replacing(key, with: Self.mark) : text })
    }

    func redact(_ headers: HTTPHeaders, ofAnswer isAnswer: Bool) -> [HTTPHeaders.Field] {
        headers.map { field in
            let isHidden = isAnswer ? field.name.lowercased().contains("cookie") : Self.isSecret(header: field.name)
            return HTTPHeaders.Field(name: field.name, value: isHidden ? Self.mark : self.redact(field.value))
        }
    }

    /// A document where it is one.
    func redact(body: [UInt8]) -> JSON {
        let text = self.redact(String(decoding: body, as: UTF8.self))
        return (try? JSON.parse(text)) ?? .string(text)
    }

    /// The pieces with what they make together redacted: a secret may come in two of them.
    func redact(_ pieces: [HTTPExchange.Piece], _ framing: StreamFraming) -> [HTTPExchange.Piece] {
        let bytes = pieces.flatMap(\.bytes)
        let whole = String(decoding: bytes, as: UTF8.self)
        let redacted = self.redact(whole)
        guard redacted != whole, let last = pieces.last else { return Self.cutAtCharacters(pieces) }
        let messages = framing == .amazon ? self.messages(bytes) : nil
        return [HTTPExchange.Piece(time: last.time, bytes: messages ?? Array(redacted.utf8))]
    }

    /// With other texts in them, Amazon's messages have other lengths and checksums. Nil where a secret stands in what is no text of theirs.
    private func messages(_ bytes: [UInt8]) -> [UInt8]? {
        guard let messages = AmazonEventStream.rewritten(bytes, by: { self.redact($0) }) else { return nil }
        let text = String(decoding: messages, as: UTF8.self)
        return self.redact(text) == text ? messages : nil
    }

    /// Moves the beginning of a character to the piece with its end.
    private static func cutAtCharacters(_ pieces: [HTTPExchange.Piece]) -> [HTTPExchange.Piece] {
        var rest: [UInt8] = []
        var cut = pieces.map { piece in
            var bytes = rest + piece.bytes
            // Nothing of more than three bytes is an incomplete character.
            let lead = bytes.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
            let length = bytes.isEmpty ? 0 : bytes[lead] >= 0xF0 ? 4 : bytes[lead] >= 0xE0 ? 3 : bytes[lead] >= 0xC0 ? 2 : 1
            rest = lead + length > bytes.count ? Array(bytes[lead...]) : []
            bytes.removeLast(rest.count)
            return HTTPExchange.Piece(time: piece.time, bytes: bytes)
        }
        if !rest.isEmpty, let last = cut.popLast() { cut.append(HTTPExchange.Piece(time: last.time, bytes: last.bytes + rest)) }
        return cut.filter { !$0.bytes.isEmpty }
    }

    /// A URL without name, password and the keys that some vendors want in it.
    func redact(url: String) -> String {
        var url = url
        if let scheme = url.firstRange(of: "://") {
            let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            if let at = authority.lastIndex(of: "@") { url.removeSubrange(scheme.upperBound...at) }
        }
        guard let question = url.firstIndex(of: "?") else { return self.redact(url) }
        let items = url[url.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).map { item in
            let name = item.prefix { $0 != "=" }
            return Self.isSecret(header: String(name)) || name == "sig" ? "\(name)=\(Self.mark)" : String(item)
        }
        return self.redact("\(url[..<question])?\(items.joined(separator: "&"))")
    }

    private static func isSecret(header name: String) -> Bool {
        let name = name.lowercased()
        return ["auth", "key", "token", "secret", "cookie", "signature", "credential"].contains { name.contains($0) }
    }
}
