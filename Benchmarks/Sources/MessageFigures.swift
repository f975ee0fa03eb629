import LoomKernel
import LoomSystem

/// What it costs to say something: to one, and to a hundred.
enum MessageFigures {
    private static let subscribers = 100
    private static let burst = 1_000

    static func rows(_ rival: Rival) async throws -> [Row] {
        let call = await Self.actorCalls()
        let ask = await Self.mailboxCalls()
        let unkept = await Self.deliveries("**")
        let matched = await Self.deliveries("team/*/agent/*/bench.text.delta")
        let hundredth = await Self.untilTheLast()
        let single = try await Self.keptDeliveries(perTransaction: 1)
        let grouped = try await Self.keptDeliveries(perTransaction: 100)
        let replaced = await Self.replacement()
        return [
            .against(
                "ask and reply between two actors", call, rival["ask_reply"],
                note: "await of a method of an actor that is not busy: no change of thread; rival: gen_server:call"),
            .against(
                "ask and reply between two mailboxes", ask, rival["ask_reply"],
                note: "two tasks that sleep in between, as gen_servers do"),
            .against(
                "deliveries to 100 subscribers, unkept", unkept, rival["delivery"],
                note: "bursts of \(Self.burst) signals, JSON included; rival: pg:get_members and !", shown: Shown.rate),
            .against("the same, pattern with two wildcards", matched, nil, shown: Shown.rate),
            .against("from publishing to the hundredth delivery", hundredth, rival["hundredth"]),
            .against("deliveries to 100 subscribers, kept, a commit each", single, nil, note: "SQLite on disk", shown: Shown.rate),
            .against("the same, 100 signals in a commit", grouped, nil, shown: Shown.rate),
            .against(
                "from a child's failure to its replacement", replaced, rival["replacement"],
                note: "a Swift task fails by throwing; rival: exit in a gen_server"),
        ]
    }

    // MARK: One to one

    private actor Echo {
        private var answered = 0

        // Not inlined, or nothing would be left to measure.
        @inline(never)
        func answer(_ number: Int) -> Int {
            self.answered += 1
            return number &+ self.answered
        }
    }

    private actor Asker {
        func ask(_ echo: Echo, times: Int) async -> Int {
            var sum = 0
            for number in 0..<times { sum &+= await echo.answer(number) }
            return sum
        }
    }

    private static func actorCalls() async -> Measurement {
        let (echo, asker) = (Echo(), Asker())
        return await measure(units: 20_000) { _ = await asker.ask(echo, times: 20_000) }
    }

    private struct Question: Sendable {
        let number: Int
        let reply: CheckedContinuation<Int, Never>
    }

    private static func mailboxCalls() async -> Measurement {
        let mailbox = Mailbox<Question>()
        let server = Task { while let question = await mailbox.next() { question.reply.resume(returning: question.number) } }
        let figure = await measure(units: 20_000) {
            for number in 0..<20_000 {
                _ = await withCheckedContinuation { mailbox.send(Question(number: number, reply: $0)) }
            }
        }
        mailbox.close()
        await server.value
        return figure
    }

    // MARK: One to a hundred

    /// Of the shape of the kernel's own `agent.text.delta`, by far the most frequent signal.
    private struct Delta: SignalPayload {
        static let type = "bench.text.delta"
        static let isKept = false
        var agent = "ada"
        var text = "some words of a reply "
        var call = "call-1"
        var attempt = 1
    }

    private struct Said: SignalPayload {
        static let type = "bench.said"
        var agent = "ada"
        var text = "some words of a reply "
    }

    /// Readers who say so whenever they have got `burst` signals more.
    private static func audience(_ bus: SignalBus, pattern: String, burst: Int, _ gathering: Gathering) -> [Subscription] {
        (0..<Self.subscribers).map { number in
            let subscription = bus.subscribe(pattern, name: "reader\(number)", capacity: burst * 2)
            Task {
                var count = 0
                while let batch = await subscription.next() {
                    count += batch.count
                    while count >= burst {
                        count -= burst
                        gathering.arrive()
                    }
                }
            }
            return subscription
        }
    }

    private static func deliveries(_ pattern: String) async -> Measurement {
        let bus = Workspace.makeBus(Ports())
        let gathering = Gathering(expecting: Self.subscribers)
        let audience = Self.audience(bus, pattern: pattern, burst: Self.burst, gathering)
        let figure = await measure(units: Self.burst * Self.subscribers) {
            for _ in 0..<Self.burst { bus.publish(Delta(), source: "agent/ada", subject: "call-1", team: "core") }
            await gathering.wait(thenExpecting: Self.subscribers)
        }
        audience.forEach { $0.cancel() }
        return figure
    }

    private static func untilTheLast() async -> Measurement {
        let bus = Workspace.makeBus(Ports())
        let gathering = Gathering(expecting: Self.subscribers)
        let audience = Self.audience(bus, pattern: "**", burst: 1, gathering)
        let figure = await measure(warmUp: 100, runs: 1_000) {
            bus.publish(Delta(), source: "agent/ada", subject: "call-1", team: "core")
            await gathering.wait(thenExpecting: Self.subscribers)
        }
        audience.forEach { $0.cancel() }
        return figure
    }

    private static func keptDeliveries(perTransaction: Int) async throws -> Measurement {
        let stage = try await Stage.open(isKept: true)
        let store = stage.workspace.services.store
        let gathering = Gathering(expecting: Self.subscribers)
        let pattern = "team/*/agent/*/bench.said"
        let audience = Self.audience(stage.workspace.bus, pattern: pattern, burst: Self.burst, gathering)
        let figure = try await measure(warmUp: 1, runs: 9, units: Self.burst * Self.subscribers) {
            for _ in 0..<(Self.burst / perTransaction) {
                try await store.transaction { transaction in
                    for _ in 0..<perTransaction { try transaction.publish(Said(), source: "agent/ada", team: "core") }
                }
            }
            await gathering.wait(thenExpecting: Self.subscribers)
        }
        audience.forEach { $0.cancel() }
        await stage.close()
        return figure
    }

    // MARK: Failure

    private struct Crash: Error, CustomStringConvertible {
        let description = "asked"
    }

    private static func replacement() async -> Measurement {
        let supervisor = Supervisor(intensity: .init(restarts: 1_000_000, window: .seconds(1)), clock: LiveClock())
        var samples: [Double] = []
        for number in 0..<220 {
            let mailbox = Mailbox<Int>()
            let up = Gathering(expecting: 1)
            await supervisor.start(
                Supervisor.ChildSpec(id: "child\(number)", restart: .permanent) {
                    up.arrive()
                    while await mailbox.next() != nil { throw Crash() }
                })
            await up.wait(thenExpecting: 1)
            let start = uptime()
            mailbox.send(number)
            await up.wait(thenExpecting: 1)
            samples.append(uptime() - start)
        }
        await supervisor.stopAll()
        return Measurement(samples: Array(samples.dropFirst(20)), cpu: 0)
    }
}
