import LoomLua
import Synchronization

/// `loom.json.null` of one Lua state, known once its prelude has run.
final class NullFunction: Sendable {
    private let function = Mutex<LuaFunction?>(nil)

    func set(_ function: LuaFunction) { self.function.withLock { $0 = function } }

    /// How values of the state are read and written.
    func mapping(marksEmptyLists: Bool) -> ValueMapping {
        ValueMapping(null: function.withLock { $0 }, marksEmptyLists: marksEmptyLists)
    }
}
