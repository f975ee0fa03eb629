internal import CLuaHost

extension LuaState {
    /// Compiles and runs a chunk, and returns what it returns.
    ///
    /// - Parameters:
    ///   - chunk: name of the source in messages; Lua shows the last 59 bytes of it.
    ///   - deadline: wall time of the whole call, waits included; a host function may stop this clock.
    ///   - context: handed to the host functions that the call uses.
    ///   - isShared: many states run this source: it is compiled once in the process, and that is kept.
    ///   - isLookedAt: `takeGlobals` is to tell of this source, which it can as soon as the source has compiled.
    @discardableResult
    package func run(
        source: String, chunk: String, deadline: Duration, context: (any Sendable)? = nil, isShared: Bool = false, isLookedAt: Bool = false
    ) async throws(LuaError) -> [LuaValue] {
        let how = Int32((isShared ? LOOM_LUA_SHARED : 0) | (isLookedAt ? LOOM_LUA_LOOKED_AT : 0))
        return try await perform(deadline: deadline, context: context) { host, flag, failure in
            var source = source
            return source.withUTF8 { text in
                text.withMemoryRebound(to: CChar.self) { text in
                    loom_lua_start_source(host, flag, text.baseAddress, text.count, Self.chunkName(chunk), how, &failure)
                }
            }
        }
    }

    /// Calls a function of this state. Cancelling the awaiting task cancels the call: the Lua code gets an error "cancelled".
    @discardableResult
    package func call(
        _ function: LuaFunction, _ arguments: [LuaValue], deadline: Duration, context: (any Sendable)? = nil
    ) async throws(LuaError) -> [LuaValue] {
        guard function.references === bridge.references else {
            throw LuaError(.value, "the function belongs to another Lua state than '\(name)'")
        }
        let bytes = try LuaEncoder.encode(arguments, for: bridge.references)
        return try await perform(deadline: deadline, context: context) { host, flag, failure in
            withExtendedLifetime(arguments) {
                loom_lua_start_function(host, flag, function.reference, bytes, bytes.count, &failure)
            }
        }
    }

    /// Ends the calls under way with `.closed` and frees all memory. Closing again does nothing.
    package nonisolated func close() async {
        loom_lua_begin_close(host)  // stops what runs now, also where it cannot be suspended
        await shut()
    }

    private func shut() {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        ready.removeAll()
        for call in calls.values { call.end(.failure(.closed)) }
        calls.removeAll()
        loom_lua_close(host)
    }

    private typealias Start = (OpaquePointer, OpaquePointer?, inout Int32) -> OpaquePointer?

    private func perform(
        deadline: Duration, context: (any Sendable)?, start: Start
    ) async throws(LuaError) -> [LuaValue] {
        if isClosed { throw .closed }
        if let failure { throw failure }
        if Task.isCancelled { throw .cancelled }
        dropAbandoned()
        let signal = LuaCallSignal(deadline: loom_lua_now() + deadline.wholeNanoseconds)
        var failure: Int32 = 0
        guard let task = start(host, signal.flag, &failure) else {
            throw LuaError(Self.kind(failure), outputText())
        }
        lastCall += 1
        let id = lastCall
        let running = LuaRunning(call: LuaCall(context: context, id: id, signal: signal), task: task)
        calls[id] = running
        signal.whenChanged { [weak self] in self?.poke(id) }
        let result = await withTaskCancellationHandler {
            advance(running, reply: nil)
            return await ending(of: running)
        } onCancel: {
            signal.cancel()
            poke(id)
        }
        return try result.get()
    }

    private func ending(of running: LuaRunning) async -> Result<[LuaValue], LuaError> {
        await withCheckedContinuation { continuation in
            if case .ended(let result) = running.state {
                continuation.resume(returning: result)
            } else {
                running.continuation = continuation
            }
        }
    }
}
