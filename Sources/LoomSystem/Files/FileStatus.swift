import Glibc

package enum FileKind: String, Sendable, Hashable, Codable {
    case file
    case directory
    case symlink
    /// A pipe, socket or device.
    case other
}

/// What the file system knows about a file without reading it.
package struct FileStatus: Sendable, Hashable {
    package var kind: FileKind
    /// In bytes.
    package var size: Int
    package var modified: Timestamp
    /// The permission bits, as 0o644.
    package var mode: UInt32
    package var inode: UInt64
    package var device: UInt64
    /// The number of the user it belongs to.
    package var owner: UInt32

    /// Without an owner it is this process's user's.
    package init(
        kind: FileKind, size: Int, modified: Timestamp, mode: UInt32, inode: UInt64, device: UInt64 = 0, owner: UInt32 = geteuid()
    ) {
        self.kind = kind
        self.size = size
        self.modified = modified
        self.mode = mode
        self.inode = inode
        self.device = device
        self.owner = owner
    }

    /// Whether nobody else can read or change it.
    package var isPrivate: Bool { mode & 0o077 == 0 }

    /// Whether it belongs to the user that this process acts for.
    package var isOwn: Bool { owner == geteuid() }

    package var isExecutable: Bool { mode & 0o111 != 0 }
}

package struct DirectoryEntry: Sendable, Hashable {
    package let name: String
    package let kind: FileKind

    package init(name: String, kind: FileKind) {
        self.name = name
        self.kind = kind
    }
}
