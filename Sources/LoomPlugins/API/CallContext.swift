import LoomKernel
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
    private let end = Mutex<(any Error)?>(nil)

    init(
        phase: Phase, plugin: String, ports: PluginPorts, toolHost: ToolHost? = nil, channel: EventChannel? = nil,
        events: EventSource? = nil
    ) {
        self.phase = phase
        self.plugin = plugin
        self.ports = ports
        self.toolHost = toolHost
        self.channel = channel
        self.events = events
    }

    /// The error a host function ended the call with. Lua carries its text only, so the error itself is kept here; Lua code may
    /// have caught it and gone on, and then it is not the error the call fails with.
    var ending: (any Error)? { end.withLock { $0 } }

    func end(with error: any Error) { end.withLock { $0 = error } }
}
