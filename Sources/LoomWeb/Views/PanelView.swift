import LoomKernel
import LoomSystem

/// A plugin's panel as it stands: what it drew, or one sentence that says why there is nothing.
struct PanelView: Sendable {
    let name: String
    let href: String
    let title: String
    /// The topics after whose signals the script fetches it anew, as a JSON list.
    let topics: String
    let nodes: [PanelNode]
    let problem: String?
    /// It was not drawn in time.
    let isLate: Bool

    private init(_ panel: any Panel, _ nodes: [PanelNode], _ problem: String?, isLate: Bool = false) {
        self.name = panel.name
        self.href = "/fragments/panels/\(PathSegment.encode(panel.name))"
        self.title = panel.title
        self.topics = JSON.array(panel.refreshOn.map(JSON.string)).text()
        self.nodes = nodes
        self.problem = problem
        self.isLate = isLate
    }

    init(_ panel: any Panel, content: JSON) {
        do throws(PanelProblem) {
            self.init(panel, try PanelReader.nodes(content), nil)
        } catch {
            self.init(panel, problem: "The panel \(panel.name) cannot be shown. \(error.description)")
        }
    }

    init(_ panel: any Panel, problem: String) { self.init(panel, [], problem) }

    init(late panel: any Panel) { self.init(panel, [], nil, isLate: true) }
}
