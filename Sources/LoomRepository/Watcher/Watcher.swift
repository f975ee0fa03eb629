package final class Watcher: Sendable {
    package enum Trouble: Hashable, Sendable { case limit(String), gone(String) }
    package enum Change: Hashable, Sendable { case changed(Set<String>), rescan, trouble(Trouble) }
}
