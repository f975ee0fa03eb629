import LoomKernel
import LoomLua
import Synchronization

extension Generation {
    /// Closes the state when nothing was called in it yet.
    func rest() async {
        guard let code = takeUntouched() else { return }
        await code.state.close()
    }

    var isOpen: Bool {
        slot.withLock { if case .open = $0.state { true } else { false } }
    }

    /// The code, made anew when it rests.
    func code() async throws(LuaError) -> LuaCode {
        let state = slot.withLock { slot in
            if case .resting = slot.state { slot.state = .opening(Task { await self.reopen() }) }
            return slot.state
        }
        switch state {
        case .open(let code): return code
        case .opening(let task): return try await task.value.get()
        case .resting: throw .closed
        }
    }

    /// The function of this code that stands where that one stood when the plugin was loaded.
    func counterpart(of function: LuaFunction, in code: LuaCode) -> LuaFunction {
        slot.withLock { $0.places[function] }.flatMap { code.functions[$0] } ?? function
    }

    private func reopen() async -> Result<LuaCode, LuaError> {
        do throws(LuaError) {
            let code = try await LuaCode.open(file, modules: modules, lease: lease, ports: ports, isLookedAt: false).code
            await code.state.limitMemory(to: limits.memoryMB << 20)
            slot.withLock { $0.state = .open(code) }
            return .success(code)
        } catch {
            slot.withLock { $0.state = .resting }
            return .failure(error)
        }
    }
}
