import Glibc

/// The program and its libraries as they are mapped into memory: their code and constants.
package enum MappedFiles {
    /// Gives back the pages that only the start needed.
    ///
    /// A start touches hundreds of pages all over the program and its libraries, and the kernel maps the fifteen around each as
    /// well: most of them, though few are used again. The pages stay in the page cache; one that is wanted after all comes back
    /// by a minor fault. Where `/proc` cannot be read, nothing happens.
    package static func releaseUnused() {
        for (start, length) in self.unchanged() { madvise(UnsafeMutableRawPointer(bitPattern: start), length, MADV_DONTNEED) }
    }

    /// Address and bytes of each mapping of a file that cannot be written to and in which nothing was ever changed (what the
    /// linker has filled in was), so that dropping its pages loses nothing.
    static func unchanged() -> [(start: UInt, length: Int)] {
        guard let bytes = try? LiveFileSystem().read("/proc/self/smaps") else { return [] }
        var found: [(start: UInt, length: Int)] = []
        var current: (start: UInt, length: Int)?
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            if let range = fields.first, !range.hasSuffix(":") {
                if let current { found.append(current) }
                current = Self.fixedFile(fields)
            } else if ["Anonymous:", "Swap:"].contains(fields.first), fields.count > 1, fields[1] != "0" {
                current = nil
            }
        }
        if let current { found.append(current) }
        return found
    }

    /// From the first line of a mapping; nil for one that can be written to or is no file's.
    private static func fixedFile(_ fields: [Substring]) -> (start: UInt, length: Int)? {
        guard fields.count == 6, ["r-xp", "r--p"].contains(fields[1]), fields[5].trimmingPrefix(while: { $0 == " " }).hasPrefix("/")
        else { return nil }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[1] > ends[0] else { return nil }
        return (ends[0], Int(ends[1] - ends[0]))
    }
}
