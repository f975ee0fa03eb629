import Glibc

/// An address of IP version 4 or 6.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16.
    private let bytes: [UInt8]

    /// From figures, such as `10.0.0.1` or `fe80::1`; nil for a name.
    package init?(_ text: String) {
        // A zone behind a percent sign says which network card, and not what kind of address it is.
        let text = String(text.prefix { $0 != "%" })
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    /// From what a connection is made to; nil for what is no network address.
    init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var four = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        case AF_INET6:
            var six = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        default: return nil
        }
    }

    private init(four: ArraySlice<UInt8>) { bytes = Array(four) }

    /// False for this machine, private and local networks, and what is no single machine (RFC 6890).
    package var isPublic: Bool {
        if bytes.count == 4 { return !Self.reserved.contains { bytes.begins(with: $0.prefix, bits: $0.bits) } }
        // Those that stand for an address of version 4 are as public as that is.
        for (prefix, bits, place) in Self.embedding where bytes.begins(with: prefix, bits: bits) {
            return NetworkAddress(four: bytes[place..<place + 4]).isPublic
        }
        return bytes[0] & 0xE0 == 0x20
    }

    private static let reserved: [(prefix: [UInt8], bits: Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24), ([192, 168], 16),
        ([198, 18], 15), ([224], 3),
    ]

    /// Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16), with where the four bytes stand.
    private static let embedding: [(prefix: [UInt8], bits: Int, place: Int)] = [
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96, 12), ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12),
        ([0x20, 0x02], 16, 2),
    ]

    package var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        return bytes.withUnsafeBytes { raw in
            inet_ntop(AF_INET6, raw.baseAddress, &text, socklen_t(text.count)).map { String(cString: $0) } ?? "an address"
        }
    }
}

extension [UInt8] {
    fileprivate func begins(with prefix: [UInt8], bits: Int) -> Bool {
        for (index, byte) in prefix.enumerated() {
            let left = Swift.min(8, bits - index * 8)
            guard left > 0 else { break }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            if self[index] & mask != byte & mask { return false }
        }
        return true
    }
}
