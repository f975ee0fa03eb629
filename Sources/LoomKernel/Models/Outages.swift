import LoomSystem
import Synchronization

/// Models that could not be had a moment ago: while there are others they are not asked first.
final class Outages: Sendable {
    private static let length: Duration = .seconds(60)
    private let ends = Mutex<[ModelName: Duration]>([:])

    func note(_ model: ModelName, at time: Duration) { self.ends.withLock { $0[model] = time + Self.length } }

    func isOut(_ model: ModelName, at time: Duration) -> Bool { self.ends.withLock { ends in ends[model].map { $0 > time } ?? false } }
}
