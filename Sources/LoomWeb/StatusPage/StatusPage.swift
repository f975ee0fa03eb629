import Hummingbird
import LoomKernel
package import LoomSystem
import ServiceLifecycle

/// The workspace in a browser: a page for people and a JSON API for programs, on the loopback interface only.
///
///     let page = StatusPage(workspace: workspace, port: 4200)
///     try await page.run { address, _ in print("page \(address)") }
package struct StatusPage: Sendable {
    /// What can be asked for; 0 is any that is free.
    package static let ports = 0...65_535
    /// How many ports after the wanted one are tried when it is taken.
    package static let tries = 20

    private let workspace: any PageWorkspace
    private let port: Int
    private let token: String
    private let clock: any WallClock
    private let heartbeat: Duration
    private let capacity: Int
    private let patience: Duration

    /// - Parameters:
    ///   - port: the wanted port; 0 for any free one.
    ///   - token: the secret in the address; nil for a new random one.
    ///   - heartbeat: the longest silence of an event stream.
    ///   - capacity: signals that may wait for one reader of the event stream before it is cut off.
    ///   - patience: how long somebody may take nothing of an answer.
    package init(
        workspace: any PageWorkspace, port: Int = 4200, token: String? = nil, clock: any WallClock = LiveClock(),
        heartbeat: Duration = .seconds(15), capacity: Int = 2048, patience: Duration = .seconds(60)
    ) {
        self.workspace = workspace
        self.port = port
        self.token = token ?? Hash.token()
        self.clock = clock
        self.heartbeat = heartbeat
        self.capacity = capacity
        self.patience = patience
    }

    /// Serves until the task is cancelled, then returns at once, open event streams or not.
    ///
    /// - Parameter onReady: called once, with the address for a person, token included, and the one to start a browser with, which
    ///   opens the page once.
    package func run(onReady: @escaping @Sendable (_ address: String, _ once: String) -> Void) async throws(StatusPageError) {
        let ports = self.port == 0 ? 0...0 : self.port...min(Self.ports.upperBound, self.port + Self.tries)
        let ticket = Ticket()
        let responder = self.responder(ticket)
        for port in ports {
            let application = Application(loopback: port, responder: responder, patience: self.patience) { port in
                let page = "http://127.0.0.1:\(port)/"
                onReady("\(page)?token=\(self.token)", "\(page)?ticket=\(ticket.text)")
            }
            do {
                return try await application.run()
            } catch {
                if Task.isCancelled { return }
                let error = ServingError(port: port, error)
                guard error.isAddressInUse else { throw .server(error.description) }
            }
        }
        throw .portsTaken(ports)
    }

    private func responder(_ ticket: Ticket) -> some HTTPResponder<LoopbackContext> {
        let router = Router(context: LoopbackContext.self, options: .autoGenerateHeadEndpoints)
        router.middlewares.add(Gate(doorkeeper: Doorkeeper(token: self.token, ticket: ticket)))
        let events = EventStream(workspace: self.workspace, clock: self.clock, heartbeat: self.heartbeat, capacity: self.capacity)
        Routes(workspace: self.workspace, clock: self.clock, events: events).add(to: router)
        return router.buildResponder()
    }
}
