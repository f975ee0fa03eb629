import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

@Suite("A command that a tool runs")
struct CommandTests {
    @Test(
        "is shown as a shell would have to read it",
        arguments: [
            (ProcessSpec.Command.shell("make test"), "make test"),
            (.program("git", arguments: ["log", "--max-count=3"]), "git log --max-count=3"),
            (.program("git", arguments: ["commit", "-m", "it's done; really"]), #"git commit -m 'it'\''s done; really'"#),
            (.program("x", arguments: [""]), "x ''"),
        ])
    func line(command: ProcessSpec.Command, line: String) {
        #expect(CommandRequest(command).line == line)
    }

    @Test(
        "is shown with the folder and the variables that a plugin gives it, so that no rule for the bare command allows it",
        arguments: [
            (["A": "x"], nil, "A=x git status"), ([:], "sub dir", "cd 'sub dir' && git status"),
            (["B": "1 2", "A": ""], "sub", "cd sub && A='' B='1 2' git status"),
        ] as [([String: String], String?, String)])
    func circumstances(environment: [String: String], folder: String?, line: String) {
        let request = CommandRequest(
            .program("git", arguments: ["status"]), workingDirectory: folder, environment: environment)
        #expect(request.line == line)
        let rule = PermissionRule(.allow, "execute", "git *", origin: "test")
        #expect(!rule.matches(tool: "plugin", Access(.execute, request.line)))
    }

    @Test("does not get the keys of providers, and nothing of them reaches a model")
    func secrets() {
        let environment = ["SOME_API_KEY": "sk-123456789", "HOME": "/h", "SHORT_KEY": "1", "LOCAL": "abcdefgh"]
        let filter = SecretFilter(environment: environment, names: ["LOCAL"])
        #expect(filter.without(environment) == ["HOME": "/h", "SHORT_KEY": "1"])
        #expect(filter.redact("key sk-123456789, abcdefgh, 1") == "key «SOME_API_KEY», «LOCAL», 1")
    }

    @Test("lets git read without a question, and nothing more")
    func gitReads() {
        let engine = PermissionEngine(preset: .ask, rules: [])
        func verdict(_ tool: String, _ line: String) -> Verdict { engine.decide(tool: tool, Access(.execute, line)).verdict }
        #expect(verdict("git", "git status --short") == .allow)
        #expect(verdict("git", "git diff -- 'a b.txt'") == .allow)
        #expect(verdict("git", "git commit -m x") == .ask)
        #expect(verdict("git", "git branch new") == .ask)
        #expect(verdict("git", "git diff -- 'a;b'") == .ask)
        #expect(verdict("shell", "git status") == .ask)
    }
}
