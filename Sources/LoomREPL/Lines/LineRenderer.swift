package import LoomKernel
import LoomSystem

/// Turns signals into lines for a terminal or a log: one line an event, text that an agent says under its name.
package struct LineRenderer: Sendable {
    package var layout: LineLayout
    /// Prints what agents say while they say it; otherwise whole, once.
    let streams: Bool
    /// The agent whose turns are summed up.
    let lead: String
    /// What this front end signs with; what others do is told, what is done here is not told again.
    let me: String

    var speeches: [String: SpeechStream] = [:]
    /// Whose row was printed last, so that a text goes on without the name.
    var speaker: String?
    var calls: [String: ToolStarted] = [:]
    var told: Set<String> = []
    var denials: [String: PermissionDecided] = [:]
    var lastReason: [String: String] = [:]
    /// Agents in a turn.
    private(set) var busy: Set<String> = []
    /// Messages of this person that were said to be queued and not yet to be read.
    var queued: Set<String> = []
    var turn = Turn()
    /// Whether the last thing the lead's model did was to fail.
    package internal(set) var leadModelFailed = false

    /// What happened since a person last spoke.
    struct Turn: Sendable {
        var began: Timestamp?
        var tools = 0
        var cost = 0.0
    }

    package init(layout: LineLayout, streams: Bool, lead: String, me: String) {
        self.layout = layout
        self.streams = streams
        self.lead = lead
        self.me = me
    }

    var marks: Marks { self.layout.marks }

    /// The lines of a signal, without line ends; often none.
    package mutating func lines(for signal: Signal) -> [String] {
        switch signal.type {
        case AgentTextDelta.type: return signal.payload(AgentTextDelta.self).map { self.delta($0) } ?? []
        case AgentSaid.type: return signal.payload(AgentSaid.self).map { self.said($0) } ?? []
        default: break
        }
        let lines = self.agentLines(signal) ?? self.workLines(signal) ?? []
        if !lines.isEmpty { self.speaker = nil }
        return lines
    }

    /// Where an agent stands, so far as it is known from elsewhere than the signals.
    package mutating func noteState(of agent: String, _ state: AgentStatus) {
        if state.isBusy || state == .paused { self.busy.insert(agent) } else { self.busy.remove(agent) }
    }

    mutating func event(_ who: String, _ text: String, _ hue: Hue? = nil, right: String = "", rightHue: Hue? = nil) -> [String] {
        self.layout.event(who, text, hue, right: right, rightHue: rightHue)
    }

    mutating func failure(_ who: String, _ text: String) -> [String] { self.event(who, "\(self.marks.failure) \(text)", .red) }

    /// Lines printed by somebody else: the next row of a text begins with the name again.
    package mutating func interrupted() { self.speaker = nil }

    // MARK: What agents say

    private mutating func delta(_ piece: AgentTextDelta) -> [String] {
        guard self.streams else { return [] }
        var lines: [String] = []
        var speech = self.speeches[piece.agent] ?? SpeechStream(call: piece.call, attempt: piece.attempt)
        if !speech.continues(call: piece.call, attempt: piece.attempt) {
            if speech.hasPrinted {
                lines = self.event(piece.agent, "\(self.marks.ellipsis) broke off here, and begins again", .dim)
                self.speaker = nil
            }
            speech = SpeechStream(call: piece.call, attempt: piece.attempt)
        }
        lines += self.spoken(piece.agent, speech.add(piece.text, width: self.layout.textWidth))
        self.speeches[piece.agent] = speech
        return lines
    }

    private mutating func said(_ said: AgentSaid) -> [String] {
        let width = self.layout.textWidth
        let rows = self.speeches.removeValue(forKey: said.agent)?.rest(of: said.text, width: width)
        let lines = self.spoken(said.agent, rows ?? SpeechStream.rows(said.text, width: width))
        self.lastReason[said.agent] = said.text
        self.speaker = nil
        return lines
    }

    private mutating func spoken(_ who: String, _ rows: [String]) -> [String] {
        rows.map { row in
            let start = self.speaker == who ? self.layout.indent : self.layout.name(who)
            self.speaker = who
            return row.isEmpty ? "" : start + row
        }
    }
}
