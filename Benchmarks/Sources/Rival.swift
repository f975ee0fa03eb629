import LoomSystem

/// Figures of the Erlang/OTP program, by name; empty where Erlang is not installed.
struct Rival: Sendable {
    private let figures: [String: Measurement]

    /// - Parameter path: the escript; nil measures without a rival.
    static func run(_ path: String?) async throws -> Rival {
        guard let path else { return Rival(figures: [:]) }
        let result = try await LiveProcessRunner().run(ProcessSpec(.program(path, arguments: []), timeout: .seconds(300)))
        guard result.succeeded else { throw BenchError("\(path) failed: \(result.errorOutput.text)") }
        var figures: [String: Measurement] = [:]
        for line in result.output.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 4, let median = Double(words[1]), let p99 = Double(words[2]), let best = Double(words[3]) else {
                throw BenchError("\(path) printed «\(line)», which is no figure.")
            }
            figures[String(words[0])] = Measurement(samples: [best, median, p99], cpu: 0)
        }
        return Rival(figures: figures)
    }

    subscript(name: String) -> Measurement? { self.figures[name] }
}

/// Why nothing could be measured, in one sentence.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
