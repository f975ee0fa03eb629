import LoomKernel
import LoomPlugins
import LoomSystem

/// The project's own texts, cut to what a tool's result would show of them.
enum TokenTexts {
    struct Text: Sendable {
        let kind: String
        let text: String
    }

    private static let limit = 8_000

    /// - Parameter folder: the project's.
    static func all(_ folder: String) async throws -> [Text] {
        let sources: [(kind: String, folders: [String], ending: String)] = [
            ("Swift", ["Sources", "Tests"], ".swift"), ("Lua", ["plugins", "examples"], ".lua"), ("Python", ["Tests"], ".py"),
            ("Markdown", ["docs", "prompts", "roles", "examples"], ".md"),
        ]
        var texts: [Text] = []
        for source in sources {
            for place in source.folders {
                for path in try Self.files(under: "\(folder)/\(place)", ending: source.ending) {
                    texts.append(Text(kind: source.kind, text: try Self.text(path)))
                }
            }
        }
        texts += try await Self.schemas(folder).map { Text(kind: "JSON", text: $0) }
        for path in try Self.files(under: "\(folder)/Benchmarks/Texts", ending: ".txt") {
            texts += Self.paragraphs(try Self.text(path)).map { Text(kind: "other languages", text: $0) }
        }
        // A few words are no text to measure anything with.
        return texts.filter { $0.text.utf8.count > 300 }
    }

    private static func files(under folder: String, ending: String) throws -> [String] {
        try LiveFileSystem().list(folder).flatMap { entry -> [String] in
            let path = "\(folder)/\(entry.name)"
            switch entry.kind {
            case .directory: return try Self.files(under: path, ending: ending)
            case .file: return entry.name.hasSuffix(ending) ? [path] : []
            default: return []
            }
        }
    }

    private static func text(_ path: String) throws -> String {
        String(String(decoding: try LiveFileSystem().read(path), as: UTF8.self).prefix(Self.limit))
    }

    private static func paragraphs(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }

    /// The tools' schemas, some as one line and some as people read them.
    private static func schemas(_ folder: String) async throws -> [String] {
        let host = PluginHost(roots: [PluginRoot(name: "bundled", folder: folder)], ports: .bench)
        _ = await host.load()
        let names = Set(host.catalog.roles.flatMap(\.tools)).sorted()
        return try names.compactMap { host.catalog.tool($0)?.schema }.enumerated().map { number, schema in
            try JSON(encoding: schema).text(pretty: number.isMultiple(of: 2))
        }
    }
}
