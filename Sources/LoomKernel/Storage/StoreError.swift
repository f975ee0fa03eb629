import GRDB

/// Why the database could not be used.
package enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case newer(path: String)
    case damaged(path: String)
    case notWritable(path: String)
    case busy(path: String)
    case noSpace(path: String)
    case failed(path: String, reason: String)
    /// The database is well, what was asked of it is not allowed.
    case refused(reason: String)

    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as InboxFull: self = .refused(reason: error.description)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .notWritable(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
            case .SQLITE_FULL: self = .noSpace(path: path)
            default: self = .failed(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
            }
        case is CancellationError: self = .refused(reason: "It was cancelled.")
        default: self = .failed(path: path, reason: "\(error)")
        }
    }

    package var description: String {
        switch self {
        case .newer(let path):
            "The database \(path) was written by a newer loomkin. Update loomkin, or move the file away to start anew."
        case .damaged(let path):
            "The database \(path) is damaged. Move it away to start anew, or try «sqlite3 FILE .recover» to save what it holds."
        case .notWritable(let path): "The database \(path) cannot be written. Check the rights of the folder."
        case .busy(let path): "The database \(path) is in use by another program. Try again when it has finished."
        case .noSpace(let path): "The disk is full, so \(path) cannot grow. Free some space; nothing that was acknowledged is lost."
        case .refused(let reason): reason
        case .failed(let path, let reason): "The database \(path) failed: \(reason)."
        }
    }
}
