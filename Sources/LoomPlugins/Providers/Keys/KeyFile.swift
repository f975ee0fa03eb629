import LoomKernel
import LoomSystem

/// A file that only its user can read.
enum KeyFile {
    struct Fault: Error, Hashable, CustomStringConvertible {
        /// What is wrong, and what to do; it holds nothing of the file.
        let description: String
    }

    /// Its first line.
    static func key(_ path: String, shown: String, files: any FileSystem) throws(Fault) -> Secret {
        let text = String(decoding: try bytes(path, shown: shown, limit: 64 << 10, files: files), as: UTF8.self)
        guard let secret = Secret(text.split(whereSeparator: \.isNewline).first.map(String.init)) else {
            throw Fault(description: "write the key into \(shown), which is empty")
        }
        return secret
    }

    /// What it holds. What was judged is what is read, also when the file is replaced meanwhile.
    static func bytes(_ path: String, shown: String, limit: Int, files: any FileSystem) throws(Fault) -> [UInt8] {
        let file: any OpenFile
        let status: FileStatus
        do throws(FileError) {
            file = try files.open(path)
            status = try file.status
        } catch {
            throw unreadable(error, shown)
        }
        guard status.isOwn else {
            throw Fault(description: "use a file of your own in place of \(shown), which belongs to another user")
        }
        guard status.isPrivate else {
            throw Fault(description: "run «chmod 600 \(quoted(shown))»: others can read that file, so it does not count")
        }
        do throws(FileError) {
            guard status.size <= limit else { throw FileError(.tooLarge(limit: limit), path: path) }
            return try file.read(at: 0, count: limit)
        } catch {
            throw unreadable(error, shown)
        }
    }

    private static func unreadable(_ error: FileError, _ shown: String) -> Fault {
        Fault(description: "correct the file: \(FileError(error.reason, path: shown).description.droppingPeriod)")
    }

    /// As a shell takes it, also with a space in it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || "~/._-+@".contains(character))
        }
        return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}

extension String {
    fileprivate var droppingPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}
