import LoomKernel
import LoomSystem

extension Inflow {
    /// What a method that waits for the next element gives: nil at the end.
    func next(_ call: APICall) async throws(ToolError) -> Element? {
        switch await take(within: try call.seconds("timeout"), clock: call.context.ports.clock) {
        case .element(let element): return element
        case .ended: return nil
        case .timedOut: throw ToolError("Nothing came within the \(call.number("timeout") ?? 0) seconds allowed.", code: "timeout")
        case .busy: throw ToolError("Another task waits here already. One at a time.", code: "busy")
        }
    }
}
