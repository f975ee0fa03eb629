internal import CLuaHost

/// One Lua 5.4 virtual machine: globals, functions, memory, and the calls that run in it.
///
/// Calls are coroutines that share the state's thread in slices, so one state serves many calls at once; two states run on two
/// cores. Source is text only and sees a closed set of libraries: no files, no processes, no `debug`, no bytecode.
package actor LuaState {
    package nonisolated let name: String
    package nonisolated let limits: LuaLimits
    /// Whether reading or assigning an undeclared global is an error.
    package private(set) var strictGlobals = false

    // Touched by this actor only, except for `loom_lua_begin_close`, which sets an atomic word.
    nonisolated(unsafe) let host: OpaquePointer
    nonisolated let executor: LuaExecutor
    let bridge: LuaBridge
    var calls: [UInt64: LuaRunning] = [:]
    var ready = LuaQueue()
    var isPumping = false
    var timer: Task<Void, Never>?
    var timerDue = Int64.max
    var lastCall: UInt64 = 0
    var isClosed = false
    /// A registration that failed makes every later call fail: half an API is worse than none.
    var failure: LuaError?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Throws when the memory limit does not even hold the standard libraries.
    package init(name: String, limits: LuaLimits = LuaLimits()) throws(LuaError) {
        let bridge = LuaBridge()
        var options = loom_lua_options()
        options.memory_bytes = max(limits.memoryBytes, 0)
        options.message_bytes = max(limits.messageBytes, 0)
        options.source_bytes = max(limits.sourceBytes, 0)
        options.quantum_ns = limits.quantum.wholeNanoseconds
        options.grace_ns = limits.grace.wholeNanoseconds
        options.context = Unmanaged.passUnretained(bridge).toOpaque()  // the bridge lives as long as the host
        options.callback = enterBridge
        guard let host = loom_lua_new(&options) else { throw .outOfMemory }
        self.name = name
        self.limits = limits
        self.host = host
        self.bridge = bridge
        executor = LuaExecutor(idle: limits.threadIdle)
    }

    deinit {
        timer?.cancel()
        loom_lua_free(host)
    }

    /// Makes a Swift function a global; "loom.fs.read" makes the tables on the way.
    package func register(_ path: String, _ function: LuaHostFunction) {
        guard !isClosed else { return }
        let number = bridge.add(function)
        var path = path
        note(
            path.withUTF8 { text in
                text.withMemoryRebound(to: CChar.self) {
                    loom_lua_register(host, $0.baseAddress, $0.count, number, function.waits ? 1 : 0)
                }
            })
    }

    /// Makes a global, by path as `register` does, that gives a table of functions by its name, or nil where `tables` gives none.
    /// The functions are made when the table is asked for: of a hundred that are there most code uses a few.
    package func registerTables(_ path: String, _ tables: @escaping @Sendable (_ name: String) -> [LuaTableMember]?) {
        guard !isClosed else { return }
        bridge.tables = tables
        var path = path
        note(
            path.withUTF8 { text in
                text.withMemoryRebound(to: CChar.self) { loom_lua_register_tables(host, $0.baseAddress, $0.count) }
            })
    }

    /// Assigns a global by path, as `register` does. A value that cannot cross is the error of every later call.
    package func set(_ path: String, _ value: LuaValue) {
        guard !isClosed else { return }
        do throws(LuaError) {
            let bytes = try LuaEncoder.encode([value], for: bridge.references)
            var path = path
            note(
                path.withUTF8 { text in
                    text.withMemoryRebound(to: CChar.self) {
                        loom_lua_assign(host, $0.baseAddress, $0.count, bytes, bytes.count)
                    }
                })
        } catch {
            failure = failure ?? error
        }
    }

    /// What `require` finds modules with. A module runs once in a state, in one piece: it may not wait while it is loaded.
    package func setModuleLoader(_ loader: (@Sendable (String) throws -> (source: String, chunk: String))?) {
        bridge.loader = loader
    }

    /// Where `print` goes; nowhere by default. The texts of one call are joined by tabs.
    package func setPrint(_ sink: (@Sendable (LuaCall, String) -> Void)?) {
        bridge.print = sink
    }

    package func setStrictGlobals(_ strict: Bool) {
        guard !isClosed else { return }
        strictGlobals = strict
        note(loom_lua_set_strict(host, strict ? 1 : 0))
    }

    /// Remembers why preparing the state failed.
    func note(_ status: Int32) {
        guard status != 0, failure == nil else { return }
        failure = LuaError(Self.kind(status), outputText())
    }

    /// Gives functions that Swift holds no longer back to Lua's collector.
    func dropAbandoned() {
        for reference in bridge.references.takeAbandoned() { loom_lua_release(host, reference) }
    }
}

extension LuaState {
    package struct Statistics: Sendable, Equatable {
        package var memoryBytes: Int
        package var peakBytes: Int
        /// Calls that have not ended: running, queued or waiting.
        package var liveCalls: Int
        /// Functions of this state that Swift holds.
        package var liveReferences: Int
        /// Functions of Swift that this state has.
        package var hostFunctions: Int
        /// Calls begun since the state was made.
        package var calls: UInt64
        package var hasThread: Bool
    }

    package var statistics: Statistics {
        dropAbandoned()
        return Statistics(
            memoryBytes: loom_lua_used(host), peakBytes: loom_lua_peak(host), liveCalls: calls.count,
            liveReferences: Int(loom_lua_references(host)), hostFunctions: bridge.functionCount, calls: lastCall,
            hasThread: executor.hasThread)
    }

    /// A full collection of Lua's garbage.
    package func collectGarbage() {
        dropAbandoned()
        loom_lua_collect(host)
    }

    /// The cap of the heap from now on; it may be narrower than what is there, and then nothing more can be had.
    /// - Returns: the bytes that are in use.
    @discardableResult
    package func limitMemory(to bytes: Int) -> Int {
        loom_lua_limit_memory(host, max(bytes, 0))
        return loom_lua_used(host)
    }

    /// Lets the n-th allocation from now fail, and every later one, until called with 0. For tests of what happens then.
    func failAllocations(after count: Int64) { loom_lua_fail_after(host, count) }

    /// Adds Lua's own string and table libraries beside the bounded ones. For tests that compare the two.
    func openStockLibraries() { note(loom_lua_open_stock(host)) }

    /// Lua takes a chunk name as a file's when it begins with "@": then messages begin with the name as it is.
    static func chunkName(_ chunk: String) -> String {
        chunk.hasPrefix("@") || chunk.hasPrefix("=") ? chunk : "@" + chunk
    }

    static func kind(_ failure: Int32) -> LuaError.Kind {
        switch Int(failure) {
        case LOOM_LUA_SYNTAX: .syntax
        case LOOM_LUA_MEMORY: .memory
        case LOOM_LUA_HOST_ERROR: .host
        case LOOM_LUA_VALUE: .value
        case LOOM_LUA_DEADLINE: .deadline
        case LOOM_LUA_CANCELLED: .cancelled
        case LOOM_LUA_CLOSED: .closed
        default: .runtime
        }
    }

    func outputText() -> String {
        var length = 0
        let bytes = loom_lua_output(host, &length)
        return String(decoding: UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : length), as: UTF8.self)
    }
}
