/// What one plugin may take: memory, time of a call, bytes it gives back, things it holds open.
package struct PluginLimits: Sendable, Hashable {
    /// Of its Lua state.
    package var memoryMB: Int
    /// Wall time of one call; the time that a human is waited for does not count.
    package var seconds: Double
    /// What one call may give back.
    package var outputKB: Int
    /// Processes and the like that it may have open at once.
    package var handles: Int

    package init(memoryMB: Int, seconds: Double, outputKB: Int, handles: Int) {
        self.memoryMB = memoryMB
        self.seconds = seconds
        self.outputKB = outputKB
        self.handles = handles
    }

    /// What a plugin has that says nothing. Each kind has shorter deadlines of its own.
    package static let standard = PluginLimits(memoryMB: 64, seconds: 86_400, outputKB: 4_096, handles: 64)
    /// The most it may ask for, where the configuration says nothing.
    package static let ceiling = PluginLimits(memoryMB: 256, seconds: 86_400, outputKB: 16_384, handles: 1_024)
}
