package import LoomSystem

/// A part of the status page that a plugin draws.
package protocol Panel: Sendable {
    var name: String { get }
    var generation: Int { get }
    var title: String { get }
    /// Topics of signals after which it is drawn anew.
    var refreshOn: [String] { get }
    /// Nodes, never markup: a text, a list of nodes, or `{ tag, attributes, children }`. The page escapes and checks them.
    func render(_ snapshot: JSON) async throws(ToolError) -> JSON
}
