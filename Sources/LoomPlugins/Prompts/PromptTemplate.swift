/// A prompt file taken apart: front matter, and its text as a Lua chunk that writes it.
///
/// `{{ expression }}` writes a value, `{% statement %}` runs, everything else is written as it stands. The chunk has
/// exactly the lines of the file, so that Lua's own errors name the line of the Markdown.
struct PromptTemplate: Sendable, Hashable {
    /// The `key: value` lines between two lines of `---` at the top.
    let frontMatter: [String: String]
    /// A chunk that returns the function that writes the text.
    let lua: String
    /// The names in `{{ include "name" }}`, with their lines: what can be checked before the prompt is rendered.
    let includes: [Include]

    struct Include: Sendable, Hashable {
        let name: String
        let line: Int
    }

    init(_ text: String, path: String) throws(PluginFault) {
        var parser = PromptParser(text, path: path)
        frontMatter = try parser.takeFrontMatter()
        let pieces = try parser.takePieces()
        lua = PromptTemplate.chunk(pieces, firstLine: parser.bodyLine)
        includes = pieces.compactMap { piece in
            guard case .expression(let code) = piece.content, let name = Self.includedName(code) else { return nil }
            return Include(name: name, line: piece.line)
        }
    }

    /// The name in `include "name"` or `include("name")`, when it is written out.
    private static func includedName(_ code: String) -> String? {
        let code = code.trimmed
        guard code.hasPrefix("include") else { return nil }
        var rest = String(code.dropFirst("include".count)).trimmed
        if rest.hasPrefix("("), rest.hasSuffix(")") { rest = String(rest.dropFirst().dropLast()).trimmed }
        guard rest.count >= 2, let quote = rest.first, quote == "\"" || quote == "'", rest.last == quote else { return nil }
        let name = rest.dropFirst().dropLast()
        return name.contains(quote) || name.contains("\\") ? nil : String(name)
    }

    private static func chunk(_ pieces: [PromptPiece], firstLine: Int) -> String {
        var lua =
            "return function(write, show, include, agent, role, team, project, rules, skills, values) "
            + String(repeating: "\n", count: firstLine - 1)
        for piece in pieces {
            switch piece.content {
            case .text(let text):
                // The new lines follow the call instead of standing in the string, which keeps both on their lines.
                lua += "write(\(quoted(text))) " + String(repeating: "\n", count: piece.sourceLines)
            case .expression(let code):
                lua += "show((\(code))) "
            case .statement(let code):
                lua += "\(code) "
            }
        }
        return lua + "end"
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
            case 0: bytes += Array("\\0".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
