package import LoomSystem

/// One immutable, typed, numbered event: what happened, who did it, what caused it.
package struct Signal: Sendable, Hashable, Codable, Identifiable {
    /// Position in the workspace's log, from 1. Zero for a signal that is not kept (a piece of streamed text).
    package var sequence: Int64
    package let id: ID
    /// The payload's declared type, such as `tool.started`.
    package let type: String
    /// Who published it: `agent/ada`, `user/repl`, `kernel`, `plugin/file_read`.
    package let source: String
    /// What it is about where that is not the source: a call, a question, a task.
    package let subject: String?
    /// The team it happened in; nil for the workspace as a whole.
    package let team: String?
    /// The signal that caused this one, so that "why did this happen?" is a query.
    package let cause: ID?
    package let time: Timestamp
    package let data: JSON

    /// The path that subscribers' patterns are matched against, for example `team/core/agent/ada/tool.started`.
    package var topic: String {
        let place = self.team.map { "team/\($0)/" } ?? ""
        return "\(place)\(self.source)/\(self.type)"
    }

    /// The typed payload, or nil when this signal is of another type.
    package func payload<P: SignalPayload>(_: P.Type = P.self) -> P? {
        guard self.type == P.type else { return nil }
        return try? self.data.decode(as: P.self)
    }
}

/// A declared kind of signal. Publisher, subscriber, JSON and documentation all come from the one struct.
package protocol SignalPayload: Codable, Sendable {
    /// Dotted name, noun first: `tool.started`.
    static var type: String { get }
    /// False for what only matters while it happens (streamed text): not in the log, newest wins.
    static var isKept: Bool { get }
}

extension SignalPayload {
    package static var isKept: Bool { true }
}
