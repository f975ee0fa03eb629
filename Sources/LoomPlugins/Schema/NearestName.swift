import LoomKernel

/// What is said after a name that does not exist.
enum NearestName {
    /// `; did you mean "x"?`, else the list of what there is, else nothing.
    static func hint(_ name: String, in candidates: some Sequence<String>) -> String {
        let candidates = candidates.sorted()
        let near = slip(name, in: candidates)
        if !near.isEmpty || candidates.isEmpty { return near }
        return "; there is \(candidates.joined(separator: ", "))"
    }

    /// `; did you mean "x"?`, or nothing: for names that are too many to list.
    static func slip(_ name: String, in candidates: some Sequence<String>, prefix: String = "") -> String {
        nearestWord(to: name, in: candidates).map { "; did you mean \"\(prefix)\($0)\"?" } ?? ""
    }
}
