package import LoomSystem

/// How a process that makes one outline is asked, and answers: a source on its input, one JSON document on its output.
package enum OutlineProgram {
    /// The hidden command of `loomkin`.
    package static let command = "outline-source"

    /// Of the answer, in bytes.
    static let outputLimit = 16 << 20

    static func arguments(_ language: Language, _ entry: GrammarFolder.Entry) -> [String] {
        [Self.command, language.name, entry.library, entry.query]
    }

    /// What the process writes.
    package static func answer(language: String, library: String, query: String, source: [UInt8]) -> JSON {
        do throws(OutlineError) {
            let grammar = try Grammar(language, GrammarFolder.Entry(library: library, query: query))
            let outline = try grammar.outline(of: source)
            return [
                "symbols": .array(
                    outline.symbols.map {
                        [
                            .string($0.kind), .string($0.name), .int(Int64($0.firstLine)), .int(Int64($0.lastLine)), .int(Int64($0.depth)),
                        ]
                    })
            ]
        } catch {
            switch error {
            case .refused(_, let reason): return ["refused": .string(reason)]
            case .tooSlow: return ["slow": true]
            default: return ["ended": .string(error.description)]
            }
        }
    }

    /// What it wrote.
    static func outline(_ language: Language, _ output: CapturedOutput) throws(OutlineError) -> Outline {
        guard output.omitted == 0, let answer = try? JSON.parse(output.head + output.tail) else {
            throw .ended(reason: "its answer of \(output.total) bytes cannot be read")
        }
        if let reason = answer["refused"]?.stringValue { throw .refused(language: language.name, reason: reason) }
        if answer["slow"] != nil { throw .tooSlow }
        guard let rows = answer["symbols"]?.arrayValue else {
            throw .ended(reason: answer["ended"]?.stringValue ?? "its answer holds no outline")
        }
        return Outline(language: language.name, symbols: rows.compactMap { $0.arrayValue.flatMap(Self.symbol) })
    }

    private static func symbol(_ row: [JSON]) -> Outline.Symbol? {
        guard row.count == 5, let kind = row[0].stringValue, let name = row[1].stringValue, let first = row[2].intValue,
            let last = row[3].intValue, let depth = row[4].intValue
        else { return nil }
        return Outline.Symbol(kind: kind, name: name, firstLine: first, lastLine: last, depth: depth)
    }
}
