import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The data file of models")
struct PriceTableTests {
    private static let header =
        "provider,model,context_tokens,max_output_tokens,input_usd_per_million,output_usd_per_million,cache_read_usd_per_million"
    private static let lines = ["acme,small,1000,100,0.5,1.5,", "acme,small-2,2000,200,1,2,0.1", "other,small,,,,,"]

    private func withTable(ending: String, _ body: (PriceTable) -> Void) throws {
        let files = LiveFileSystem()
        let path = "/tmp/loomkin-tests-\(Hash.token(bytes: 6)).csv"
        defer { try? files.remove(path) }
        try files.write(([Self.header] + Self.lines).joined(separator: ending), to: path)
        body(PriceTable(path: path))
    }

    @Test("A model's facts are those of its own line, whatever ends the lines", arguments: ["\n", "\r\n"])
    func facts(ending: String) throws {
        try self.withTable(ending: ending) { table in
            #expect(
                table.facts(ModelName(provider: "acme", model: "small"))
                    == ModelFacts(name: "acme:small", context: 1000, maxOutput: 100, inputUSD: 0.5, outputUSD: 1.5))
            #expect(table.facts(ModelName(provider: "acme", model: "small-2"))?.cacheReadUSD == 0.1)
            #expect(table.facts(ModelName(provider: "other", model: "small")) == ModelFacts(name: "other:small"))
            #expect(table.facts(ModelName(provider: "acme", model: "smal")) == nil)
            #expect(table.facts(ModelName(provider: "provider", model: "model")) == nil)
            #expect(table.all.map(\.name) == ["acme:small", "acme:small-2", "other:small"])
        }
    }

    @Test("Without a file nothing is known", arguments: [nil, "/nowhere/models.csv"])
    func missing(path: String?) {
        let table = PriceTable(path: path)
        #expect(table.facts(ModelName(provider: "acme", model: "small")) == nil)
        #expect(table.all.isEmpty)
    }
}
