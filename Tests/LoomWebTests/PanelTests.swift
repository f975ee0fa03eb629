import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct PanelTests {
    private static func element(_ tag: String, _ attributes: JSON = [:], _ children: JSON...) -> JSON {
        ["tag": .string(tag), "attributes": attributes, "children": .array(children)]
    }

    private func html(_ content: JSON) throws -> String {
        try Templates().render("panel", PanelView(FakePanel(), content: content))
    }

    @Test("what a panel draws is written as it was meant")
    func draws() throws {
        let content: JSON = [
            Self.element("p", [:], "2 of ", Self.element("b", ["class": "good"], 3), Self.element("br"), " done"),
            Self.element("meter", ["value": 0.5, "max": 1]), Self.element("ul", [:], Self.element("li", [:], [:]), Self.element("li")),
            Self.element("a", ["href": "/agents/ada"], "ada"), .null, true,
        ]
        #expect(
            try self.html(content)
                == "<p>2 of <b class=\"good\">3</b><br> done</p><meter max=\"1\" value=\"0.5\"></meter><ul><li></li><li></li></ul>"
                + "<a href=\"/agents/ada\">ada</a>true")
    }

    @Test(
        "what a panel may not draw is refused whole, in one sentence that names it",
        arguments: [
            (element("script", [:], "alert(1)"), "«script»"), (element("p", ["onclick": "alert(1)"]), "«onclick»"),
            (element("p", ["style": "color: red"]), "«style»"), (element("P"), "«P»"),
            (element("b onclick=alert(1)"), "«b onclick=alert(1)»"),
            (element("p", ["class onclick": "x"]), "«class onclick»"), (element("p", ["title": true]), "boolean"),
            (element("a", ["href": "javascript:alert(1)"]), "«javascript:alert(1)»"), (element("a", ["href": "//evil.example/"]), "//evil"),
            (element("a", ["href": "https://evil.example/"]), "https://evil"), (element("a", ["href": "/\t/evil.example"]), "stay on this"),
            (element("a", ["href": "/\\evil.example"]), "stay on this"), (element("br", [:], "x"), "«br»"),
            (["text": "no element"], "loom.html"), (element("p", [:], ["tag": 5]), "loom.html"),
        ] as [(JSON, String)])
    func refuses(_ content: JSON, _ part: String) throws {
        let html = try self.html(["before", content])
        #expect(html.hasPrefix("<p class=\"bad\">The panel tally cannot be shown. ") && html.hasSuffix(".</p>"))
        #expect(HTMLText().escapeText(part).isEmpty == false && html.contains(HTMLText().escapeText(part)), "\(html)")
        #expect(!html.contains("before"))
    }

    @Test("texts and attributes are never markup")
    func escapes() throws {
        let hostile = PageTests.hostile
        let html = try self.html([
            Self.element("p", ["title": .string(hostile), "class": .string(hostile)], .string(hostile)), .string(hostile),
        ])
        #expect(!html.contains("<script") && !html.contains("<img") && html.contains("&lt;script&gt;"))
        #expect(html.utf8.count { $0 == UInt8(ascii: "\"") } == 4)
    }

    @Test("a panel is bounded in depth, in number and in text")
    func bounds() throws {
        func nested(_ depth: Int) -> JSON { (0..<depth).reduce("x") { inner, _ in Self.element("div", [:], inner) } }
        #expect(try self.html(nested(10)).contains("bad") == false)
        #expect(try self.html(nested(5_000)).contains("nests deeper"))
        #expect(try self.html(.array(Array(repeating: "x", count: 2_001))).contains("more than 2000"))
        #expect(try self.html(.string(String(repeating: "x", count: 300_000))).contains("longer than 256 kB"))
    }

    @Test("the first screen has every panel with the topics it follows, and the error of one leaves the others alone")
    func page() async throws {
        let panels = [
            FakePanel(name: "good", title: "Good <b>", content: .success(Self.element("p", [:], "7 calls"))),
            FakePanel(name: "ill", content: .failure(ToolError("The panel plugin ill has a fault of its own."))),
        ]
        try await RunningPage.serve(FakeWorkspace(panels: panels)) { page in
            let first = try await page.wire.request("GET", "/", page.cookie).body
            #expect(first.contains("<p>7 calls</p>") && first.contains("Good &lt;b&gt;"))
            #expect(first.contains("data-fragment=\"/fragments/panels/good\" data-topics=\"[&quot;**/tool.finished&quot;]\""))
            #expect(first.contains("<p class=\"bad\">The panel plugin ill has a fault of its own."))
            let fragment = try await page.wire.request("GET", "/fragments/panels/good", page.cookie)
            #expect(fragment.body == "<p>7 calls</p>")
            #expect(try await page.wire.request("GET", "/fragments/panels/none", page.cookie).status == 404)
            let list = try JSON.parse(try await page.wire.request("GET", "/api/v1/panels", page.bearer).body)
            #expect(list["panels"]?.arrayValue?.map { $0["name"] } == ["good", "ill"])
            let drawn = try JSON.parse(try await page.wire.request("GET", "/api/v1/panels/good", page.bearer).body)
            #expect(drawn["content"]?["tag"] == "p")
            let ill = try await page.wire.request("GET", "/api/v1/panels/ill", page.bearer)
            #expect(ill.status == 409)
        }
    }
}
