/// All that is needed to load one file, wherever that is done.
struct LoadOrder: Sendable {
    let file: PluginFile
    /// The number its generation gets when it is committed.
    let number: Int
    let tally: CallTally
    /// What its predecessors left.
    let memory: PluginMemory
    /// What `require` finds until it is committed.
    let modules: [PluginKey: PluginFile]
    let moduleFiles: ModuleFiles
    let counts: OpenCounts
    let ports: PluginPorts
}
