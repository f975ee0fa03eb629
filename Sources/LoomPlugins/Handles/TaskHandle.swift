import LoomKernel
import LoomLua
import LoomSystem

/// A function that runs beside the call that started it, in the same Lua state and with the same rights.
final class TaskHandle: OpenHandle {
    static let luaClass = "Task"

    enum Outcome: Sendable {
        case done
        /// The error, and what ended the task from outside, if that was it.
        case failed(LuaError, ending: (any Error)?)
    }

    private let task: Task<Outcome, Never>
    private let context: CallContext

    init(_ function: LuaFunction, _ context: CallContext) {
        self.context = context
        task = Task {
            do throws(LuaError) {
                try await context.runner?(function, context)
                return .done
            } catch {
                return .failed(error, ending: context.ending)
            }
        }
    }

    /// Returns when the function has ended, whatever became of the waiting task.
    func outcome() async -> Outcome { await task.value }

    func end() async {
        task.cancel()
        guard case .failed(let error, _) = await task.value, error.kind != .cancelled else { return }
        // Its starter never looked: somebody ought to hear of it.
        context.ports.log("warning", context.plugin, "A task that was not awaited failed: \(error.message)")
    }
}
