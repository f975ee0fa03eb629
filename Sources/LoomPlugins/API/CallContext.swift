import LoomKernel
import LoomLua
import LoomSystem
import Synchronization

/// On whose behalf Lua code runs: what the functions of `loom` find behind every call.
final class CallContext: Sendable {
    let phase: Phase
    /// The plugin's name.
    let plugin: String
    let ports: PluginPorts
    /// Where somebody acts: in a tool's run, a hook, a command, a service.
    let toolHost: ToolHost?
    /// Where a provider's events go.
    let channel: EventChannel?
    /// Where a provider's `decode` gets its events from.
    let events: EventSource?
    /// What the call has opened.
    let handles: OpenHandles
    /// What outlives the call, because a service's generation owns it; nil elsewhere.
    let lasting: OpenHandles?
    /// Runs a function of the call's own Lua state beside it.
    let runner: Runner?
    /// The call that this one is a part of, for its deadline: that of a task's starter.
    let starter: LuaCall?
    private let end = Mutex<(any Error)?>(nil)
    private let failedTask = Mutex<LuaError?>(nil)

    typealias Runner = @Sendable (LuaFunction, CallContext) async throws(LuaError) -> Void

    init(
        phase: Phase, plugin: String, ports: PluginPorts, toolHost: ToolHost? = nil, channel: EventChannel? = nil,
        events: EventSource? = nil, handles: OpenHandles = OpenHandles(), lasting: OpenHandles? = nil, runner: Runner? = nil,
        starter: LuaCall? = nil
    ) {
        self.phase = phase
        self.plugin = plugin
        self.ports = ports
        self.toolHost = toolHost
        self.channel = channel
        self.events = events
        self.handles = handles
        self.lasting = lasting
        self.runner = runner
        self.starter = starter
    }

    /// For a task that this call starts: it shares everything but its own ending.
    func forTask(of call: LuaCall) -> CallContext {
        CallContext(
            phase: phase, plugin: plugin, ports: ports, toolHost: toolHost, handles: handles, lasting: lasting, runner: runner,
            starter: starter ?? call)
    }

    /// The error a host function ended the call with. Lua carries its text only, so the error itself is kept here; Lua code may
    /// have caught it and gone on, and then it is not the error the call fails with.
    var ending: (any Error)? { end.withLock { $0 } }

    func end(with error: any Error) { end.withLock { $0 = error } }

    func handle(_ number: Int64) -> (any OpenHandle)? { handles.handle(number) ?? lasting?.handle(number) }

    /// Ends what Lua code is done with.
    func dismiss(_ number: Int64) {
        handles.dismiss(number)
        lasting?.dismiss(number)
    }

    /// A task of this call failed, and its starter has been told. Should the starter fail with that, this is the error, and
    /// where it was raised.
    func fail(with error: LuaError, ending: (any Error)?) {
        failedTask.withLock { $0 = error }
        if let ending { end(with: ending) }
    }

    func original(of error: LuaError) -> LuaError {
        failedTask.withLock { $0 }.flatMap { $0.message == error.message ? $0 : nil } ?? error
    }
}
