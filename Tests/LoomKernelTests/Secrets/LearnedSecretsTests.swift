import LoomSystem
import Testing

@testable import LoomKernel

@Suite("Keys that become known while the program runs") struct LearnedSecretsTests {
    @Test("are hidden like those of the environment, from when they are learned")
    func learned() {
        let learned = LearnedSecrets()
        let filter = SecretFilter(environment: ["A_KEY": "of-the-environment"], names: [], learned: learned)
        let text = "of-the-environment out-of-a-file out-of-a-file-too short"
        #expect(filter.redact(text) == "«A_KEY» out-of-a-file out-of-a-file-too short")
        learned.learn("out-of-a-file", as: "key of acme")
        learned.learn("out-of-a-file-too", as: "token of acme")
        learned.learn("short", as: "key of acme")
        #expect(filter.redact(text) == "«A_KEY» «key of acme» «token of acme» short")
        filter.rename(["OTHER"])
        #expect(filter.redact("out-of-a-file") == "«key of acme»")
        #expect(filter.without(["X": "out-of-a-file", "Y": "z", "A_KEY": "of-the-environment"]) == ["Y": "z"])
    }

    @Test("are hidden in what children write, also in pieces")
    func streams() {
        let learned = LearnedSecrets()
        let filter = SecretFilter(environment: [:], names: [], learned: learned)
        learned.learn("out-of-a-command", as: "key of acme")
        var stream = StreamRedaction(filter.redactions)
        let pieces = stream.pass(Array("x out-of-".utf8)) + stream.pass(Array("a-command y".utf8)) + stream.finish()
        #expect(String(decoding: pieces, as: UTF8.self) == "x «key of acme» y")
    }
}
