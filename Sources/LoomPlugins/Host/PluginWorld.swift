package import LoomKernel
import Synchronization

/// What plugins work in, once it is there: they are loaded before a workspace is opened, and some are only listed, without any.
package final class PluginWorld: Sendable {
    private struct State {
        /// Its front end holds it; the plugins of a closed one hold nothing up.
        weak var workspace: Workspace?
    }

    private let state = Mutex(State())

    package init() {}

    /// Nil until one is open.
    package var workspace: Workspace? { state.withLock { $0.workspace } }

    func attach(_ workspace: Workspace) { state.withLock { $0.workspace = workspace } }
}
