/// The word most like `text`, for "did you mean"; nil when none is near.
package func nearestWord(to text: String, in words: some Sequence<String>) -> String? {
    let found = words.map { (word: $0, distance: editDistance(Array(text.lowercased().utf8), Array($0.lowercased().utf8))) }
        .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
    guard let found, found.distance <= max(1, min(4, text.utf8.count / 2)) else { return nil }
    return found.word
}

/// «There is no role «codr». Did you mean coder? Roles: coder, lead.»
/// - Parameter kind: what the names name, one of them, in lower case.
package func absence(of kind: String, _ name: String, among names: [String]) -> String {
    let nearest = nearestWord(to: name, in: names).map { " Did you mean \($0)?" } ?? ""
    let all = names.isEmpty ? "There are none." : "\(kind.prefix(1).uppercased())\(kind.dropFirst())s: \(names.joined(separator: ", "))."
    return "There is no \(kind) «\(name)».\(nearest) \(all)"
}

/// Levenshtein's distance, with a swap of neighbours as one step.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var twoBack: [Int] = []
    var back = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            row[j] = min(back[j] + 1, row[j - 1] + 1, back[j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], twoBack[j - 2] + 1) }
        }
        (twoBack, back) = (back, row)
    }
    return back[b.count]
}
