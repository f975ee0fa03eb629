import LoomKernel
import LoomLua
import LoomSystem
import Synchronization

/// One loaded version of a plugin: a Lua state of its own, the calls that run in it, and what they have set going.
///
/// It lives as long as somebody holds a tool or provider of it: a call ends on the generation it began on. When the last
/// holder lets go, the state is freed.
package final class Generation: Sendable {
    let file: PluginFile
    let number: Int
    let ports: PluginPorts
    let modules: ModuleScope
    let prelude: Prelude
    let lease: Lease
    let slot: Mutex<CodeSlot>
    /// What it may take.
    let limits: PluginLimits
    let faults = FaultLog()
    /// What it has to do before its first call; nil for nothing.
    let succession = Mutex<Succession?>(nil)
    let translation = Mutex(Translation())
    private let tally: CallTally
    private let counts: OpenCounts
    private let life = Mutex(Life())
    /// What a service has started and not ended.
    let lasting: OpenHandles

    /// The plugin's `migrate`, and the state of the memory that it has translated.
    struct Translation: Sendable {
        var function: LuaFunction?
        var revision: Int?
    }

    private struct Life {
        var running = 0
        /// Whether something was ever called.
        var isTouched = false
        var isRetired = false
        /// Ends the calls of a retired generation that take too long.
        var grace: Task<Void, Never>?
    }

    init(_ order: LoadOrder, lease: Lease, limits: PluginLimits, code: LuaCode, modules: ModuleScope) {
        file = order.file
        number = order.number
        ports = order.ports
        tally = order.tally
        counts = order.counts
        self.modules = modules
        prelude = code.prelude
        slot = Mutex(CodeSlot(code))
        self.lease = lease
        self.limits = limits
        lasting = OpenHandles(limit: limits.handles, count: order.counts.owned)
        counts.generations.increment()
        tally.open(number)
    }

    deinit {
        life.withLock { $0.grace }?.cancel()
        tally.close(number)
        counts.generations.decrement()
        Task { [lasting] in await lasting.endAll() }
    }

    // MARK: Life

    /// For what one call opens.
    func handles() -> OpenHandles { OpenHandles(limit: limits.handles, count: counts.owned) }

    func begin() {
        tally.begin(number)
        life.withLock { life in
            life.running += 1
            life.isTouched = true
            // Somebody has held it for a while, such as a call that a person was asked about.
            if life.isRetired, life.grace == nil { life.grace = graceTask() }
        }
    }

    func end() {
        tally.end(number)
        let grace = life.withLock { life -> Task<Void, Never>? in
            life.running -= 1
            guard life.running == 0 else { return nil }
            defer { life.grace = nil }
            return life.grace
        }
        grace?.cancel()
    }

    /// It was replaced. Calls that run may end within the grace period.
    func retire() {
        life.withLock { life in
            life.isRetired = true
            if life.running > 0 { life.grace = graceTask() }
        }
    }

    private func graceTask() -> Task<Void, Never> {
        Task { [weak self, clock = ports.clock, grace = ports.grace] in
            guard (try? await clock.sleep(for: grace)) != nil else { return }
            try? await self?.code().state.close()
        }
    }

    /// The code of a generation in which nothing was called, which from then on rests.
    func takeUntouched() -> LuaCode? {
        life.withLock { life in
            guard !life.isTouched else { return nil }
            return slot.withLock { slot in
                guard case .open(let code) = slot.state else { return nil }
                slot.state = .resting
                return code
            }
        }
    }

    var isRetired: Bool { life.withLock { $0.isRetired } }
}
