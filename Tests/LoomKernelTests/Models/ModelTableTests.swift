import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The data file of models")
struct ModelTableTests {
    private static let header =
        "provider,model,context_tokens,max_output_tokens,input_usd_per_million,output_usd_per_million,cache_read_usd_per_million,long_prompts"
    private static let lines = [
        "acme,small,1000,100,0.5,1.5,,", "acme,small-2,2000,200,1,2,0.1,", "acme,wide,2000000,200,1,2,0.1,1000:2/4//;5000:3/8/0.5/6",
        "other,small,,,,,,",
    ]

    private func withTable(ending: String, _ body: (_ path: String) throws -> Void) throws {
        let files = LiveFileSystem()
        let path = "/tmp/loomkin-tests-\(Hash.token(bytes: 6)).csv"
        defer { try? files.remove(path) }
        try files.write(([Self.header] + Self.lines).joined(separator: ending), to: path)
        try body(path)
    }

    @Test("A model's facts are those of its own line, whatever ends the lines", arguments: ["\n", "\r\n"])
    func facts(ending: String) throws {
        try self.withTable(ending: ending) { path in
            let table = ModelTable(path: path)
            #expect(
                table.facts(ModelName(provider: "acme", model: "small"))
                    == ModelFacts(name: "acme:small", context: 1000, maxOutput: 100, inputUSD: 0.5, outputUSD: 1.5))
            #expect(table.facts(ModelName(provider: "acme", model: "small-2"))?.cacheReadUSD == 0.1)
            #expect(table.facts(ModelName(provider: "other", model: "small")) == ModelFacts(name: "other:small"))
            #expect(table.facts(ModelName(provider: "acme", model: "smal")) == nil)
            #expect(table.facts(ModelName(provider: "provider", model: "model")) == nil)
            #expect(table.all(of: ["acme", "other"]).map(\.name) == ["acme:small", "acme:small-2", "acme:wide", "other:small"])
        }
    }

    @Test(
        "A prompt over a limit is charged that limit's price, the whole of it, with what was cached",
        arguments: [
            (Usage(input: 1000, output: 10), 0.001_02),
            (Usage(input: 1001, output: 10), 0.002_042),
            (Usage(input: 900, output: 10, cacheRead: 100), 0.000_93),
            // The first limit names no price for what was cached, so the usual one holds.
            (Usage(input: 900, output: 10, cacheRead: 101), 0.001_850_1),
            (Usage(input: 1, output: 1_000_000, cacheRead: 2000, cacheWrite: 3000), 8.019_003),
        ])
    func longPrompts(usage: Usage, dollars: Double) throws {
        try self.withTable(ending: "\n") { path in
            let facts = try #require(ModelTable(path: path).facts(ModelName(provider: "acme", model: "wide")))
            #expect(abs((facts.cost(usage) ?? -1) - dollars) < 1e-12)
        }
    }

    @Test("A price for long prompts that is damaged is none", arguments: ["", "1000", "1000:1/2", "x:1/2//", "1000:/2//", "1000:1/b//"])
    func damaged(text: String) { #expect(LongPromptPrice(text) == nil) }

    @Test("What a provider lists itself is merged, kept, and narrows what can be had")
    func lists() throws {
        let files = MemoryFileSystem()
        try self.withTable(ending: "\n") { path in
            let table = ModelTable(path: path, lists: ModelLists(folder: "/cache/models", files: files))
            #expect(table.facts(ModelName(provider: "acme", model: "small"))?.context == 1000)
            #expect(table.listTime(of: "acme") == nil)
            try table.keep([ModelFacts(name: "acme:small", context: 500), ModelFacts(name: "acme:new", context: 7)], of: "acme")
            let small = table.facts(ModelName(provider: "acme", model: "small"))
            #expect(small == ModelFacts(name: "acme:small", context: 500, maxOutput: 100, inputUSD: 0.5, outputUSD: 1.5))
            #expect(table.facts(ModelName(provider: "acme", model: "new"))?.cost(Usage(input: 1)) == nil)
            #expect(table.all(of: ["acme"]).map(\.name) == ["acme:new", "acme:small"])
            #expect(table.all(of: ["acme"], isWhole: true).map(\.name) == ["acme:new", "acme:small", "acme:small-2", "acme:wide"])
            #expect(table.listTime(of: "acme") != nil)
            // Another process reads what this one kept.
            let other = ModelTable(path: path, lists: ModelLists(folder: "/cache/models", files: files))
            #expect(other.facts(ModelName(provider: "acme", model: "new"))?.context == 7)
        }
    }

    @Test("A model that is taken away is told thirty days before")
    func retirement() throws {
        var facts = ModelFacts(name: "acme:old")
        #expect(facts.retirement(at: Timestamp(seconds: 0)) == nil)
        facts.retires = "2026-11-30"
        func text(_ day: String) throws -> String? { facts.retirement(at: try #require(Timestamp(iso8601: day + "T12:00:00Z"))) }
        #expect(try text("2026-10-01") == nil)
        #expect(try text("2026-11-15") == "acme:old will be retired on 2026-11-30.")
        #expect(try text("2026-12-01")?.hasPrefix("acme:old was retired on 2026-11-30") == true)
    }

    @Test("Without a file nothing is known", arguments: [nil, "/nowhere/models.csv"])
    func missing(path: String?) {
        let table = ModelTable(path: path)
        #expect(table.facts(ModelName(provider: "acme", model: "small")) == nil)
        #expect(table.all(of: ["acme"]).isEmpty)
    }
}
