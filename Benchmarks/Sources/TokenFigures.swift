import LoomKernel
import LoomSystem

/// How far the estimate of tokens is from what real tokenizers count, before and after it has learned.
enum TokenFigures {
    private struct Counted {
        let kind: String
        let text: String
        let profile: TextProfile
        let tokens: Int
    }

    /// What a made-up vendor adds to each prompt and each message, as real ones do.
    private static let added = (prompt: 300, message: 5)
    private static let perPrompt = 20

    /// - Parameters:
    ///   - folder: the project's.
    ///   - python: an interpreter with the tokenizers, whose vocabularies lie in `vocabularies`.
    static func rows(_ folder: String, python: String, vocabularies: String) async throws -> [Row] {
        let texts = try await TokenTexts.all(folder)
        let counts = try await Self.count(texts.map(\.text), python, "\(folder)/Benchmarks/tokens.py", vocabularies)
        var rows: [Row] = []
        for (name, tokens) in counts.sorted(by: { $0.key < $1.key }) {
            guard tokens.count == texts.count else { throw BenchError("\(name) counted \(tokens.count) of \(texts.count) texts.") }
            let counted = zip(texts, tokens).map { Counted(kind: $0.kind, text: $0.text, profile: TextProfile($0.text), tokens: $1) }
            rows += Self.rows(name, counted, isWhole: name == "cl100k_base")
        }
        return rows + [try await Self.speed(texts.map(\.text))]
    }

    private static func count(
        _ texts: [String], _ python: String, _ script: String, _ vocabularies: String
    ) async throws -> [String: [Int]] {
        let result = try await LiveProcessRunner().run(
            ProcessSpec(
                .program(python, arguments: [script, "count", vocabularies]), input: Array(try JSON(encoding: texts).text().utf8),
                timeout: .seconds(300)))
        guard result.succeeded else { throw BenchError("\(script) failed: \(result.errorOutput.text)") }
        return try JSON.parse(result.output.text).decode(as: [String: [Int]].self)
    }

    // MARK: Learning and judging

    /// - Parameter isWhole: a row for each kind of text, not only for all of them.
    private static func rows(_ name: String, _ texts: [Counted], isWhole: Bool) -> [Row] {
        var mixed = texts
        var order = Order()
        mixed.shuffle(using: &order)
        // Learned from one half, judged by the other.
        let half = mixed.count / 2
        let (lessons, tests) = (Array(mixed[..<half]), Array(mixed[half...]))
        var learned = TokenEstimate()
        Self.prompts(of: lessons) { sample, _, _ in learned.learn(sample) }
        var rows: [Row] = []
        let kinds = isWhole ? texts.reduce(into: [String]()) { if !$0.contains($1.kind) { $0.append($1.kind) } } : []
        for kind in kinds + [nil] {
            let some = tests.filter { kind == nil || $0.kind == kind }
            rows.append(
                Self.row(
                    "\(name): \(kind ?? "all texts")", before: some.map { Self.error(TokenEstimate().tokens($0.profile), $0.tokens) },
                    after: some.map { Self.error(learned.tokens($0.profile), $0.tokens) },
                    rival: some.map { Self.error(($0.text.count + 3) / 4, $0.tokens) }, note: "\(some.count) texts"))
        }
        var (before, after, rival): ([Double], [Double], [Double]) = ([], [], [])
        Self.prompts(of: tests) { sample, prompt, counted in
            before.append(Self.error(TokenEstimate().tokens(prompt.profile), prompt.tokens))
            rival.append(Self.error(prompt.characters / 4, prompt.tokens))
            after.append(Self.error((counted?.tokens ?? 0) + learned.tokens(sample.profile), prompt.tokens))
            learned.learn(sample)
        }
        rows.append(
            Self.row(
                "\(name): whole prompts", before: before, after: after, rival: rival,
                note: "\(before.count) prompts, \(Self.perPrompt) texts long at the end; learned: the part that was counted is known"))
        return rows
    }

    private struct Prompt {
        var profile = TextProfile()
        var tokens = TokenFigures.added.prompt
        var characters = 0

        mutating func add(_ text: Counted) {
            var profile = text.profile
            profile[.frames] += 4
            self.profile += profile
            self.tokens += text.tokens + TokenFigures.added.message
            self.characters += text.text.count + 16
        }
    }

    /// Conversations that grow text by text; each prompt with the one before, which the provider has counted.
    private static func prompts(of texts: [Counted], _ body: (TokenEstimate.Sample, Prompt, Prompt?) -> Void) {
        for start in stride(from: 0, to: texts.count, by: Self.perPrompt) {
            var prompt = Prompt()
            var before: Prompt?
            for text in texts[start..<min(texts.count, start + Self.perPrompt)] {
                prompt.add(text)
                let growth = before.flatMap { prompt.profile - $0.profile }
                let sample =
                    growth.map { TokenEstimate.Sample.growth($0, tokens: prompt.tokens - (before?.tokens ?? 0)) }
                    ?? .whole(prompt.profile, tokens: prompt.tokens)
                body(sample, prompt, before)
                before = prompt
            }
        }
    }

    // MARK: Figures

    private static func error(_ estimated: Int, _ counted: Int) -> Double {
        Double(abs(estimated - counted)) / Double(max(1, counted)) * 100
    }

    private static func row(_ what: String, before: [Double], after: [Double], rival: [Double], note: String) -> Row {
        let mean = { (errors: [Double]) in errors.reduce(0, +) / Double(max(1, errors.count)) }
        let shown = { (errors: [Double]) in
            "\(Shown.digits(mean(errors))) %, p95 \(Shown.digits(Measurement(samples: errors, cpu: 0).quantile(0.95))) %"
        }
        return Row(
            what: what, goal: "ahead", result: "\(shown(before)); learned \(shown(after))", rival: shown(rival),
            verdict: mean(after) < mean(rival) ? .met : .missed, note: note)
    }

    private static func speed(_ texts: [String]) async throws -> Row {
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        var tokens = 0
        let measured = await measure(runs: 9) { for text in texts { tokens += TokenEstimate().tokens(text) } }
        guard tokens > 0 else { throw BenchError("No token was estimated.") }
        return Row(
            what: "estimating 100,000 bytes of them", result: Shown.time(measured.median * 1e5 / Double(bytes)),
            note: "best \(Shown.time(measured.best * 1e5 / Double(bytes)))")
    }

    /// The same in every run.
    private struct Order: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state
        }
    }
}
