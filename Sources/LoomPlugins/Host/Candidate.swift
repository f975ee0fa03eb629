import LoomKernel

/// The outcome of one attempt to load a file.
struct Candidate: Sendable {
    let key: PluginKey
    let result: Result<LivePlugin, PluginFault>
    let milliseconds: Double

    var plugin: LivePlugin? { try? result.get() }
    var fault: PluginFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }
}
