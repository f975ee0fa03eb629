/// What `/proc` says of processes.
enum ProcessTable {
    struct Entry {
        let group: Int32
        let startTime: UInt64
        /// Not a zombie, which only waits to be collected by its parent.
        let isAlive: Bool
    }

    static let boot: String = {
        let bytes = (try? LiveFileSystem().read("/proc/sys/kernel/random/boot_id")) ?? []
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }()

    static func entry(_ pid: Int32) -> Entry? {
        guard let bytes = try? LiveFileSystem().read("/proc/\(pid)/stat", limit: 1 << 16) else { return nil }
        // The program's name stands in brackets and may hold spaces and brackets itself: what counts follows the last one.
        guard let bracket = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(bracket + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 19, let group = Int32(fields[2]), let startTime = UInt64(fields[19]) else { return nil }
        return Entry(group: group, startTime: startTime, isAlive: fields[0] != "Z" && fields[0] != "X")
    }

    /// True also when there is no `/proc` to ask.
    static func hasLiveMember(ofGroup group: Int32) -> Bool {
        guard let entries = try? LiveFileSystem().list("/proc") else { return true }
        return entries.contains { file in
            guard let pid = Int32(file.name), let entry = entry(pid) else { return false }
            return entry.group == group && entry.isAlive
        }
    }
}
