import LoomKernel
import LoomRepository
import LoomSystem

extension APIFunction {
    /// What is known about the project's sources, with the rights of the calling agent.
    static let repository: [APIFunction] = [
        ofHost(
            "repo.outline", [("path", .string.required)],
            returns:
                "{ path: string, language: string, symbols: { kind: string, name: string, first: integer, "
                + "last: integer, depth: integer }[] }?, loom.Error?",
            text: "What a source file defines, from top to bottom: lines `first` to `last`, `depth` definitions around it. "
                + "It needs a grammar for the file's language; the error of code `no_grammar` says so."
        ) { (host, call) throws(ToolError) in
            try await host.outline(call.text("path")).json
        }
    ]
}

extension FileOutline {
    var json: JSON {
        [
            "path": .string(path), "language": .string(outline.language),
            "symbols": .array(
                outline.symbols.map { symbol in
                    [
                        "kind": .string(symbol.kind), "name": .string(symbol.name), "first": .int(Int64(symbol.firstLine)),
                        "last": .int(Int64(symbol.lastLine)), "depth": .int(Int64(symbol.depth)),
                    ]
                }),
        ]
    }
}
