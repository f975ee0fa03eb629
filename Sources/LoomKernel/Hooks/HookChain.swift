import LoomSystem

/// All hooks of one moment, asked one after the other in the order of their names; each sees what the one before it made.
struct HookChain: Sendable {
    private let hooks: [any Hook]
    private let host: ToolHost

    init(_ hooks: [any Hook], _ host: ToolHost) {
        self.hooks = hooks
        self.host = host
    }

    func isEmpty(at point: HookPoint) -> Bool { !self.hooks.contains { $0.points.contains(point) } }

    /// Gives back what the hooks made of the subject's member that the point lets them replace; nil when all let it pass.
    func run(_ point: HookPoint, _ subject: JSON) async throws(ToolError) -> JSON? {
        var subject = subject
        var made: JSON?
        for hook in self.hooks where hook.points.contains(point) {
            let host = self.host.seen(by: hook.name)
            switch try await self.verdict(of: hook, point, subject, host) {
            case .pass: break
            case .rewrite(let value):
                // Several notes add up; everything else replaces.
                if point == .beforeModel, let earlier = made?.stringValue, let next = value.stringValue {
                    made = .string(earlier + "\n" + next)
                } else {
                    made = value
                }
                subject[point.rewrites] = made
            case .refuse(let reason):
                throw ToolError("The hook \(hook.name) refused: \(reason)", status: .denied)
            case .ask(let question):
                try await host.authority.confirm(
                    question, detail: subject.text(pretty: true), why: "hook \(hook.name)", wait: host.humanWait)
            }
        }
        return made
    }

    private func verdict(
        of hook: any Hook, _ point: HookPoint, _ subject: JSON, _ host: ToolHost
    ) async throws(ToolError) -> HookVerdict {
        do {
            return try await hook.judge(point, subject, host)
        } catch {
            guard error.status != .cancelled else { throw error }
            // That one is quarantined was told once.
            if error.code != ToolError.quarantined {
                await host.services.tell(PluginFailed(plugin: hook.name, kind: "hook", error), source: "plugin/\(hook.name)")
            }
            guard hook.refusesOnFault else { return .pass }
            throw ToolError(
                "The hook \(hook.name) failed, so nothing passes it: \(error.message) A person has to repair or remove it.",
                status: .denied, trace: error.trace)
        }
    }
}
