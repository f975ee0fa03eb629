package import LoomSystem

/// Where a hook may step in.
package enum HookPoint: String, Sendable, Hashable, CaseIterable {
    /// Before a tool call is judged by the permission engine.
    case beforeTool = "before_tool"
    case afterTool = "after_tool"
    /// Before a model is asked.
    case beforeModel = "before_model"
    case afterModel = "after_model"

    /// The member of the subject that a hook may replace here.
    package var rewrites: String {
        switch self {
        case .beforeTool: "arguments"
        case .beforeModel: "note"
        case .afterTool, .afterModel: "text"
        }
    }
}

/// What a hook says about its subject.
package enum HookVerdict: Sendable, Hashable {
    case pass
    /// Goes on with this in place of the member that the point lets it replace.
    case rewrite(JSON)
    case refuse(String)
    /// A person is asked; the text is the question.
    case ask(String)
}

/// Stands in the way of tool and model calls. It may rewrite, refuse, or have a person asked; it never widens what an agent may do,
/// since the permission engine judges what comes out.
package protocol Hook: Sendable {
    var name: String { get }
    var generation: Int { get }
    var points: Set<HookPoint> { get }
    /// What a fault of the hook's own means: true refuses what it was asked about, false passes it over.
    var refusesOnFault: Bool { get }
    func judge(_ point: HookPoint, _ subject: JSON, _ host: ToolHost) async throws(ToolError) -> HookVerdict
}
