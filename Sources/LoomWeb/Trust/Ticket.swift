import LoomSystem
import Synchronization

/// Opens the door once. Arguments of a program can be read by everybody on the machine, and a browser is told its address that way.
final class Ticket: Sendable {
    let text = Hash.token()
    private let isTaken = Atomic(false)

    func take(_ shown: String) -> Bool { Hash.areEqual(shown, self.text) && !self.isTaken.exchange(true, ordering: .acquiringAndReleasing) }
}
