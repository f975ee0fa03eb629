import Synchronization

/// A function that lives in a Lua state. Equal when it is the same function of the same state.
///
/// The state keeps the function as long as a `LuaFunction` for it lives; a `LuaFunction` does not keep its state.
package final class LuaFunction: Sendable, Equatable, Hashable {
    let references: LuaReferences
    let reference: Int64

    init(references: LuaReferences, reference: Int64) {
        self.references = references
        self.reference = reference
        references.retain(reference)
    }

    deinit { references.release(reference) }

    package static func == (a: LuaFunction, b: LuaFunction) -> Bool {
        a.references === b.references && a.reference == b.reference
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(references))
        hasher.combine(reference)
    }
}

/// Counts the Swift holders of a state's functions. Holders come and go on any thread; the state collects what nobody holds.
final class LuaReferences: Sendable {
    private struct Ledger {
        var holders: [Int64: Int] = [:]
        var abandoned: [Int64] = []
    }

    private let ledger = Mutex(Ledger())

    func retain(_ reference: Int64) {
        ledger.withLock { $0.holders[reference, default: 0] += 1 }
    }

    func release(_ reference: Int64) {
        ledger.withLock { ledger in
            guard let count = ledger.holders[reference] else { return }
            if count > 1 {
                ledger.holders[reference] = count - 1
            } else {
                ledger.holders[reference] = nil
                ledger.abandoned.append(reference)
            }
        }
    }

    /// References whose last holder is gone. One may have been given out anew since: that one stays.
    func takeAbandoned() -> [Int64] {
        ledger.withLock { ledger in
            guard !ledger.abandoned.isEmpty else { return [] }
            defer { ledger.abandoned = [] }
            return ledger.abandoned.filter { ledger.holders[$0] == nil }
        }
    }
}
