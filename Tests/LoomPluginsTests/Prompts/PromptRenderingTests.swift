import LoomKernel
import Testing

@testable import LoomPlugins

@Suite("Rendering a prompt") struct PromptRenderingTests {
    private func render(_ texts: [String: String], rules: String = "") async throws -> String {
        try await rendered(texts, rules: rules).text
    }

    private func rendered(_ texts: [String: String], rules: String = "") async throws -> RenderedPrompt {
        var sources: [String: PromptSource] = [:]
        for (name, text) in texts {
            let path = "prompts/\(name).md"
            sources[name] = PromptSource(path: path, template: try PromptTemplate(text, path: path))
        }
        let context = PromptContext(agent: "ada", role: "coder", team: "core", project: "/p", rules: rules)
        return try await PromptLibrary(sources).render("x", context)
    }

    @Test(
        "writes values, runs statements, includes others",
        arguments: [
            ("{{ agent }} {{role}} {{ team }} {{ project }}", "ada coder core /p\n"),
            ("a\n{% if rules ~= \"\" then %}\nrules\n{% end %}\nb\n", "a\nb\n"),
            ("{% for i = 1, 3 do %}\n- {{ i }}\n{% end %}\n", "- 1\n- 2\n- 3\n"),
            ("{{ 1 + 2 }} {{ 1.5 }} {{ true }} \"q\" \\n %d {x}", "3 1.5 true \"q\" \\n %d {x}\n"),
            ("one\n{{ include \"y\" }}\ntwo\n", "one\nY of ada\ntwo\n"),
            ("{% for k, v in pairs({ b = 2, a = 1, [1] = 0 }) do %}{{ k }}{{ v }}{% end %}", "10a1b2\n"),
            ("{{ string.upper(agent) }}{{ #table.pack(1, 2) }}{{ math.max(1, 2) }}", "ADA22\n"),
            ("---\ndescription: d\n---\nbody", "body\n"),
        ])
    func renders(_ text: String, _ result: String) async throws {
        #expect(try await render(["x": text, "y": "Y of {{ agent }}\n"]) == result)
    }

    @Test(
        "names the line of the Markdown in every error",
        arguments: [
            ("a\nb {{ nothing }}", "prompts/x.md:2: undeclared global 'nothing' is read"),
            ("---\ndescription: b\n---\n\n{{ agent.x.y }}", "prompts/x.md:5: attempt to index a nil value (field 'x')"),
            ("{{ nil }}", "prompts/x.md:1: the expression is nil"), ("\n{{ {} }}", "prompts/x.md:2: the expression is a table, not a text"),
            ("\n\n{{ include \"z\" }}", "prompts/x.md:3: there is no prompt \"z\""),
            ("{{ include \"y\" }}", "prompts/y.md:2: the prompts include each other: x → y → x"),
            ("{{ os.time() }}", "prompts/x.md:1: undeclared global 'os' is read"),
            ("{{ math.random() }}", "prompts/x.md:1: attempt to call a nil value (field 'random')"),
            ("{{ loom.fs.read('x') }}", "prompts/x.md:1: undeclared global 'loom' is read"),
            ("{% x = 1 %}", "prompts/x.md:1: undeclared global 'x' is assigned (write `local x`)"),
        ])
    func errors(_ text: String, _ message: String) async throws {
        await #expect(throws: PromptError(message)) { try await render(["x": text, "y": "\n{{ include \"x\" }}"]) }
    }

    @Test("says how much each file wrote, and how much the project's rules are")
    func parts() async throws {
        let prompt = try await rendered(
            ["x": "one {{ include \"y\" }}\n{{ include \"y\" }}\n", "y": "two\n{{ include \"z\" }}", "z": "## Rules\n{{ rules }}\n"],
            rules: "Use tabs.")
        #expect(prompt.text == "one two\n## Rules\nUse tabs.\ntwo\n## Rules\nUse tabs.\n")
        #expect(prompt.parts.map(\.name) == ["x", "y", "z", "y", "z"])
        #expect(prompt.parts.map(\.bytes) == [5, 4, 9, 4, 9])
        #expect(prompt.rules == 18)
        // All but the line's end behind the last.
        #expect(prompt.parts.reduce(0) { $0 + $1.bytes } + prompt.rules == prompt.text.utf8.count - 1)
    }

    @Test("the same context gives the same text, whoever renders meanwhile")
    func deterministic() async throws {
        let template = "{% for i = 1, 2000 do %}{{ agent }}{% end %}"
        let source = PromptSource(path: "x", template: try PromptTemplate(template, path: "x"))
        let library = PromptLibrary(["x": source])
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for name in ["ada", "lin", "rui", "eva"] {
                group.addTask {
                    let context = PromptContext(agent: name, role: "", team: "", project: "", rules: "")
                    return try await library.render("x", context).text == String(repeating: name, count: 2000) + "\n"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
