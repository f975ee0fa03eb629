package import LoomKernel
import Synchronization

/// What plugins work in, once it is there: they are loaded before a workspace is opened, and some are only listed, without any.
package final class PluginWorld: Sendable {
    private struct State {
        /// Its front end holds it; the plugins of a closed one hold nothing up.
        weak var workspace: Workspace?
        weak var host: PluginHost?
        var history: (any PluginHistory)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Nil until one is open.
    package var workspace: Workspace? { state.withLock { $0.workspace } }

    /// The texts that plugins had; nil where nothing is kept yet.
    package var history: (any PluginHistory)? { state.withLock { $0.history } }

    /// Where agents can put plugins of their own; nil until a workspace is open.
    var host: PluginHost? { state.withLock { $0.host } }

    func attach(_ workspace: Workspace, _ host: PluginHost) {
        state.withLock { state in
            state.workspace = workspace
            state.host = host
            state.history = workspace.services.store
        }
    }

    func setHistory(_ history: (any PluginHistory)?) { state.withLock { $0.history = history } }
}
