import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("A row of a provider's list of models") struct ModelListTests {
    @Test("says what a model takes and costs")
    func row() throws {
        let facts = try #require(
            ModelFacts(row: ["name": "large", "context": 200_000, "max_output": 8_192, "input_usd": 3, "output_usd": 15.5], provider: "p"))
        #expect(facts.name == "p:large" && facts.context == 200_000 && facts.maxOutput == 8_192)
        #expect(facts.inputUSD == 3 && facts.outputUSD == 15.5)
    }

    @Test(
        "that says what nobody can mean is as good as one that does not say it",
        arguments: [JSON.int(.max), .int(.min), .int(-1), .number(1e300), .number(-1e300)])
    func nonsense(number: JSON) throws {
        let row: JSON = [
            "name": "large", "context": number, "max_output": number, "input_usd": number, "output_usd": number, "cache_read_usd": number,
            "cache_write_usd": number,
        ]
        let facts = try #require(ModelFacts(row: row, provider: "p"))
        #expect(facts == ModelFacts(name: "p:large"))
    }
}
