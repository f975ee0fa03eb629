import Glibc
import LoomSystem

/// What was typed in this project before, one entry a line. Entries are appended, so that two sessions side by side keep
/// each other's; only its owner may read the file.
///
/// The file lies in a folder that a project may bring along. One that is a link, or somebody else's, is no history: nothing is
/// read from it and nothing is written to it, for it could lead to any file of the user.
package struct HistoryFile: Sendable {
    private static let kept = 1000
    let path: String

    package init(path: String) { self.path = path }

    /// The newest entries, oldest first. A file that is missing or can't be read is no history.
    func load() -> [String] {
        let lines = self.read().split(separator: "\n", omittingEmptySubsequences: true)
        if lines.count > 2 * Self.kept { self.rewrite(lines.suffix(Self.kept)) }
        return lines.suffix(Self.kept).map { Self.unescape($0) }
    }

    /// An entry that begins with a space is not remembered: that is how a person keeps something out.
    func append(_ entry: String) {
        guard !entry.isEmpty, !entry.hasPrefix(" ") else { return }
        guard let file = self.open(O_WRONLY | O_APPEND | O_CREAT) else { return }
        defer { close(file) }
        fchmod(file, 0o600)
        _ = writeAll(Self.escape(entry) + "\n", to: file)
    }

    static func escape(_ entry: String) -> String {
        String(
            entry.unicodeScalars.flatMap { scalar -> [Character] in
                switch scalar {
                case "\\": ["\\", "\\"]
                case "\n": ["\\", "n"]
                case "\r": ["\\", "r"]
                default: [Character(scalar)]
                }
            })
    }

    static func unescape(_ line: some StringProtocol) -> String {
        var scalars = String.UnicodeScalarView()
        var escaped = false
        for scalar in line.unicodeScalars {
            if escaped {
                scalars.append(scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar)
                escaped = false
            } else if scalar == "\\" {
                escaped = true
            } else {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Only a file, and only the user's own; the caller closes it.
    private func open(_ flags: Int32) -> Int32? {
        // Without waiting, which a pipe would do until somebody is at its other end.
        let file = Glibc.open(self.path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_uid == geteuid() else {
            close(file)
            return nil
        }
        return file
    }

    private func read() -> String {
        guard let file = self.open(O_RDONLY) else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func rewrite(_ lines: some Sequence<Substring>) {
        // A name that nobody knew before, and a file that was not there: what lies beside the history is not written through.
        let draft = "\(self.path).\(Hash.token(bytes: 9))"
        let file = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let isWritten = writeAll(lines.map { $0 + "\n" }.joined(), to: file)
        close(file)
        if isWritten { rename(draft, self.path) } else { unlink(draft) }
    }
}
