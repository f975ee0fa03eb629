import LoomKernel
import LoomSystem

extension APIFunction {
    /// What may be touched. Other functions ask by themselves; these are for saying it earlier, or not asking at all.
    static let permissions: [APIFunction] = [
        ofHost(
            "permission.check", [("kind", kind), ("target", .string.required)],
            returns: "{ verdict: \"allow\"|\"ask\"|\"deny\", rule: string }?, loom.Error?",
            text: "What would be decided about an access, and by which rule. Nobody is asked."
        ) { (host, call) throws(ToolError) in
            let decision = try host.decision(on: try access(call))
            return ["verdict": .string(decision.verdict.rawValue), "rule": .string(decision.rule.description)]
        },
        ofHost(
            "permission.require", [("kind", kind), ("target", .string.required), ("note", .string)], returns: "boolean",
            text: "Goes on when the access is allowed, by a rule or by a person who is asked, with `note` in the question; the call ends "
                + "when it is not. What was allowed is not asked again in this call."
        ) { (host, call) throws(ToolError) in
            try await host.require(try access(call), note: call.text("note"))
            return true
        },
    ]

    private static let kind: Parameter = {
        var parameter = Parameter.string.required
        parameter.choices = Access.Kind.allCases.map { .string($0.rawValue) }
        return parameter
    }()

    private static func access(_ call: APICall) throws(ToolError) -> Access {
        guard let kind = Access.Kind(rawValue: call.text("kind")) else {
            throw ToolError("«\(call.text("kind"))» is no kind of access.", code: "invalid")
        }
        return Access(kind, call.text("target"))
    }
}
