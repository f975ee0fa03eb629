import LoomKernel
import LoomSystem

/// A model's answer while it comes.
final class AnswerHandle: OpenHandle {
    static let luaClass = "Answer"

    let pieces = Inflow<(text: String, attempt: Int)>(capacity: 64)
    private let work: Task<Result<ModelAnswer, ToolError>, Never>

    init(_ question: ModelQuestion, _ host: ToolHost) {
        work = Task { [pieces] in
            defer { pieces.finish() }
            do throws(ToolError) {
                return .success(try await host.ask(question) { text, attempt in await pieces.put((text, attempt)) })
            } catch {
                return .failure(error)
            }
        }
    }

    func answer() async -> Result<ModelAnswer, ToolError> { await work.value }

    func end() async {
        pieces.abandon()
        work.cancel()
        _ = await work.value
    }
}
