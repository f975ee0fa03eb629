package import LoomSystem

/// One immutable, typed, numbered event: what happened, who did it, what caused it.
///
/// A copy is two words and one count: a signal goes to every subscriber's queue, so its fields are shared.
package struct Signal: Sendable, Identifiable {
    /// Position in the workspace's log, from 1. Zero for a signal that is not kept (a piece of streamed text).
    package var sequence: Int64
    private let content: Content

    private final class Content: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    private struct Fields: Sendable, Hashable, Codable {
        let id: ID
        let type: String
        let source: String
        let subject: String?
        let team: String?
        let cause: ID?
        let time: Timestamp
        let data: JSON
    }

    package init(
        sequence: Int64, id: ID, type: String, source: String, subject: String?, team: String?, cause: ID?, time: Timestamp, data: JSON
    ) {
        self.sequence = sequence
        self.content = Content(
            Fields(id: id, type: type, source: source, subject: subject, team: team, cause: cause, time: time, data: data))
    }

    package var id: ID { self.content.fields.id }
    /// The payload's declared type, such as `tool.started`.
    package var type: String { self.content.fields.type }
    /// Who published it: `agent/ada`, `user/repl`, `kernel`, `plugin/file_read`.
    package var source: String { self.content.fields.source }
    /// What it is about where that is not the source: a call, a question, a task.
    package var subject: String? { self.content.fields.subject }
    /// The team it happened in; nil for the workspace as a whole.
    package var team: String? { self.content.fields.team }
    /// The signal that caused this one, so that "why did this happen?" is a query.
    package var cause: ID? { self.content.fields.cause }
    package var time: Timestamp { self.content.fields.time }
    package var data: JSON { self.content.fields.data }

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

extension Signal: Hashable {
    package static func == (left: Signal, right: Signal) -> Bool {
        left.sequence == right.sequence && (left.content === right.content || left.content.fields == right.content.fields)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.sequence)
        hasher.combine(self.id)
    }
}

/// One flat object.
extension Signal: Codable {
    private enum CodingKeys: CodingKey { case sequence }

    package init(from decoder: any Decoder) throws {
        self.sequence = try decoder.container(keyedBy: CodingKeys.self).decode(Int64.self, forKey: .sequence)
        self.content = Content(try Fields(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.sequence, forKey: .sequence)
        try self.content.fields.encode(to: encoder)
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
