/// Why something with a file did not work, and which file it was.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case notFound
        case alreadyExists
        case permissionDenied
        case isDirectory
        case notDirectory
        case notEmpty
        /// A pipe, socket or device: reading or replacing it could block or do harm.
        case notRegularFile
        case tooLarge(limit: Int)
        case noSpace
        case readOnly
        case tooManySymlinks
        case invalidPath
        case outsideProject
        /// Any other `errno`, with the system's words for it.
        case other(code: Int32, text: String)
    }

    package let reason: Reason
    package let path: String

    package init(_ reason: Reason, path: String) {
        self.reason = reason
        self.path = path
    }

    package var description: String {
        switch reason {
        case .notFound: "\(path) does not exist."
        case .alreadyExists: "\(path) already exists."
        case .permissionDenied: "\(path) can't be used: permission denied."
        case .isDirectory: "\(path) is a directory, not a file."
        case .notDirectory: "\(path) is not a directory, or a part of its path is not."
        case .notEmpty: "\(path) is a directory that is not empty."
        case .notRegularFile: "\(path) is not a regular file but a pipe, socket or device."
        case .tooLarge(let limit): "\(path) is larger than the \(limit) bytes that may be read at once; read a part of it."
        case .noSpace: "\(path) can't be written: the disk or the quota is full."
        case .readOnly: "\(path) can't be written: the file system is read-only."
        case .tooManySymlinks: "\(path) leads through too many symbolic links, perhaps in a circle."
        case .invalidPath: "The path \(JSON.string(path).text()) is empty, contains a NUL, or is too long."
        case .outsideProject: "\(path) is outside the project."
        case .other(_, let text): "\(path) can't be used: \(text)."
        }
    }
}
