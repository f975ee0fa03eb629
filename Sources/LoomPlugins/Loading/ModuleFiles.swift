import LoomLua
import Synchronization

/// The libraries and scenarios that `require` finds: those that are live.
final class ModuleFiles: Sendable {
    private let files = Mutex<[PluginKey: PluginFile]>([:])

    func commit(_ files: [PluginKey: PluginFile]) { self.files.withLock { $0 = files } }
    var current: [PluginKey: PluginFile] { files.withLock { $0 } }
}

/// What one generation requires, and what it gets: of each module the text it got first, also in a state that is made anew.
final class ModuleScope: Sendable {
    private struct State {
        /// The files of a transaction that is not decided yet; nil once it is.
        var candidates: [PluginKey: PluginFile]?
        var required: [PluginKey: PluginFile] = [:]
    }

    private let files: ModuleFiles
    private let state: Mutex<State>

    init(_ files: ModuleFiles, candidates: [PluginKey: PluginFile]) {
        self.files = files
        state = Mutex(State(candidates: candidates))
    }

    /// The plugin was committed: from now on the live modules count.
    func settle() { state.withLock { $0.candidates = nil } }

    /// What was required so far, also by what was required.
    var required: Set<PluginKey> { Set(state.withLock { $0.required }.keys) }

    func load(_ name: String) throws(LuaError) -> (source: String, chunk: String) {
        let (candidates, required) = state.withLock { ($0.candidates, $0.required) }
        let modules = candidates ?? files.current
        let key = PluginKind.allCases.lazy.compactMap { kind -> PluginKey? in
            guard let prefix = kind.requirePrefix, name.hasPrefix(prefix) else { return nil }
            return PluginKey(kind, String(name.dropFirst(prefix.count)))
        }.first
        guard let key, let file = required[key] ?? modules[key] else {
            let names = modules.keys.compactMap { key in key.kind.requirePrefix.map { $0 + key.name } }
            throw LuaError(.host, "there is no module \"\(name)\"\(NearestName.slip(name, in: names))")
        }
        if let problem = file.problem { throw LuaError(.host, "\(file.displayPath) cannot be read: \(problem)") }
        state.withLock { $0.required[key] = file }
        return (file.text, file.displayPath)
    }
}
