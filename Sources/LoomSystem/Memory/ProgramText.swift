import Glibc

/// The machine code of this program as it is mapped into memory.
package enum ProgramText {
    /// Gives back the pages that only the start needed.
    ///
    /// A start touches a few hundred pages all over the program, and the kernel maps the fifteen around each as well: most of
    /// the text, though little of it is used again. The pages are clean and stay in the page cache; one that is wanted after
    /// all comes back by a minor fault. Where `/proc` cannot be read, nothing happens.
    package static func releaseUnused() {
        for (start, length) in self.mappings() { madvise(UnsafeMutableRawPointer(bitPattern: start), length, MADV_DONTNEED) }
    }

    /// Address and bytes of each executable mapping of the program's own file. They are never written to, so dropping their
    /// pages loses nothing.
    static func mappings() -> [(start: UInt, length: Int)] {
        let files = LiveFileSystem()
        guard let program = try? files.realPath("/proc/self/exe"), let bytes = try? files.read("/proc/self/maps") else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }) == program else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[1] > ends[0] else { return nil }
            return (ends[0], Int(ends[1] - ends[0]))
        }
    }
}
