import LoomKernel

/// A server of the configuration whose dialect no plugin speaks: it is listed, and says why it cannot be used.
struct UnspokenEndpoint: Provider {
    let name: String
    let dialect: String
    /// The dialects that are spoken.
    let known: Set<String>

    var generation: Int { 0 }
    var defaultModel: String? { nil }

    private var reason: String { "no plugin speaks its dialect «\(dialect)»\(NearestName.hint(dialect, in: known))" }

    func missing() async -> String? { reason }

    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        AsyncThrowingStream { throw ModelFailure(.unavailable, "\(name): \(reason)") }
    }
}
