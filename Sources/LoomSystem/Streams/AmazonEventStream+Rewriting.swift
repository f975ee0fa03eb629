extension AmazonEventStream {
    /// The messages with their texts changed, and lengths and checksums that fit; nil for bytes that are no whole messages.
    static func rewritten(_ bytes: [UInt8], by change: (String) -> String) -> [UInt8]? {
        var stream = AmazonEventStream()
        var written: [UInt8] = []
        do throws(FramingError) {
            try stream.read(bytes) { (headers, payload) throws(FramingError) in
                written += message(try rewritten(headers, by: change), changed(payload, by: change))
            }
            try stream.finish()
        } catch {
            return nil
        }
        return written
    }

    private static func rewritten(_ headers: ArraySlice<UInt8>, by change: (String) -> String) throws(FramingError) -> [UInt8] {
        var reader = HeaderReader(rest: headers)
        var written: [UInt8] = []
        while case let rest = reader.rest, !rest.isEmpty {
            let (name, text) = try reader.header()
            if let text {
                let text = changed(text, by: change)
                written += [UInt8(name.count)] + name + [7] + bytes(text.count, 2) + text
            } else {
                written += rest.prefix(rest.count - reader.rest.count)
            }
        }
        return written
    }

    private static func changed(_ bytes: ArraySlice<UInt8>, by change: (String) -> String) -> [UInt8] {
        String(validating: bytes, as: UTF8.self).map { Array(change($0).utf8) } ?? Array(bytes)
    }

    private static func message(_ headers: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        let lengths = bytes(preludeSize + headers.count + payload.count + checksumSize, 4) + bytes(headers.count, 4)
        let message = lengths + bytes(Int(Hash.crc32(lengths)), 4) + headers + payload
        return message + bytes(Int(Hash.crc32(message)), 4)
    }

    /// Big-endian.
    private static func bytes(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
