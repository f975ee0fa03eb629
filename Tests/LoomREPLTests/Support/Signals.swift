import LoomSystem

@testable import LoomKernel
@testable import LoomREPL

private let identifiers = IDGenerator(clock: ManualClock(), random: SeededRandom(seed: 7))

/// A signal as the bus would carry it, `seconds` after the session began.
func signal<P: SignalPayload>(_ payload: P, source: String = "kernel", seconds: Double = 0) throws -> Signal {
    Signal(
        sequence: 1, id: identifiers.next(), type: P.type, source: source, subject: nil, team: nil, cause: nil,
        time: Timestamp(seconds: 1_800_000_000) + .milliseconds(Int(seconds * 1000)), data: try JSON(encoding: payload))
}

/// A signal of a type that a plugin made up.
func signal(_ type: String, _ data: JSON, source: String) -> Signal {
    Signal(
        sequence: 1, id: identifiers.next(), type: type, source: source, subject: nil, team: nil, cause: nil,
        time: Timestamp(seconds: 1_800_000_000), data: data)
}

func question(
    _ kind: Question.Kind = .permission, agent: String = "ada", title: String = "ada wants to edit src/parser.py  (+3 −1)",
    detail: String = "", why: String = "ask write (preset ask)", always: String? = nil, options: [String] = []
) -> Question {
    Question(
        id: identifiers.next(), kind: kind, agent: agent, call: "c", title: title, detail: detail, why: why, always: always,
        options: options, time: Timestamp(seconds: 0))
}

func renderer(_ width: Int?, colour: Bool = false, utf8: Bool = true, streams: Bool = true) -> LineRenderer {
    LineRenderer(
        layout: LineLayout(width: width, colour: colour, marks: utf8 ? .unicode : .ascii), streams: streams, lead: "lead", me: "user/repl")
}
