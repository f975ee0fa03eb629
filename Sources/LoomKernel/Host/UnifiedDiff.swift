import LoomSystem

/// The difference of two texts by lines, in the unified form.
package struct UnifiedDiff: Sendable, Hashable {
    package let added: Int
    package let removed: Int
    private let path: String
    private let hunks: [String]

    /// Texts past this many lines are compared by their changed middle only: the search for the shortest script is quadratic
    /// in the number of changes.
    private static let fineLimit = 4_000

    package init(from old: String, to new: String, path: String) {
        self.path = path
        let a = old.lines
        let b = new.lines
        var prefix = 0
        while prefix < a.count, prefix < b.count, a[prefix] == b[prefix] { prefix += 1 }
        var suffix = 0
        while suffix < a.count - prefix, suffix < b.count - prefix, a[a.count - 1 - suffix] == b[b.count - 1 - suffix] { suffix += 1 }
        let middleA = Array(a[prefix..<(a.count - suffix)])
        let middleB = Array(b[prefix..<(b.count - suffix)])
        let steps = Self.steps(middleA, middleB)
        self.added = steps.count { $0.mark == "+" }
        self.removed = steps.count { $0.mark == "-" }
        let before = a[max(0, prefix - 3)..<prefix].map { Step(mark: " ", line: $0) }
        let after = a[(a.count - suffix)..<min(a.count, a.count - suffix + 3)].map { Step(mark: " ", line: $0) }
        self.hunks = steps.isEmpty ? [] : Self.hunks(before + steps + after, first: prefix - before.count)
    }

    /// With file names; longer texts are cut with a line that says so.
    package func text(limit: Int) -> String {
        guard !self.hunks.isEmpty else { return "" }
        let whole = "--- \(self.path)\n+++ \(self.path)\n" + self.hunks.joined()
        guard whole.utf8.count > limit else { return whole }
        return String(decoding: Array(whole.utf8.prefix(limit)), as: UTF8.self) + "\n… (\(whole.utf8.count) bytes in all)\n"
    }

    private struct Step: Hashable {
        let mark: Character
        let line: Substring
    }

    private static func steps(_ a: [Substring], _ b: [Substring]) -> [Step] {
        guard a.count + b.count <= self.fineLimit else {
            return a.map { Step(mark: "-", line: $0) } + b.map { Step(mark: "+", line: $0) }
        }
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in b.difference(from: a) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var steps: [Step] = []
        var i = 0
        var j = 0
        while i < a.count || j < b.count {
            if i < a.count, removed.contains(i) {
                steps.append(Step(mark: "-", line: a[i]))
                i += 1
            } else if j < b.count, inserted.contains(j) {
                steps.append(Step(mark: "+", line: b[j]))
                j += 1
            } else {
                steps.append(Step(mark: " ", line: a[i]))
                i += 1
                j += 1
            }
        }
        return steps
    }

    /// Cuts runs of more than six unchanged lines, so that each hunk has three around its changes.
    private static func hunks(_ steps: [Step], first: Int) -> [String] {
        var hunks: [String] = []
        var current: [Step] = []
        var quiet = 0
        var (oldLine, newLine) = (first, first)
        var (oldStart, newStart) = (first, first)
        func close(dropping extra: Int) {
            let kept = current.dropLast(max(0, extra))
            guard kept.contains(where: { $0.mark != " " }) else { return }
            let old = kept.count { $0.mark != "+" }
            let new = kept.count { $0.mark != "-" }
            let head = "@@ -\(old == 0 ? oldStart : oldStart + 1),\(old) +\(new == 0 ? newStart : newStart + 1),\(new) @@\n"
            hunks.append(head + kept.map { "\($0.mark)\($0.line)\n" }.joined())
        }
        for step in steps {
            if step.mark == " " { quiet += 1 } else { quiet = 0 }
            if quiet > 6 {
                close(dropping: quiet - 1 - 3)
                current = current.suffix(2)
                (oldStart, newStart) = (oldLine - 2, newLine - 2)
                quiet = 3
            }
            current.append(step)
            if step.mark != "+" { oldLine += 1 }
            if step.mark != "-" { newLine += 1 }
        }
        close(dropping: quiet - 3)
        return hunks
    }
}
