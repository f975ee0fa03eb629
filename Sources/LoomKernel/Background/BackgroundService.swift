/// A plugin that acts by itself, on signals and by the clock.
///
/// One thing at a time: `start`, then handlers in the order of their signals, then `stop`.
package protocol BackgroundService: Sendable {
    var name: String { get }
    var generation: Int { get }
    /// Topics of the signals it wants. Only kept signals reach it.
    var patterns: [String] { get }
    /// Seconds between two ticks, each interval once.
    var intervals: [Double] { get }
    func start(_ host: ToolHost) async throws(ToolError)
    func handle(_ signal: Signal, _ host: ToolHost) async throws(ToolError)
    func tick(_ interval: Double, _ host: ToolHost) async throws(ToolError)
    func stop(_ host: ToolHost) async throws(ToolError)
}
