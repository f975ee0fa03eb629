import Glibc
import LoomKernel
import LoomSystem

/// What an agent costs: to spawn, and to keep.
enum AgentFigures {
    private static let batch = 100
    private static let crowd = 10_000

    static func rows(_ rival: Rival) async throws -> [Row] {
        let kept = try await Self.spawning(isKept: true)
        let unkept = try await Self.spawning(isKept: false)
        let bare = try await Self.spawning(isKept: false, withStorage: false)
        let child = await Self.children()
        let agentBytes = try await Self.inFreshProcess("agent-memory")
        let childBytes = try await Self.inFreshProcess("child-memory")
        return [
            .time("spawn of an agent, durable", goal: 1e-3, kept, note: "SQLite on disk, one commit; CPU includes the agent's first run"),
            .time("spawn of an agent, without storage", goal: 50e-6, bare, note: "the next, less its transaction done alone in turn"),
            .time("spawn of an agent, rows in memory", unkept, note: "SQLite in memory"),
            .against("spawn of a child under a supervisor", child, rival["spawn"], note: "a task with a mailbox; rival: gen_server"),
            Row(
                what: "memory of an idle agent", goal: "10 KB", result: Shown.bytes(agentBytes),
                verdict: agentBytes <= 10_000 ? .met : .missed,
                note: "growth of RSS over \(Self.crowd) agents, rows on disk"),
            Row(
                what: "memory of an idle child of a supervisor", goal: "ahead", result: Shown.bytes(childBytes),
                rival: rival["idle_memory"].map { Shown.bytes($0.median) } ?? "",
                verdict: rival["idle_memory"].map { childBytes < $0.median ? .met : .missed } ?? .none,
                note: "growth of RSS over \(Self.crowd); rival: erlang:memory(total)"),
        ]
    }

    private static func spawning(isKept: Bool, withStorage: Bool = true) async throws -> Measurement {
        let stage = try await Stage.open(isKept: isKept)
        let services = stage.workspace.services
        var number = 0
        // A new roster each time: a team of a hundred is large, one of thousands is no team.
        func spawn() async throws {
            let roster = Roster(services: services)
            for _ in 0..<Self.batch {
                number += 1
                try await roster.spawn(.init(role: "coder", name: "agent\(number)"), by: "bench")
            }
        }
        func storeAlone() async throws {
            for _ in 0..<Self.batch {
                number += 1
                let identity = AgentIdentity(id: services.identifiers.next(), name: "row\(number)", role: "coder", team: "core")
                try await services.store.transaction {
                    try $0.keepAgent(identity, model: ModelName(provider: "bench", model: "m"), by: "bench")
                }
            }
        }
        let figure =
            withStorage
            ? try await measure(warmUp: 2, runs: 15, units: Self.batch, spawn)
            // A difference needs more runs to be as steady as its parts.
            : try await measure(warmUp: 2, runs: 100, units: Self.batch, spawn, less: storeAlone)
        await settle()
        await stage.close()
        return figure
    }

    /// What a heap that was used before would hide.
    private static func inFreshProcess(_ measurement: String) async throws -> Double {
        let result = try await LiveProcessRunner().run(ProcessSpec(.program("/proc/self/exe", arguments: [measurement])))
        guard result.succeeded, let bytes = Double(result.output.text.filter { !$0.isWhitespace }) else {
            throw BenchError("Measuring \(measurement) failed: \(result.errorOutput.text)")
        }
        return bytes
    }

    /// Bytes of RSS for one agent. Only in a process that has done nothing else.
    static func agentMemory() async throws -> Double {
        let stage = try await Stage.open(isKept: true)
        let roster = Roster(services: stage.workspace.services)
        for number in 0..<Self.batch { try await roster.spawn(.init(role: "coder", name: "first\(number)"), by: "bench") }
        await settle()
        let before = residentBytes()
        for number in 0..<Self.crowd { try await roster.spawn(.init(role: "coder", name: "agent\(number)"), by: "bench") }
        await settle()
        let bytes = Double(residentBytes() - before) / Double(Self.crowd)
        await roster.close()
        await stage.close()
        return bytes
    }

    // MARK: Supervised children without rows

    private static func child(_ id: String, _ mailbox: Mailbox<Int>) -> Supervisor.ChildSpec {
        Supervisor.ChildSpec(id: id, restart: .transient) { while await mailbox.next() != nil {} }
    }

    private static func children() async -> Measurement {
        var number = 0
        return await measure(warmUp: 3, runs: 15, units: Self.batch) {
            let supervisor = Supervisor(clock: LiveClock())
            for _ in 0..<Self.batch {
                number += 1
                await supervisor.start(Self.child("child\(number)", Mailbox()))
            }
        }
    }

    /// Bytes of RSS for one child of a supervisor. Only in a process that has done nothing else.
    static func childMemory() async -> Double {
        let supervisor = Supervisor(clock: LiveClock())
        await settle()
        let before = residentBytes()
        for number in 0..<Self.crowd { await supervisor.start(Self.child("child\(number)", Mailbox())) }
        await settle()
        let bytes = Double(residentBytes() - before) / Double(Self.crowd)
        await supervisor.stopAll()
        return bytes
    }
}

/// RSS of this process.
func residentBytes() -> Int { residentBytes(of: getpid()) ?? 0 }

/// RSS of a process, or a part of it, from `/proc`.
func residentBytes(of process: pid_t, field: String = "VmRSS:") -> Int? {
    guard let bytes = try? LiveFileSystem().read("/proc/\(process)/status") else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(field) }
    return line?.split(separator: " ").dropLast().last.flatMap { Int($0) }.map { $0 * 1024 }
}
