/// A request and what came of it, as a line of a recording keeps them.
struct HTTPExchange: Sendable, Hashable {
    /// A part of a body, and milliseconds from the request to its coming.
    struct Piece: Sendable, Hashable {
        let time: Int
        let bytes: [UInt8]
    }

    /// Whom the request was for, `provider:model`.
    var label: String
    /// The folder that was worked in: prompts name it.
    var directory: String
    var method: String
    var url: String
    var headers: [HTTPHeaders.Field]
    /// A document where it is one, else a text.
    var body: JSON
    /// Nil when there was no answer.
    var status: Int?
    var answerHeaders: [HTTPHeaders.Field] = []
    var pieces: [Piece] = []
    /// Why the answer is not whole, or there is none.
    var failure: HTTPError?
}

// MARK: Lines

extension HTTPExchange {
    /// As JSON.
    var json: JSON {
        var members: JSON = [
            "model": .string(self.label), "directory": .string(self.directory),
            "request": [
                "method": .string(self.method), "url": .string(self.url), "headers": Self.json(self.headers), "body": self.body,
            ],
        ]
        if let status {
            let pieces = self.pieces.map { piece in
                // A body in pieces can be cut within a character; what is no text at all keeps its bytes.
                String(validating: piece.bytes, as: UTF8.self).map { ["ms": .int(Int64(piece.time)), "text": .string($0)] as JSON }
                    ?? ["ms": .int(Int64(piece.time)), "hex": .string(Hash.hex(piece.bytes))]
            }
            members["answer"] = ["status": .int(Int64(status)), "headers": Self.json(self.answerHeaders), "body": .array(pieces)]
        }
        if let failure {
            members["failure"] = ["reason": .string(failure.reason.name), "host": .string(failure.host)]
        }
        return members
    }

    private static func json(_ headers: [HTTPHeaders.Field]) -> JSON {
        .array(headers.map { [.string($0.name), .string($0.value)] })
    }

    /// Nil for what is no line of a recording.
    init?(_ json: JSON) {
        guard let request = json["request"], let method = request["method"]?.stringValue, let url = request["url"]?.stringValue else {
            return nil
        }
        self.label = json["model"]?.stringValue ?? ""
        self.directory = json["directory"]?.stringValue ?? ""
        self.method = method
        self.url = url
        self.headers = Self.fields(request["headers"])
        self.body = request["body"] ?? .null
        if let answer = json["answer"] {
            self.status = answer["status"]?.intValue
            self.answerHeaders = Self.fields(answer["headers"])
            self.pieces = (answer["body"]?.arrayValue ?? []).map { piece in
                let bytes = piece["text"]?.stringValue.map { Array($0.utf8) } ?? Self.bytes(hex: piece["hex"]?.stringValue ?? "")
                return Piece(time: piece["ms"]?.intValue ?? 0, bytes: bytes)
            }
        }
        if let failure = json["failure"] {
            self.failure = HTTPError(.init(named: failure["reason"]?.stringValue ?? ""), host: failure["host"]?.stringValue ?? "")
        }
        if self.status == nil, self.failure == nil { return nil }
    }

    private static func fields(_ json: JSON?) -> [HTTPHeaders.Field] {
        (json?.arrayValue ?? []).compactMap { field in
            guard let name = field[0]?.stringValue, let value = field[1]?.stringValue else { return nil }
            return HTTPHeaders.Field(name: name, value: value)
        }
    }

    private static func bytes(hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }
}

extension HTTPError.Reason {
    private static let plain: [(name: String, reason: HTTPError.Reason)] = [
        ("invalid url", .invalidURL), ("invalid header", .invalidHeader), ("cannot resolve", .cannotResolve),
        ("cannot connect", .cannotConnect), ("tls", .tls), ("timed out", .timedOut), ("stalled", .stalled), ("cut", .cut),
        ("too many redirects", .tooManyRedirects), ("cancelled", .cancelled),
    ]

    /// Its word in a recording; for those that say more, a sentence's end.
    fileprivate var name: String {
        switch self {
        case .tooLarge(let limit): "more than \(limit) bytes came"
        case .privateAddress(let address): "it leads to \(address)"
        case .other(let text), .notRecorded(let text): text
        default: Self.plain.first { $0.reason == self }?.name ?? "\(self)"
        }
    }

    fileprivate init(named name: String) {
        self = Self.plain.first { $0.name == name }?.reason ?? .other(name)
    }
}
