/// What this process takes of the machine now.
package struct ProcessFigures: Sendable, Hashable {
    /// Bytes in memory.
    package let residentBytes: Int
    package let descriptors: Int
    package let threads: Int

    /// What can't be read is 0.
    package init(_ files: any FileSystem) {
        var fields: [Substring: Int] = [:]
        let status = (try? files.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        for line in status.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let number = parts[1].split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) }) else { continue }
            fields[parts[0]] = number
        }
        residentBytes = (fields["VmRSS"] ?? 0) << 10
        threads = fields["Threads"] ?? 0
        // The listing itself holds one open.
        descriptors = max(0, ((try? files.list("/proc/self/fd"))?.count ?? 1) - 1)
    }
}
