import LoomKernel
import LoomLua
import LoomSystem

extension APIFunction {
    /// Several things at once in one call.
    static let tasks: [APIFunction] = [
        APIFunction(
            "task.spawn", [("fn", nil), ("...", nil)], returns: "loom.Task?, loom.Error?", phases: acting,
            text: "Runs a function beside the code that goes on, with the arguments behind it, the same rights and the same deadline. "
                + "It ends with the call, finished or not: await it.",
            body: .raw { (context, lua, values) throws(APIFault) in
                guard let function = values.first?.function else { throw .mistake("loom.task.spawn takes a function") }
                do throws(ToolError) {
                    let (number, _) = try await context.handles.open { () throws(ToolError) in
                        TaskHandle(function, context.forTask(of: lua))
                    }
                    return [.string(TaskHandle.luaClass), .table([HandleFields.number: .integer(number)])]
                } catch {
                    guard error.status == .error else { throw .ended(error) }
                    return APIRefusal(code: error.code, message: error.message, hint: nil).lua
                }
            }),
        APIFunction(
            "task.all", [("functions", nil)], returns: "any[]?, loom.Error?", phases: acting,
            text: "Runs all functions side by side and gives the first value of each, in their order. When one fails the others are "
                + "cancelled, and its error is raised.",
            body: .prelude),
        APIFunction(
            "task.race", [("functions", nil)], returns: "any, integer", phases: acting,
            text: "Runs all functions side by side until one has ended; the others are cancelled. Gives its first value and its place, or "
                + "raises its error.",
            body: .prelude),
    ]

    static let taskMethods: [APIFunction] = [
        APIFunction(
            "Task:await", returns: "any ...", phases: acting,
            text: "Waits for the end of the task and gives what its function returned. The error of one that failed is raised here; of one "
                + "that was cancelled it is `nil, err`.",
            body: .raw { (context, _, values) throws(APIFault) in
                guard let number = values.first?.table?[HandleFields.number].integer,
                    let handle = context.handle(number) as? TaskHandle
                else { return APIRefusal.stale(TaskHandle.luaClass).lua }
                let outcome = await handle.outcome()
                context.handles.forget(number)
                guard case .failed(let error, let ending) = outcome else { return [true] }
                if error.kind == .cancelled {
                    return APIRefusal(code: "cancelled", message: "The task was cancelled.", hint: nil).lua
                }
                context.fail(with: error, ending: ending)
                return [true, error.value ?? .string(error.message)]
            }),
        method(of: TaskHandle.self, "cancel", returns: "boolean", text: "Ends the task: what it waits for is given up.") {
            (_, call) throws(ToolError) in
            call.context.dismiss(call.handle)
            return true
        },
    ]
}

/// What the prelude's `task.all` and `task.race` are made of.
enum TaskFunctions {
    /// Waits until every task of a list has ended well and gives 0; or gives the place of the first that failed, or, with the
    /// second argument, of the first that ended at all.
    static func settled(_ call: LuaCall, _ values: [LuaValue]) async -> [LuaValue] {
        guard let context = call.context as? CallContext, let list = values.first?.table?.array else { return [0] }
        let wantsAny = values.count > 1 && values[1].isTruthy
        let tasks = list.map { ($0.table?[HandleFields.number].integer).flatMap { context.handle($0) as? TaskHandle } }
        let ended = Inflow<(place: Int, failed: Bool)>(capacity: max(1, tasks.count))
        for (index, task) in tasks.enumerated() {
            Task {
                var failed = false
                if case .failed? = await task?.outcome() { failed = true }
                await ended.put((index + 1, failed))
            }
        }
        for _ in tasks {
            guard case .element(let first) = await ended.take(clock: context.ports.clock) else { break }
            if first.failed || wantsAny { return [.integer(Int64(first.place))] }
        }
        return [0]
    }
}
