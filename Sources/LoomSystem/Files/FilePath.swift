/// Pure work on the text of paths; nothing here looks at a disk.
package enum FilePath {
    package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// `path` when it is absolute, else `base/path`.
    package static func join(_ base: String, _ path: String) -> String {
        if isAbsolute(path) || base.isEmpty { return path }
        return base.utf8.last == UInt8(ascii: "/") ? base + path : "\(base)/\(path)"
    }

    /// The part after the last slash; of `a/b/` it is `b`.
    package static func name(of path: String) -> String {
        components(of: path).last ?? ""
    }

    /// The part before the last component: `.` of a bare name, `/` of what lies at the root.
    package static func parent(of path: String) -> String {
        var bytes = path.utf8[...]
        let slash = UInt8(ascii: "/")
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        guard let last = bytes.lastIndex(of: slash) else { return "." }
        bytes = bytes[..<last]
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        return bytes.isEmpty ? "/" : String(Substring(bytes))
    }

    /// What follows the last dot of the name, without the dot; empty for `.gitignore` and `README`.
    package static func `extension`(of path: String) -> String {
        let name = name(of: path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return String(name[name.index(after: dot)...])
    }

    /// The path below `root`, without a leading slash; nil when it is not there. The root itself gives an empty text.
    package static func relative(_ path: String, to root: String) -> String? {
        // By bytes: Swift takes differently normalised names for equal, Linux does not.
        if path.utf8.elementsEqual(root.utf8) { return "" }
        let prefix = root.utf8.last == UInt8(ascii: "/") ? root : root + "/"
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The parts between slashes, without empty ones and `.`; `..` is kept, since a symbolic link may stand before it.
    package static func components(of path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).compactMap { part in
            part.elementsEqual([UInt8(ascii: ".")]) ? nil : String(decoding: part, as: UTF8.self)
        }
    }

    static func isValid(_ path: String) -> Bool { !path.isEmpty && !path.utf8.contains(0) && path.utf8.count < 4096 }
}
