import Testing

@testable import LoomPlugins

@Suite struct PromptTemplateTests {
    private func pieces(_ text: String) throws -> [PromptPiece.Content] {
        var parser = PromptParser(text, path: "prompts/x.md")
        _ = try parser.takeFrontMatter()
        return try parser.takePieces().map(\.content).filter { $0 != .text("") }
    }

    @Test("Text, expressions and statements are told apart")
    func parts() throws {
        #expect(
            try pieces("Hi {{ agent }}!{% if x then %} a {% end %}") == [
                .text("Hi "), .expression(" agent "), .text("!"), .statement(" if x then "), .text(" a "), .statement(" end "),
            ])
        #expect(try pieces("a { b } c") == [.text("a { b } c")])
    }

    @Test("A statement alone on its line takes the line with it")
    func swallowedLines() throws {
        #expect(
            try pieces("a\n  {% for i = 1, 2 do %}\n  {% if i then %}  \n- b\n{% end %}\n{% end %}\nc") == [
                .text("a\n"), .statement(" for i = 1, 2 do "), .statement(" if i then "), .text("- b\n"), .statement(" end "),
                .statement(" end "), .text("c"),
            ])
        #expect(try pieces("{% x() %}\na") == [.statement(" x() "), .text("a")])
    }

    @Test("Front matter is read and is no part of the text")
    func frontMatter() throws {
        let template = try PromptTemplate("---\ndescription: of a coder: x\n# note\n---\nHi\n", path: "p")
        #expect(template.frontMatter == ["description": "of a coder: x"])
        #expect(!template.lua.contains("of a coder"))
    }

    @Test("The chunk has the lines of the file")
    func lines() throws {
        let text = "---\ndescription: b\n---\none\n{% local x = 1 %}\ntwo {{\n x }}\nthree\n"
        let lua = try PromptTemplate(text, path: "p").lua
        let lines = lua.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == text.split(separator: "\n", omittingEmptySubsequences: false).count)
        #expect(lines[4].contains("local x = 1"))
        #expect(lines[6].contains("x"))
    }

    @Test("Includes that are written out are known before rendering")
    func includes() throws {
        let template = try PromptTemplate("{{ include \"a\" }}\n\n{{ include('b') }}{{ include(agent) }}{{ included }}", path: "p")
        #expect(template.includes == [.init(name: "a", line: 1), .init(name: "b", line: 3)])
    }

    @Test(
        "A mistake names the line of the Markdown",
        arguments: [
            ("a\n{{ x", 2, "{{ is not closed by }}"), ("\n\n{% if", 3, "{% is not closed by %}"),
            ("a {{ }}", 1, "there is nothing between {{ and }}"),
            ("---\ndescription: b\n", 1, "the front matter has no second line of ---"),
            ("---\ndescripton: b\n---\n", 2, "front matter has no key \"descripton\"; did you mean \"description\"?"),
            ("---\ndescription: b\nc\n---\n", 3, "front matter is lines of key: value, this is \"c\""),
        ])
    func faults(_ text: String, _ line: Int, _ cause: String) {
        #expect(throws: PluginFault(path: "p", line: line, cause: cause)) {
            if try PromptTemplate(text, path: "p").lua.isEmpty { return }
        }
    }

    @Test("Windows line ends give the same text")
    func lineEnds() throws {
        #expect(try PromptTemplate("a\r\n{{ b }}\r\n", path: "p") == PromptTemplate("a\n{{ b }}\n", path: "p"))
    }
}
