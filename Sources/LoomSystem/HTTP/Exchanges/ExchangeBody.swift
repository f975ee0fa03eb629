/// The body of a request without what differs from one run to the next.
struct ExchangeBody: Sendable, Hashable {
    /// A place where two bodies differ, `messages[2].content`, and what stands there; nil for what is missing.
    struct Difference: Sendable, Hashable {
        let place: String
        let recorded: JSON?
        let asked: JSON?
    }

    let json: JSON

    /// - Parameter directory: The folder that is worked in; another run may have another one.
    init(_ body: JSON, directory: String) { self.json = Self.plain(body, directory) }

    /// Members that only name something, anew in each run.
    private static let names: Set<String> = [
        "id", "call_id", "tool_call_id", "tool_use_id", "prompt_cache_key", "session_id", "created_at",
    ]

    private static func plain(_ value: JSON, _ directory: String) -> JSON {
        switch value {
        case .string(let text): .string(Self.plain(text, directory))
        case .array(let elements): .array(elements.map { Self.plain($0, directory) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        (name, self.names.contains(name) && value.stringValue != nil ? "#" : Self.plain(value, directory))
                    }))
        default: value
        }
    }

    private static func plain(_ text: String, _ directory: String) -> String {
        let text = directory.utf8.count > 1 ? text.replacing(directory, with: "«project»") : text
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { Self.isDigit($0) }) else { return text }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard Self.isWord(bytes[at]) else {
                plain.append(bytes[at])
                at += 1
                continue
            }
            let end = bytes[at...].firstIndex { !Self.isWord($0) } ?? bytes.count
            if let behind = Self.end(ofChanging: bytes, from: at, word: end) {
                plain.append(UInt8(ascii: "#"))
                at = behind
            } else {
                plain += bytes[at..<end]
                at = end
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Where a word ends that is an id, a time or a duration; nil for any other word.
    private static func end(ofChanging bytes: [UInt8], from start: Int, word end: Int) -> Int? {
        let word = bytes[start..<end]
        if word.count == 26, ID(String(decoding: word, as: UTF8.self)) != nil { return end }
        guard word.allSatisfy(Self.isDigit) else { return nil }
        // 2026-11-27T09:41:12.500Z
        let shape = Array("0000-00-00T00:00:00".utf8)
        if bytes.count - start >= shape.count,
            zip(shape, bytes[start...]).allSatisfy({ $0 == UInt8(ascii: "0") ? Self.isDigit($1) : $0 == $1 })
        {
            let rest = bytes[(start + shape.count)...]
            return rest.firstIndex { !Self.isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "Z") } ?? bytes.count
        }
        // 0.2 s, 15 ms
        let behind = bytes[end...].firstIndex { !Self.isDigit($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
        guard behind < bytes.count, bytes[behind] == UInt8(ascii: " ") else { return nil }
        let unit = bytes[(behind + 1)...].prefix { Self.isWord($0) }
        return [Array("s".utf8), Array("ms".utf8)].contains(Array(unit)) ? unit.endIndex : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        Self.isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
    }

    // MARK: Differences

    /// Where what is asked differs from this.
    func differences(to asked: ExchangeBody) -> [Difference] {
        var found: [Difference] = []
        Self.compare(self.json, asked.json, "", &found)
        return found
    }

    private static func compare(_ recorded: JSON?, _ asked: JSON?, _ place: String, _ found: inout [Difference]) {
        if recorded == asked { return }
        switch (recorded, asked) {
        case (.object(let old)?, .object(let new)?):
            for name in Set(old.keys).union(new.keys).sorted() {
                Self.compare(old[name], new[name], place.isEmpty ? name : "\(place).\(name)", &found)
            }
        case (.array(let old)?, .array(let new)?):
            for index in 0..<max(old.count, new.count) {
                let both = (old.indices.contains(index) ? old[index] : nil, new.indices.contains(index) ? new[index] : nil)
                Self.compare(both.0, both.1, "\(place)[\(index)]", &found)
            }
        default: found.append(Difference(place: place, recorded: recorded, asked: asked))
        }
    }
}

extension ExchangeBody.Difference: CustomStringConvertible {
    var description: String {
        let (old, new) = (Self.text(self.recorded), Self.text(self.asked))
        // Long texts from a little before the place where they part.
        let common = zip(old, new).prefix { $0 == $1 }.count
        func shown(_ text: String) -> String {
            let start = max(0, common - 20)
            return "\(start > 0 ? "…" : "")\(text.dropFirst(start).prefix(60))\(text.count > start + 60 ? "…" : "")"
        }
        return "\(self.place.isEmpty ? "the body" : self.place) was «\(shown(old))» and is «\(shown(new))»"
    }

    private static func text(_ value: JSON?) -> String { value.map { $0.stringValue ?? $0.text() } ?? "nothing" }
}
