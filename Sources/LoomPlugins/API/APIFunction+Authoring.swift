import LoomKernel
import LoomSystem

extension APIFunction {
    /// Agents as authors.
    static let authoring: [APIFunction] = [
        ofHost(
            "plugin.write",
            [
                (
                    "request",
                    .table([
                        "kind": .string.required, "name": .string.required, "source": .string.required, "spec": .string,
                    ]).required
                )
            ],
            returns: "{ status: string, generation: integer?, error: string? }?, loom.Error?",
            text:
                "Puts a plugin into the project: it is checked, its spec is run, a person is shown the difference and what it could do, and "
                + "then it is live for the whole team."
        ) { (host, call) throws(ToolError) in
            guard let plugins = call.context.ports.world.host else { throw ToolError("There is no open session to put a plugin into.") }
            let request = call.table("request")
            do throws(ProposalError) {
                let proposal = try PluginProposal(
                    kind: request.text("kind"), name: request.text("name"), source: request.text("source"),
                    spec: request["spec"]?.stringValue)
                let report = try await plugins.propose(proposal, host)
                var answer: [String: JSON] = ["status": .string(report.status)]
                answer["generation"] = report.to.map { .int(Int64($0)) }
                answer["error"] = report.error.map { .string($0) }
                return .object(answer)
            } catch {
                throw ToolError(error.text, code: "refused")
            }
        }
    ]
}
