import LoomSystem
import Testing

@testable import LoomKernel

@Suite("A unified diff")
struct UnifiedDiffTests {
    @Test("shows three lines around a change")
    func oneHunk() {
        let old = (1...10).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 5\n", with: "five\nand a half\n")
        let diff = UnifiedDiff(from: old, to: new, path: "f")
        #expect((diff.added, diff.removed) == (2, 1))
        #expect(
            diff.text(limit: 10_000) == """
                --- f
                +++ f
                @@ -2,7 +2,8 @@
                 line 2
                 line 3
                 line 4
                -line 5
                +five
                +and a half
                 line 6
                 line 7
                 line 8

                """)
    }

    @Test("is what patch(1) understands, for random edits", arguments: 0..<60)
    func patches(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var lines = (0..<random.next(in: 0...60)).map { "l\($0 % 7)" }
        let old = lines.map { $0 + "\n" }.joined()
        for _ in 0..<random.next(in: 1...6) {
            let at = random.next(in: 0...lines.count)
            if random.next(in: 0...1) == 0 || at == lines.count {
                lines.insert("n\(random.next(in: 0...9))", at: at)
            } else {
                lines.remove(at: at)
            }
        }
        let new = lines.map { $0 + "\n" }.joined()
        let diff = UnifiedDiff(from: old, to: new, path: "f")
        #expect(apply(diff.text(limit: 1 << 20), to: old) == new, "seed \(seed)")
    }

    @Test("is empty for equal texts, and whole for a new file")
    func edges() {
        #expect(UnifiedDiff(from: "a\n", to: "a\n", path: "f").text(limit: 100).isEmpty)
        #expect(UnifiedDiff(from: "", to: "a\nb\n", path: "f").text(limit: 100) == "--- f\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n")
        #expect(UnifiedDiff(from: "a\n", to: "", path: "f").text(limit: 100) == "--- f\n+++ f\n@@ -1,1 +0,0 @@\n-a\n")
    }

    /// Applies hunks by their line numbers, as strictly as a patch program without fuzz; nil when they do not fit.
    private func apply(_ diff: String, to old: String) -> String? {
        var source = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if source.last == "" { source.removeLast() }
        var result: [String] = []
        var position = 0
        for line in diff.split(separator: "\n").map(String.init) {
            if line.hasPrefix("---") || line.hasPrefix("+++") { continue }
            if line.hasPrefix("@@") {
                let numbers = line.split(separator: " ")[1].dropFirst().split(separator: ",").compactMap { Int($0) }
                let start = numbers[1] == 0 ? numbers[0] : numbers[0] - 1
                guard start >= position, start <= source.count else { return nil }
                result += source[position..<start]
                position = start
                continue
            }
            let text = String(line.dropFirst())
            if line.first != "+" {
                guard position < source.count, source[position] == text else { return nil }
                position += 1
            }
            if line.first != "-" { result.append(text) }
        }
        result += source[position...]
        return result.map { $0 + "\n" }.joined()
    }
}
