import LoomSystem
import Testing

@testable import LoomKernel

@Suite("What an agent is told of its tools")
struct ToolNewsTests {
    private static func tool(_ name: String, _ description: String = "does") -> ToolSchema {
        ToolSchema(name: name, description: description, parameters: ["type": "object"])
    }

    @Test(
        "is the difference between what it knows and what there is",
        arguments: [
            (["a", "b"], ["a", "b"], "", "", ""),
            (["a"], ["a", "b"], "b", "", ""),
            (["a", "b"], ["b"], "", "", "a"),
            (["a"], ["a!"], "", "a", ""),
            (["a", "c"], ["a!", "b"], "b", "a", "c"),
            ([], ["a"], "a", "", ""),
        ])
    func difference(known: [String], now: [String], added: String, changed: String, gone: String) {
        let make = { (name: String) in Self.tool(String(name.prefix(1)), name.hasSuffix("!") ? "does otherwise" : "does") }
        let news = ToolNews(known: known.map(make), now: now.map(make))
        #expect((news?.added ?? []).map(\.name).joined() == added)
        #expect((news?.changed ?? []).map(\.name).joined() == changed)
        #expect((news?.gone ?? []).joined() == gone)
        #expect((news == nil) == (added + changed + gone).isEmpty)
        // Told once, it is known.
        if let news { #expect(ToolNews(known: known.map(make).told(news), now: now.map(make)) == nil) }
    }

    @Test("names the way to a new tool, and the arguments of each")
    func text() throws {
        let news = try #require(
            ToolNews(known: [Self.tool("old"), Self.tool("same", "x")], now: [Self.tool("new"), Self.tool("same", "y")]))
        let text = news.text(door: "call_tool")
        #expect(text.hasPrefix("[notice] Your tools have changed."))
        #expect(text.contains("- New: new. does Call it by call_tool. Its arguments: {\"type\":\"object\"}"))
        #expect(text.contains("- Changed: same. y Its arguments are now: {\"type\":\"object\"}"))
        #expect(text.contains("- Gone: old. Do without."))
        #expect(news.text(door: nil).contains("Call it by its name."))
    }
}
