internal import CLuaHost

/// How a host function ended, in the byte form.
struct LuaReply: Sendable {
    let kind: Int
    let bytes: [UInt8]
    /// Keeps the functions that the bytes refer to until Lua has them.
    private let values: [LuaValue]

    private init(kind: Int, _ values: [LuaValue], for references: LuaReferences) throws(LuaError) {
        self.kind = kind
        self.values = values
        bytes = try LuaEncoder.encode(values, for: references)
    }

    /// What cannot cross becomes an error in Lua.
    init(_ result: Result<[LuaValue], any Error>, for references: LuaReferences) {
        do throws(LuaError) {
            switch result {
            case .success(let values): try self.init(kind: LOOM_LUA_RETURN, values, for: references)
            case .failure(let error): try self.init(kind: LOOM_LUA_RAISE, [Self.value(of: error)], for: references)
            }
        } catch {
            self.init(refusal: error.message)
        }
    }

    private init(refusal: String) {
        var encoder = LuaEncoder(references: LuaReferences())
        try? encoder.put(.string(refusal))
        (kind, bytes, values) = (LOOM_LUA_RAISE, encoder.bytes, [])
    }

    private static func value(of error: any Error) -> LuaValue {
        switch error {
        case let error as any LuaConvertibleError: error.luaValue
        case let error as LuaError: error.value ?? .string(error.message)
        case is CancellationError: .string("cancelled")
        case let error as any CustomStringConvertible: .string(error.description)
        default: .string(String(describing: error))
        }
    }
}

/// What the C layer calls into. Used on the state's thread only, and never touches Lua: bytes in, bytes out.
final class LuaBridge {
    typealias Print = @Sendable (LuaCall, String) -> Void
    typealias Tables = @Sendable (String) -> [LuaTableMember]?
    typealias Loader = @Sendable (String) throws -> (source: String, chunk: String)
    typealias AsyncFunction = @Sendable (LuaCall, [LuaValue]) async throws -> [LuaValue]

    let references = LuaReferences()
    var print: Print?
    var loader: Loader?
    var tables: Tables?
    /// The call whose Lua code runs now.
    var current: LuaRunning?
    private var functions: [LuaHostFunction] = []
    /// What Lua's side was told of each table, so that one which is asked for again has no new functions.
    private var told: [String: LuaValue] = [:]
    private var pending: (function: AsyncFunction, arguments: [LuaValue])?

    /// The number that Lua's side knows the function by.
    func add(_ function: LuaHostFunction) -> Int64 {
        functions.append(function)
        return Int64(LOOM_LUA_FIRST_FUNCTION + functions.count - 1)
    }

    var functionCount: Int { functions.count }

    /// The function the current call wants to wait for, once.
    func takePending() -> (function: AsyncFunction, arguments: [LuaValue])? {
        defer { pending = nil }
        return pending
    }

    func enter(_ function: Int64, _ bytes: UnsafeRawBufferPointer, _ reply: UnsafeMutablePointer<loom_lua_buffer>) -> Int {
        var decoder = LuaDecoder(bytes, references: references)
        let arguments = decoder.all()
        guard let current else { return LOOM_LUA_RETURN }
        let result: Result<[LuaValue], any Error>
        switch Int(function) {
        case LOOM_LUA_PRINT:
            print?(current.call, arguments.compactMap(\.lossyText).joined(separator: "\t"))
            result = .success([])
        case LOOM_LUA_REQUIRE:
            result = Result { try load(arguments.first?.string ?? "") }
        case LOOM_LUA_TABLE_OF:
            result = .success([table(arguments.first?.string ?? "")])
        case let number:
            let index = number - LOOM_LUA_FIRST_FUNCTION
            guard functions.indices.contains(index) else { return LOOM_LUA_RETURN }
            switch functions[index] {
            case .sync(let body):
                result = Result { try body(current.call, arguments) }
            case .async(let body):
                pending = (body, arguments)
                return LOOM_LUA_AWAIT
            }
        }
        current.call.signal.endPauses()
        // While it stands the stretch keeps what it began with: where Lua cannot yield, nothing else would end it.
        if let deadline = current.call.signal.runningDeadline { loom_lua_set_deadline(current.task, deadline) }
        return deliver(LuaReply(result, for: references), to: reply)
    }

    private func table(_ name: String) -> LuaValue {
        if let known = told[name] { return known }
        guard let members = tables?(name) else { return .nil }
        let rows = members.flatMap { member -> [LuaValue] in
            [.string(member.key), .string(member.name), .integer(add(member.function)), .boolean(member.function.waits)]
        }
        let value = LuaValue.table(LuaTable(array: rows))
        told[name] = value
        return value
    }

    private func load(_ name: String) throws(LuaError) -> [LuaValue] {
        guard let loader else { throw LuaError(.host, "module '\(name)' not found: this state has no modules") }
        do {
            let module = try loader(name)
            return [.string(module.source), .string(LuaState.chunkName(module.chunk))]
        } catch let error as LuaError {
            throw error
        } catch {
            throw LuaError(.host, "\(error)")
        }
    }

    private func deliver(_ answer: LuaReply, to reply: UnsafeMutablePointer<loom_lua_buffer>) -> Int {
        if loom_lua_buffer_set(reply, answer.bytes, answer.bytes.count) != 0 { return answer.kind }
        let limit = reply.pointee.limit
        let refusal = LuaReply(
            .failure(LuaError(.value, "the result is too large to cross to Lua (more than \(limit) bytes)")), for: references)
        return loom_lua_buffer_set(reply, refusal.bytes, refusal.bytes.count) != 0 ? refusal.kind : LOOM_LUA_RETURN
    }
}

/// The C layer's only way into Swift.
func enterBridge(
    context: UnsafeMutableRawPointer?, function: Int64, bytes: UnsafePointer<UInt8>?, length: Int,
    reply: UnsafeMutablePointer<loom_lua_buffer>?
) -> Int32 {
    guard let context, let reply else { return Int32(LOOM_LUA_RETURN) }
    let bridge = Unmanaged<LuaBridge>.fromOpaque(context).takeUnretainedValue()
    let arguments = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length)
    return Int32(bridge.enter(function, arguments, reply))
}
