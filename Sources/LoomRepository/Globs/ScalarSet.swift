/// What a bracket expression such as `[a-z_]` or `[!0-9]` matches: one character, never a slash.
struct ScalarSet: Sendable, Hashable {
    var isNegated = false
    var ranges: [ClosedRange<UInt32>] = []

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar != "/" else { return false }
        return ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    mutating func insert(_ scalar: Unicode.Scalar) {
        ranges.append(scalar.value...scalar.value)
    }

    /// Inserts a class such as `alpha`, as in `[[:alpha:]]`; false when there is none of that name.
    mutating func insert(classNamed name: String) -> Bool {
        guard let members = Self.classes[name] else { return false }
        ranges += members
        return true
    }

    /// The POSIX classes in the C locale, which is what git uses.
    private static let classes: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "alpha": [0x41...0x5A, 0x61...0x7A],
        "blank": [0x09...0x09, 0x20...0x20],
        "cntrl": [0x00...0x1F, 0x7F...0x7F],
        "digit": [0x30...0x39],
        "graph": [0x21...0x7E],
        "lower": [0x61...0x7A],
        "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
}
