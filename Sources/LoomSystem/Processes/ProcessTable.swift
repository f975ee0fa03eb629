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

    /// The groups of live processes whose environment, as it was when they were started, holds this setting. Those of other
    /// users cannot be looked into, and are none of ours.
    static func groups(withSetting name: String, _ value: String) -> Set<Int32> {
        let wanted = Array("\(name)=\(value)".utf8)
        var groups: Set<Int32> = []
        for file in (try? LiveFileSystem().list("/proc")) ?? [] {
            guard let pid = Int32(file.name), let environment = try? LiveFileSystem().read("/proc/\(pid)/environ") else { continue }
            guard environment.split(separator: 0).contains(where: { $0.elementsEqual(wanted) }) else { continue }
            if let entry = entry(pid), entry.isAlive { groups.insert(entry.group) }
        }
        return groups
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
