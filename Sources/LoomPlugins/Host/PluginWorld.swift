package import LoomKernel
import Synchronization

/// What plugins work in, once it is there: they are loaded before a workspace is opened, and some are only listed, without any.
package final class PluginWorld: Sendable {
    private struct State {
        /// Its front end holds it; the plugins of a closed one hold nothing up.
        weak var workspace: Workspace?
        var history: (any PluginHistory)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Nil until one is open.
    package var workspace: Workspace? { state.withLock { $0.workspace } }

    /// The texts that plugins had; nil where nothing is kept yet.
    package var history: (any PluginHistory)? { state.withLock { $0.history } }

    func attach(_ workspace: Workspace) {
        state.withLock { state in
            state.workspace = workspace
            state.history = workspace.services.store
        }
    }

    func setHistory(_ history: (any PluginHistory)?) { state.withLock { $0.history = history } }
}
