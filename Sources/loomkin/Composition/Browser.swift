import LoomSystem

enum Browser {
    /// Where there is no browser the printed address is enough.
    static func open(_ address: String, by processes: any ProcessRunner) {
        Task { _ = try? await processes.run(ProcessSpec(.program("xdg-open", arguments: [address]))) }
    }
}
