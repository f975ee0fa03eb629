import HTTPTypes
import Hummingbird
package import LoomSystem
import ServiceLifecycle

/// Waits at 127.0.0.1 for the browser that comes back from a sign-in.
///
///     let server = try await ReturnServer.listen(port: 0)
///     print("Sign in at https://vendor.example/?redirect_uri=http://127.0.0.1:\(server.port)/back")
///     let code = await server.outcome(within: .seconds(300)) { visit in .init(status: 200, text: "Done.", outcome: "…") }
package final class ReturnServer: Sendable {
    /// What the browser asks for.
    package struct Visit: Sendable {
        package let method: String
        /// The `Host` header.
        package let host: String?
        /// Path and query as they came.
        package let target: String
    }

    /// What a person gets to read.
    package struct Answer<Outcome: Sendable>: Sendable {
        package let status: Int
        /// Plain words, without markup.
        package let text: String
        /// What the waiting ends with; nil when it goes on.
        package let outcome: Outcome?

        package init(status: Int, text: String, outcome: Outcome? = nil) {
            self.status = status
            self.text = text
            self.outcome = outcome
        }
    }

    package let port: Int
    private let desk: Desk
    private let group: ServiceGroup
    private let serving: Task<Void, Never>
    private let clock: any WallClock

    private init(port: Int, desk: Desk, group: ServiceGroup, serving: Task<Void, Never>, clock: any WallClock) {
        self.port = port
        self.desk = desk
        self.group = group
        self.serving = serving
        self.clock = clock
    }

    deinit { self.serving.cancel() }

    /// - Parameter port: 0 for any that is free.
    package static func listen(port: Int, clock: any WallClock = LiveClock()) async throws(ServingError) -> ReturnServer {
        let (desk, ready) = (Desk(), OneShot<Result<Int, ServingError>>())
        let application = Application(loopback: port, responder: desk) { ready.fulfil(.success($0)) }
        let group = ServiceGroup(configuration: .init(services: [application], logger: application.logger))
        let serving = Task {
            do {
                try await group.run()
            } catch {
                ready.fulfil(.failure(ServingError(port: port, error)))
            }
        }
        guard let bound = await ready.value() else {
            serving.cancel()
            throw ServingError(port: port, CancellationError())
        }
        return ReturnServer(port: try bound.get(), desk: desk, group: group, serving: serving, clock: clock)
    }

    /// Answers the browser until an answer has an outcome, and ends when that answer is written. What is asked before that waits.
    ///
    /// - Returns: nil when the time is over, the task is cancelled, or the server cannot go on.
    package func outcome<Outcome: Sendable>(
        within patience: Duration, _ answer: @escaping @Sendable (Visit) -> Answer<Outcome>
    ) async -> Outcome? {
        let came = OneShot<Outcome?>()
        self.desk.answers.fulfil { visit in
            let answer = answer(visit)
            if let outcome = answer.outcome { came.fulfil(outcome) }
            return (answer.status, answer.text)
        }
        let alarm = Task { [clock] in
            guard (try? await clock.sleep(for: patience)) != nil else { return }
            came.fulfil(nil)
        }
        let end = Task { [serving] in
            await serving.value
            came.fulfil(nil)
        }
        let outcome = await came.value()
        alarm.cancel()
        // Whoever is being answered gets the answer.
        await self.group.triggerGracefulShutdown()
        await end.value
        return outcome ?? nil
    }
}

/// Answers every visit, whatever its address, as soon as somebody waits for one.
private final class Desk: HTTPResponder {
    let answers = OneShot<@Sendable (ReturnServer.Visit) -> (status: Int, text: String)>()

    func respond(to request: Request, context: LoopbackContext) async throws -> Response {
        guard let answers = await self.answers.value() else { throw CancellationError() }
        let visit = ReturnServer.Visit(
            method: request.method.rawValue, host: request.head.authority, target: request.head.path ?? "/")
        let (status, text) = answers(visit)
        let html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>loomkin</title><p>\(text)</p></html>"
        var response = Response.html(html, .init(code: status))
        response.harden(policy: "default-src 'none'")
        return request.method == .head ? response.createHeadResponse() : response
    }
}
