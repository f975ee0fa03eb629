import LoomKernel
import LoomLua
import LoomSystem

/// A row of the table, made into a function of one Lua state.
///
/// It answers `true, value`, `false, err` or `nil, text`; the prelude turns these into what Lua code sees.
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
        }
    }

    private func call(_ call: LuaCall, _ values: [LuaValue]) throws(APIFault) -> APICall {
        guard let context = call.context as? CallContext else { throw .mistake("loom.\(function.name) was called outside of a call") }
        let mapping = null.mapping(marksEmptyLists: true)
        var arguments: [JSON] = []
        for value in values {
            do throws(ValueMapping.Fault) {
                arguments.append(try mapping.json(value))
            } catch {
                throw .mistake("loom.\(function.name) takes plain data: \(error.reason)")
            }
        }
        return try function.check(arguments, context: context, lua: call, lease: lease)
    }

    private func lua(_ result: APIResult) -> [LuaValue] {
        let mapping = function.keepsJSON ? null.mapping(marksEmptyLists: true) : ValueMapping(marksEmptyLists: false)
        switch result {
        case .nothing: return [true]
        case .value(let value): return [true, mapping.lua(value)]
        case .values(let values): return [true] + values.map(mapping.lua)
        case .refused(let refusal):
            var table: LuaTable = ["code": .string(refusal.code), "message": .string(refusal.message)]
            if let hint = refusal.hint { table["hint"] = .string(hint) }
            return [false, .table(table)]
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
