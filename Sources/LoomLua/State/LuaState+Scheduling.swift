internal import CLuaHost

extension LuaState {
    /// Gives the call the thread until it ends, waits, or its slice is over.
    func advance(_ running: LuaRunning, reply: LuaReply?) {
        running.state = .running
        bridge.current = running
        let bytes = reply?.bytes ?? []
        let status = withExtendedLifetime(reply) {
            loom_lua_step(
                running.task, running.call.signal.stretchDeadline, Int32(reply?.kind ?? LOOM_LUA_NO_REPLY), bytes, bytes.count)
        }
        bridge.current = nil
        switch Int(status) {
        case LOOM_LUA_DONE: end(running, .success(output()))
        case LOOM_LUA_FAILED: end(running, .failure(error(of: running)))
        case LOOM_LUA_AWAITING: wait(running)
        default: enqueue(running, reply: nil)
        }
    }

    private func wait(_ running: LuaRunning) {
        // Without a function to wait for, Lua code was woken for nothing.
        let pending = bridge.takePending() ?? ({ _, _ in [] }, [])
        // The word to stop may have come while this call was ready, when nobody looks at it.
        guard !running.call.signal.settlesDue(at: loom_lua_now()) else { return enqueue(running, reply: nil) }
        running.ticket += 1
        running.state = .waiting(
            Self.launch(
                pending.function, pending.arguments, call: running.call, ticket: running.ticket, references: bridge.references,
                state: self))
        arm(running.call.signal.deadline)
    }

    private static nonisolated func launch(
        _ function: @escaping LuaBridge.AsyncFunction, _ arguments: [LuaValue], call: LuaCall, ticket: UInt64,
        references: LuaReferences, state: LuaState
    ) -> Task<Void, Never> {
        Task { [weak state] in
            let result: Result<[LuaValue], any Error>
            do {
                result = .success(try await function(call, arguments))
            } catch {
                result = .failure(error)
            }
            await state?.complete(call.id, ticket, LuaReply(result, for: references))
        }
    }

    private func complete(_ id: UInt64, _ ticket: UInt64, _ reply: LuaReply) {
        guard let running = calls[id], running.ticket == ticket, case .waiting = running.state else { return }
        running.call.signal.endPauses()
        enqueue(running, reply: reply)
    }

    private func enqueue(_ running: LuaRunning, reply: LuaReply?) {
        running.state = .ready(reply)
        ready.append(running)
        pump()
    }

    /// One slice at a time, and each a piece of work of its own, so that other work of this actor comes between.
    private func pump() {
        guard !isPumping, !ready.isEmpty else { return }
        isPumping = true
        executor.submit { self.assumeIsolated { $0.runNext() } }
    }

    private func runNext() {
        isPumping = false
        if let running = ready.popFirst(), case .ready(let reply) = running.state { advance(running, reply: reply) }
        pump()
    }

    private func end(_ running: LuaRunning, _ result: Result<[LuaValue], LuaError>) {
        calls[running.call.id] = nil
        running.end(result)
        guard calls.isEmpty else { return }
        timer?.cancel()
        timer = nil
        timerDue = .max
    }

    private static let baseLine = "\n\t[C]: in ?"

    private func output() -> [LuaValue] {
        var length = 0
        let bytes = loom_lua_output(host, &length)
        var decoder = LuaDecoder(bytes, length, references: bridge.references)
        defer { loom_lua_claim(host) }
        return decoder.all()
    }

    private func error(of running: LuaRunning) -> LuaError {
        let kind = Self.kind(loom_lua_failure(running.task))
        let values = output()
        var length = 0
        let text = loom_lua_traceback(running.task, &length)
        var traceback = text.map { String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self) }
        // The last line is always the C function that every call begins in.
        if let lines = traceback, lines.hasSuffix(Self.baseLine) { traceback = String(lines.dropLast(Self.baseLine.count)) }
        let fallback =
            switch kind {
            case .deadline: "deadline exceeded"
            case .cancelled: "cancelled"
            case .closed: LuaError.closed.message
            default: LuaError.outOfMemory.message
            }
        return LuaError(
            kind, values.first?.lossyText ?? fallback, traceback: traceback, value: values.count > 1 ? values[1] : nil)
    }
}

// Deadlines and cancellations of calls that wait for a host function: no Lua code runs that would look at the clock.
extension LuaState {
    /// Looks at one call soon, from any thread.
    nonisolated func poke(_ id: UInt64) {
        executor.submit { [weak self] in self?.assumeIsolated { $0.look(at: id) } }
    }

    private func look(at id: UInt64) {
        guard let running = calls[id], case .waiting(let host) = running.state else { return }
        guard running.call.signal.settlesDue(at: loom_lua_now()) else { return arm(running.call.signal.deadline) }
        host.cancel()
        running.ticket += 1
        running.call.signal.endPauses()
        enqueue(running, reply: nil)
    }

    /// One timer for all calls, for the earliest deadline.
    private func arm(_ deadline: Int64) {
        guard deadline != 0, deadline < timerDue else { return }
        timer?.cancel()
        timerDue = deadline
        let left = Duration.nanoseconds(max(deadline - loom_lua_now(), 0))
        timer = Task { [weak self] in
            try? await Task.sleep(for: left)
            if !Task.isCancelled { await self?.timeIsUp() }
        }
    }

    private func timeIsUp() {
        timer = nil
        timerDue = .max
        for id in calls.keys { look(at: id) }
    }
}
