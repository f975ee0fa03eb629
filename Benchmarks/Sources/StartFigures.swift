import Glibc
import LoomSystem

/// How soon one can type, and what the REPL then takes.
enum StartFigures {
    private static let runs = 20
    private static let goal = 50e-3
    private static let memoryGoal = 30e6
    private static let prompt = "› "

    /// - Parameter program: the built `loomkin`.
    static func rows(_ program: String) async throws -> [Row] {
        let home = try Folder()
        let project = try Folder()
        defer {
            home.remove()
            project.remove()
        }
        let environment = ["HOME": home.path, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        let version = try Self.version(program, environment)
        var rows: [Row] = [.time("cold start of loomkin --version", goal: Self.goal, version, note: "\(Self.runs) runs")]
        for page in [false, true] {
            let start = try Self.prompts(program, page: page, folder: { project.path }, environment)
            let what = "cold start to the prompt, page \(page ? "on" : "off")"
            rows.append(.time(what, goal: Self.goal, start, note: "\(Self.median); CPU until it has ended"))
        }
        rows.append(try Self.firstStart(program, environment))
        rows.append(try await Self.memory(program, project.path, environment))
        return rows
    }

    private static let median = "\(runs) runs, all plugins loaded, project with a database"

    private static func version(_ program: String, _ environment: [String: String]) throws -> Measurement {
        var samples: [Double] = []
        var cpu = 0.0
        for _ in 0..<(Self.runs + 2) {
            let start = uptime()
            let process = try spawnProcess([program, "--version"], folder: "/", environment: environment)
            cpu += try waitForEnd(of: process) / Double(Self.runs + 2)
            samples.append(uptime() - start)
        }
        return Measurement(samples: Array(samples.dropFirst(2)), cpu: cpu)
    }

    private static func command(_ program: String, page: Bool) -> [String] {
        [program, "--model", "scripted:sample"] + (page ? [] : ["--no-page"])
    }

    private static func prompts(
        _ program: String, page: Bool, folder: () throws -> String, _ environment: [String: String]
    ) throws -> Measurement {
        var samples: [Double] = []
        var cpu = 0.0
        for _ in 0..<(Self.runs + 2) {
            let folder = try folder()
            let start = uptime()
            let terminal = try PseudoTerminal(Self.command(program, page: page), folder: folder, environment: environment)
            _ = try terminal.read(until: Self.prompt)
            samples.append(uptime() - start)
            terminal.type("/quit\r")
            cpu += try terminal.end() / Double(Self.runs + 2)
        }
        return Measurement(samples: Array(samples.dropFirst(2)), cpu: cpu)
    }

    private static func firstStart(_ program: String, _ environment: [String: String]) throws -> Row {
        var folders: [Folder] = []
        defer { folders.forEach { $0.remove() } }
        let start = try Self.prompts(
            program, page: true,
            folder: {
                let folder = try Folder()
                folders.append(folder)
                return folder.path
            }, environment)
        return .time("the same in a new folder", start, note: "makes the database")
    }

    /// RSS after two idle seconds, and how much of it is the program's own data and not the mapped files'.
    private static func memory(_ program: String, _ folder: String, _ environment: [String: String]) async throws -> Row {
        let terminal = try PseudoTerminal(Self.command(program, page: true), folder: folder, environment: environment)
        _ = try terminal.read(until: Self.prompt)
        try await Task.sleep(for: .seconds(2))
        let bytes = Double(residentBytes(of: terminal.process) ?? 0)
        let own = Double(residentBytes(of: terminal.process, field: "RssAnon:") ?? 0)
        terminal.type("/quit\r")
        _ = try terminal.end()
        return Row(
            what: "idle RSS of the REPL, page on", goal: Shown.bytes(Self.memoryGoal), result: Shown.bytes(bytes),
            verdict: bytes <= Self.memoryGoal ? .met : .missed,
            note: "after 2 s; \(Shown.bytes(own)) anonymous, the rest mapped files (the program itself)")
    }
}
