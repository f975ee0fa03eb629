extension Hash {
    private static let crcTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }

    /// The checksum of IEEE 802.3, gzip and Amazon's event streams. It shows damage, not forgery.
    package static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { value, byte in crcTable[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
    }
}
