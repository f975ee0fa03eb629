import LoomKernel

/// One task of the board.
struct TaskView {
    let id: String
    let title: String
    let status: String
    let assignee: String
    let assigneeHref: String
    let hue: String
    let creator: String
    let detail: String?
    let result: String?

    init(_ task: TaskSummary) {
        self.id = task.id
        self.title = task.title
        self.status = task.status.rawValue
        self.assignee = task.assignee
        self.assigneeHref = "/agents/\(PathSegment.encode(task.assignee))"
        self.hue = Hue.of(task.assignee)
        self.creator = task.creator
        self.detail = task.description.isEmpty ? nil : task.description
        self.result = task.result.isEmpty ? nil : task.result
    }

    /// What is under way comes first, what is over last.
    static func sorted(_ tasks: [TaskSummary]) -> [TaskView] {
        let order: [TaskSummary.Status] = [.active, .assigned, .failed, .done, .cancelled]
        return order.flatMap { status in tasks.filter { $0.status == status } }.map(TaskView.init)
    }
}
