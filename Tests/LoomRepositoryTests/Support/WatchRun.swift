import LoomSystem
import Testing

@testable import LoomRepository

/// The built `loomkin-watch`, running.
struct WatchRun {
    let process: any RunningProcess
    private var lines: ByteStream<Never>.Lines.Iterator

    /// Returns when it is ready. Lines before that are in `earlier`.
    private(set) var earlier: [WatchLine] = []

    static func program() throws -> String {
        try #require(WatchProgram.find(files: LiveFileSystem()), "build it first: make .build/debug/loomkin-watch")
    }

    init(_ arguments: String...) async throws {
        try await self.init(.program(Self.program(), arguments: arguments))
    }

    init(_ command: ProcessSpec.Command) async throws {
        process = try await LiveProcessRunner().start(ProcessSpec(command))
        lines = process.output.lines().makeAsyncIterator()
        while let line = await next(), line != .ready { earlier.append(line) }
    }

    /// Nil when it has ended.
    mutating func next() async -> WatchLine? {
        while let line = await lines.next() {
            if let line = WatchLine(line) { return line }
        }
        return nil
    }

    /// Reads on until each of the paths was reported as changed at least once; returns all paths that were.
    @discardableResult
    mutating func reported(_ paths: String...) async throws -> [String] {
        try await reported(paths)
    }

    @discardableResult
    mutating func reported(_ paths: [String]) async throws -> [String] {
        var missing = Set(paths)
        var all: [String] = []
        while !missing.isEmpty {
            guard case .changed(let path) = try #require(await next(), "it ended without reporting \(missing)") else { continue }
            missing.remove(path)
            all.append(path)
        }
        return all
    }

    /// Reads on until the line comes.
    mutating func reads(_ wanted: WatchLine) async throws {
        while try #require(await next(), "it ended before \(wanted)") != wanted {}
    }
}
