/// Files that editors put beside the one being edited, and that nobody should react to.
enum EditorDropping {
    /// Swap files of Vim and nano, backups, and what is written first and renamed then.
    private static let suffixes = [".swp", ".swo", ".swx", "~", ".tmp", ".bak", ".part", ".crswap", "___jb_tmp___", "___jb_old___"]

    /// Locks of Emacs; temporary files of GLib and of our own atomic writes; what FUSE and NFS keep of open files.
    private static let prefixes = [".#", ".goutputstream-", ".loomkin-", ".fuse_hidden", ".nfs"]

    static func matches(name: Substring) -> Bool {
        if suffixes.contains(where: name.hasSuffix) || prefixes.contains(where: name.hasPrefix) { return true }
        // Emacs saves `#name#` now and then; Vim makes `4913` to see whether it may write in the folder.
        if name == "4913" || (name.count > 2 && name.hasPrefix("#") && name.hasSuffix("#")) { return true }
        // `name.tmp.1234.abcd`: a file that is about to take the place of `name`.
        return name.firstRange(of: ".tmp.").map { name[$0.upperBound...].first?.isNumber == true } ?? false
    }
}
