import Hummingbird
import LoomKernel
import LoomSystem

/// Every address of the page and the API.
struct Routes: Sendable {
    static let api = "/api/v1/"
    /// Larger bodies are refused.
    static let bodyLimit = 1 << 20

    let workspace: any PageWorkspace
    let clock: any WallClock
    let events: EventStream

    /// Compiled when the first page is asked for: that takes longer than all else a page needs, and a start does not wait for it.
    private static let templates = Result { () throws(StatusPageError) in try Templates() }

    func add(to router: Router<LoopbackContext>) {
        let api = router.group(RouterPath(Self.api))
        self.addAssets(to: router)
        self.addPages(to: router)
        self.addFragments(to: router)
        self.addReading(to: api)
        self.addActions(to: api)
        self.addCommands(to: router, api)
        self.addPanels(to: router, api)
    }

    private func addAssets(to router: Router<LoopbackContext>) {
        router.get("assets/page.css") { _, _ in Response.text(Assets.stylesheet, "text/css; charset=utf-8") }
        router.get("assets/page.js") { _, _ in Response.text(Assets.script, "text/javascript; charset=utf-8") }
        router.get("assets/icon.svg") { _, _ in Response.text(Assets.icon, "image/svg+xml") }
    }

    /// A page or a part of one, as its template draws the view.
    func html(_ template: String, _ view: Any, _ status: HTTPResponse.Status = .ok) throws -> Response {
        .html(try Self.templates.get().render(template, view), status)
    }

    /// The agent of a path, or the refusal that says who is there.
    func agent(_ name: String, in snapshot: Snapshot) throws(Refusal) -> AgentSummary {
        if let agent = snapshot.agents.first(where: { $0.name == name }) { return agent }
        let names = snapshot.agents.map(\.name).joined(separator: ", ")
        throw .notFound("The agent \(name)", hint: names.isEmpty ? "Nobody works here yet." : "These work here: \(names).")
    }

    /// What the kernel refuses is a conflict with how things are; its sentence says what to do.
    func command<Value: Sendable>(_ body: () async throws(CommandError) -> Value) async throws(Refusal) -> Value {
        do throws(CommandError) {
            return try await body()
        } catch {
            throw .conflict(error.description, hint: "")
        }
    }
}
