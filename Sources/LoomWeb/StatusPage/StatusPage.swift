import Glibc
import Hummingbird
import Logging
import LoomKernel
package import LoomSystem
import NIOCore
import NIOPosix
import Synchronization

/// The workspace in a browser: a page for people and a JSON API for programs, on the loopback interface only.
///
///     let page = StatusPage(workspace: workspace, port: 4200)
///     try await page.run { print("page \($0)") }
package struct StatusPage: Sendable {
    /// How many ports after the wanted one are tried when it is taken.
    package static let tries = 20

    private let workspace: any PageWorkspace
    private let port: Int
    private let token: String
    private let clock: any WallClock
    private let heartbeat: Duration
    private let capacity: Int

    /// - Parameters:
    ///   - port: the wanted port; 0 for any free one.
    ///   - token: the secret in the address; nil for a new random one.
    ///   - heartbeat: the longest silence of an event stream.
    ///   - capacity: signals that may wait for one reader of the event stream before it is cut off.
    package init(
        workspace: any PageWorkspace, port: Int = 4200, token: String? = nil, clock: any WallClock = LiveClock(),
        heartbeat: Duration = .seconds(15), capacity: Int = 2048
    ) {
        self.workspace = workspace
        self.port = port
        self.token = token ?? Hash.token()
        self.clock = clock
        self.heartbeat = heartbeat
        self.capacity = capacity
    }

    /// Starts the threads that serve, for a start in which there is nothing else to do at that moment.
    package static func prepare() { _ = MultiThreadedEventLoopGroup.singleton.next() }

    /// Serves until the task is cancelled, then returns at once, open event streams or not.
    ///
    /// - Parameter onReady: called once, with the address to open, token included.
    package func run(onReady: @escaping @Sendable (_ address: String) -> Void) async throws(StatusPageError) {
        let ports = self.port == 0 ? 0...0 : self.port...min(65_535, self.port + Self.tries)
        for port in ports {
            let isReady = Mutex(false)
            do {
                try await self.serve(port: port) { bound in
                    isReady.withLock { $0 = true }
                    onReady("http://127.0.0.1:\(bound)/?token=\(self.token)")
                }
                return
            } catch {
                if Task.isCancelled { return }
                guard !isReady.withLock({ $0 }), Self.isAddressInUse(error) else { throw .server("\(error)") }
            }
        }
        throw .portsTaken(ports)
    }

    private func serve(port: Int, onReady: @escaping @Sendable (Int) -> Void) async throws {
        var logger = Logger(label: "loomkin.page")
        // The server's own messages ("started and listening") would disturb the line being typed.
        logger.logLevel = .critical
        let router = Router(context: PageContext.self)
        router.middlewares.add(Gate(doorkeeper: Doorkeeper(token: self.token)))
        let events = EventStream(workspace: self.workspace, clock: self.clock, heartbeat: self.heartbeat, capacity: self.capacity)
        Routes(workspace: self.workspace, clock: self.clock, events: events).add(to: router)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
    }

    private static func isAddressInUse(_ error: any Error) -> Bool {
        (error as? IOError)?.errnoCode == EADDRINUSE
    }
}
