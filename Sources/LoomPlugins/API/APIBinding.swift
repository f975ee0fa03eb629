import LoomKernel
import LoomLua
import LoomSystem

/// A row of the table, made into a function of one Lua state.
///
/// It answers `true, value`, `CLASS, handle`, `false, err` or `nil, text`; the prelude turns these into what Lua code sees.
struct APIBinding: Sendable {
    let function: APIFunction
    let null: NullFunction
    let lease: Lease

    /// Nil for what the prelude makes.
    var hostFunction: LuaHostFunction? {
        switch function.body {
        case .prelude:
            return nil
        case .immediate(let body):
            return .sync { call, values in
                do throws(APIFault) {
                    return lua(try body(try self.call(call, values)))
                } catch {
                    return lua(error, call)
                }
            }
        case .suspending(let body):
            return .async { call, values in
                do throws(APIFault) {
                    return lua(try await body(try self.call(call, values)))
                } catch {
                    return lua(error, call)
                }
            }
        case .raw(let body):
            return .async { call, values in
                do throws(APIFault) {
                    let context = try self.context(call)
                    try function.check(context.phase)
                    return try await body(context, call, values)
                } catch {
                    return lua(error, call)
                }
            }
        }
    }

    private func context(_ call: LuaCall) throws(APIFault) -> CallContext {
        guard let context = call.context as? CallContext else { throw .mistake("\(function.fullName) was called outside of a call") }
        return context
    }

    private func call(_ call: LuaCall, _ values: [LuaValue]) throws(APIFault) -> APICall {
        let context = try context(call)
        var values = values
        var handle: Int64 = 0
        if function.isMethod {
            guard let number = values.first?.table?[HandleFields.number].integer else {
                throw .mistake("\(function.fullName) is a method: call it with a colon, on what it belongs to")
            }
            handle = number
            values.removeFirst()
        }
        let mapping = null.mapping(marksEmptyLists: true)
        var arguments: [JSON] = []
        for value in values {
            do throws(ValueMapping.Fault) {
                arguments.append(try mapping.json(value))
            } catch {
                throw .mistake("\(function.fullName) takes plain data: \(error.reason)")
            }
        }
        var made = try function.check(arguments, context: context, lua: call, lease: lease)
        made.handle = handle
        return made
    }

    private func lua(_ result: APIResult) -> [LuaValue] {
        let mapping = function.keepsJSON ? null.mapping(marksEmptyLists: true) : ValueMapping(marksEmptyLists: false)
        switch result {
        case .nothing: return [true]
        case .value(let value): return [true, mapping.lua(value)]
        case .values(let values): return [true] + values.map(mapping.lua)
        case .handle(let type, let number, let fields):
            var table = LuaTable(fields.map { ($0.key, mapping.lua($0.value)) })
            table[HandleFields.number] = .integer(number)
            return [.string(type.luaClass), .table(table)]
        case .refused(let refusal): return refusal.lua
        }
    }

    private func lua(_ fault: APIFault, _ call: LuaCall) -> [LuaValue] {
        switch fault {
        case .mistake(let text):
            return [.nil, .string(text)]
        case .ended(let error):
            (call.context as? CallContext)?.end(with: error)
            return [.nil, .string(error.message)]
        }
    }
}
