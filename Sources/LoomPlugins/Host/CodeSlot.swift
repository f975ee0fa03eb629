import LoomLua

/// Where a generation keeps its code. A state in which nothing was called yet may be closed to save its memory; it is made anew for
/// the first call, by running the file once more.
struct CodeSlot: Sendable {
    enum State: Sendable {
        case open(LuaCode)
        case resting
        case opening(Task<Result<LuaCode, LuaError>, Never>)
    }

    var state: State
    /// Where each function stands that was read from the first state: that is how it is known outside.
    let places: [LuaFunction: [LuaKey]]

    init(_ code: LuaCode) {
        state = .open(code)
        places = Dictionary(code.functions.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
