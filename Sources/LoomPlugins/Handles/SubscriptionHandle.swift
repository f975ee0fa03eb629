import LoomKernel
import LoomSystem

/// Signals that Lua code wants to hear while its call runs.
final class SubscriptionHandle: OpenHandle {
    static let luaClass = "Subscription"

    /// The subscription itself is what drops the oldest; here lies one.
    let signals = Inflow<Signal>(capacity: 1)
    let subscription: Subscription

    init(_ subscription: Subscription) {
        self.subscription = subscription
        Task { [signals] in
            while let batch = await subscription.next() {
                for signal in batch { await signals.put(signal) }
            }
            signals.finish()
        }
    }

    func end() async {
        signals.abandon()
        subscription.cancel()
    }
}
