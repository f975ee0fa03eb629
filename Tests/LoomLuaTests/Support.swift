import Synchronization

@testable import LoomLua

extension LuaState {
    /// Runs source that is expected to end by itself.
    @discardableResult
    func eval(_ source: String, chunk: String = "test.lua", context: (any Sendable)? = nil) async throws -> [LuaValue] {
        try await run(source: source, chunk: chunk, deadline: .seconds(3600), context: context)
    }

    /// The error of source that is expected to fail.
    func failure(of source: String, chunk: String = "test.lua") async -> LuaError? {
        do {
            try await run(source: source, chunk: chunk, deadline: .seconds(3600))
            return nil
        } catch {
            return error
        }
    }
}

/// A door that tasks wait at until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// A value that is handed from one task to another, once.
actor Handover<Value: Sendable> {
    private var value: Value?
    private var waiting: CheckedContinuation<Value, Never>?

    func put(_ value: Value) {
        self.value = value
        waiting?.resume(returning: value)
        waiting = nil
    }

    func take() async -> Value {
        if let value { return value }
        return await withCheckedContinuation { waiting = $0 }
    }
}

final class Recorder: Sendable {
    private let entries = Mutex<[String]>([])
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
}

/// SplitMix64: small, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
