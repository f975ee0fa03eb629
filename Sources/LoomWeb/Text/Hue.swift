/// One hue an agent, the same in every window and after every restart; the stylesheet has the eight colours.
enum Hue {
    static let count: UInt32 = 8

    /// A class of the stylesheet, by FNV-1a of the name.
    static func of(_ name: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "hue\((hash ^ hash >> 16) % self.count)"
    }
}
