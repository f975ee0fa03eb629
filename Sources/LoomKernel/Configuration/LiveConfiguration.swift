import Synchronization

/// The configuration as it is now: whoever needs a value reads it when it is needed, so that a change counts at once.
package final class LiveConfiguration: Sendable {
    private let state: Mutex<Configuration>

    package init(_ configuration: Configuration = Configuration()) { self.state = Mutex(configuration) }

    package var value: Configuration { self.state.withLock { $0 } }

    package func update(_ change: (inout Configuration) -> Void) { self.state.withLock { change(&$0) } }
}
