import LoomPlugins
import LoomREPL
import LoomSystem

/// Shows what came of specs: what failed with what was wanted, then the count. Colours only where they are seen.
struct SpecPrinter {
    let isJSON: Bool
    let isWatching: Bool
    let traits: TerminalTraits

    private struct Row: Encodable {
        let spec: String
        let name: String?
        let status: String
        let path: String?
        let line: Int?
        let error: String?
        let wanted: String?
        let got: String?
        let output: [String]
        let milliseconds: Double
    }

    func show(_ reports: [SpecReport]) throws {
        let results = reports.flatMap(\.results)
        if self.isJSON {
            let rows = results.map { result in
                Row(
                    spec: result.spec.path, name: result.name, status: result.failure == nil ? "passed" : "failed",
                    path: result.failure?.path, line: result.failure?.line, error: result.failure?.message,
                    wanted: result.failure?.wanted, got: result.failure?.got, output: result.output,
                    milliseconds: (result.milliseconds * 100).rounded() / 100)
            }
            return give(try JSON(encoding: rows).text(pretty: !self.isWatching))
        }
        for result in results where result.failure != nil || !result.output.isEmpty { self.show(result) }
        let failed = results.count { $0.failure != nil }
        let count = "\(results.count - failed) passed, \(failed) failed"
        give(self.painted(count, failed == 0 ? .green : .red))
    }

    func waiting() {
        guard !self.isJSON else { return }
        give(self.painted("Waiting for a save; Ctrl-C ends.", .grey))
    }

    private func show(_ result: SpecResult) {
        let name = result.name ?? "the spec cannot be loaded"
        if let failure = result.failure {
            let mark = self.painted(self.traits.utf8 ? "✗" : "FAIL", .red)
            let place = failure.line.map { "\(failure.path):\($0)" } ?? failure.path
            give("\(mark) " + "\(place): \(name)".printable)
            if let wanted = failure.wanted {
                self.part("wanted", wanted)
                self.part("got   ", failure.got)
            } else {
                self.indented(failure.message)
            }
            if failure.wanted != nil, failure.message != "not equal" { self.indented(failure.message) }
        } else {
            say("\(result.spec.path): \(name)")
        }
        for line in result.output { give(self.painted("    | \(line)", .grey)) }
    }

    /// A value on one line, or below its word when it has several.
    private func part(_ word: String, _ value: String?) {
        guard let value else { return }
        guard value.contains("\n") else { return say("    \(word) \(value)") }
        say("    \(word)")
        for line in value.split(separator: "\n", omittingEmptySubsequences: false) { say("      \(line)") }
    }

    private func indented(_ text: String) {
        for line in text.split(separator: "\n") { say("    \(line)") }
    }

    private enum Colour: String {
        case red = "31"
        case green = "32"
        case grey = "90"
    }

    private func painted(_ text: String, _ colour: Colour) -> String {
        self.traits.colour ? "\u{1B}[\(colour.rawValue)m\(text.printable)\u{1B}[0m" : text.printable
    }
}
