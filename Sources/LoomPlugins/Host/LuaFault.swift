import LoomLua

/// Why Lua code of a plugin failed, in words for a model or a plugin's author.
struct LuaFault: Error, Sendable {
    let error: LuaError
    /// The host did not begin the call, and says why.
    let isRefusal: Bool

    init(_ error: LuaError) {
        self.error = error
        isRefusal = false
    }

    init(refusal: String) {
        error = LuaError(.host, refusal)
        isRefusal = true
    }

    /// Whether the plugin's code is to blame, and not whoever called or cancelled it.
    var isOfTheCode: Bool {
        switch error.kind {
        case .cancelled, .closed: false
        case .deadline, .memory, .syntax, .value: true
        case .runtime, .host: !isDeliberate
        }
    }

    /// For people.
    var trace: String { [error.message, error.traceback].compactMap(\.self).joined(separator: "\n") }

    /// Whether the plugin said it itself, with `error` or `assert`, instead of doing something that Lua refuses.
    ///
    /// The traceback tells: it begins with the function that raised.
    var isDeliberate: Bool {
        if isRefusal { return true }
        guard error.kind == .runtime || error.kind == .host else { return false }
        if error.value?.table?["message"].string != nil { return true }
        let rows = error.traceback?.split(separator: "\n").filter { !$0.hasPrefix("stack traceback") }.map { String($0).trimmed } ?? []
        guard let first = rows.first, first.hasPrefix("[C]: in "), first.hasSuffix("'error'") || first.hasSuffix("'assert'") else {
            return false
        }
        // The prelude raises the mistakes that the functions of `loom` find in their arguments.
        return rows.count < 2 || !rows[1].hasPrefix(Prelude.chunk + ":")
    }

    /// With the place where Lua knows it.
    var text: String { error.message }

    /// What `error` was given, without the place that Lua puts before a text. An `err` of the host has none, whatever its words look like.
    var said: String {
        if isRefusal { return error.message }
        return error.value?.table?["message"].string ?? Self.place(in: error.message)?.rest ?? error.message
    }

    /// Takes `path:line: ` from the front of a message.
    static func place(in message: String) -> (path: String, line: Int, rest: String)? {
        let line = message.prefix { $0 != "\n" }
        var from = line.startIndex
        while let colon = line[from...].firstIndex(of: ":") {
            let afterColon = line[line.index(after: colon)...]
            let digits = afterColon.prefix { $0.isASCII && $0.isNumber }
            if let number = Int(digits), colon != line.startIndex, afterColon[digits.endIndex...].hasPrefix(": ") {
                let rest = message[digits.endIndex...].dropFirst(2)
                return (String(line[..<colon]), number, String(rest))
            }
            from = line.index(after: colon)
        }
        return nil
    }
}
