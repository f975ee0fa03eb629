import LoomSystem
@testable import LoomWeb

/// A page that serves while a test body runs, and has ended when the call returns.
struct RunningPage: Sendable {
    static let token = "secret-of-the-tests"

    let wire: Wire
    /// What a program sends.
    let bearer = ["Authorization": "Bearer \(RunningPage.token)"]

    var origin: String { "http://127.0.0.1:\(self.wire.port)" }
    /// What a browser that opened the printed address sends.
    var cookie: [String: String] { ["Cookie": "loomkin-\(self.wire.port)=\(Doorkeeper.pass(for: RunningPage.token))"] }

    static func serve<Value: Sendable>(
        _ workspace: FakeWorkspace, heartbeat: Duration = .seconds(15), capacity: Int = 1_024,
        patience: Duration = .seconds(60), _ body: @escaping @Sendable (RunningPage) async throws -> Value
    ) async throws -> Value {
        let page = StatusPage(
            workspace: workspace, port: 0, token: Self.token, clock: workspace.clock, heartbeat: heartbeat, capacity: capacity,
            patience: patience)
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await page.run { address, _ in ready.yield(address) }
            }
            defer { group.cancelAll() }
            var iterator = addresses.makeAsyncIterator()
            guard let address = await iterator.next() else {
                try await group.waitForAll()
                throw Wire.Failure()
            }
            let port = address.split(separator: ":").last.flatMap { Int($0.prefix { $0 != "/" }) } ?? 0
            return try await body(RunningPage(wire: Wire(port: port)))
        }
    }
}
