import LoomLua
import Synchronization

/// The globals that plugin code has, with what is in them, read from a state that was set up for a plugin.
struct GlobalNames: Sendable {
    /// Without `_G`; `loom` is left to `functions`.
    let globals: [String: Set<String>]
    /// What is in `loom`, such as `log` and `fs.read`.
    let functions: Set<String>
    /// The tables in `loom`, such as `fs`; one that makes its members on demand is open.
    let spaces: [String: Bool]

    private static let source = """
        local globals, functions, spaces = {}, {}, {}
        for name, value in pairs(_G) do
          local members = {}
          if type(value) == "table" and name ~= "_G" and name ~= "loom" then
            for member in pairs(value) do members[#members + 1] = member end
          end
          globals[name] = members
        end
        for name, value in pairs(loom) do
          if type(value) == "table" then
            spaces[name] = getmetatable(value) ~= nil
            for member in pairs(value) do functions[#functions + 1] = name .. "." .. member end
          else
            functions[#functions + 1] = name
          end
        end
        return globals, functions, spaces
        """

    /// All states are set up alike, so one look is enough for a process. Of those that load side by side the first looks.
    private static let first = Mutex<Task<Result<GlobalNames, LuaError>, Never>?>(nil)

    static func of(_ state: LuaState, deadline: Duration) async throws(LuaError) -> GlobalNames {
        let look = first.withLock { first in
            if let first { return first }
            let look = Task { await Self.look(in: state, deadline) }
            first = look
            return look
        }
        if case .success(let names) = await look.value { return names }
        // What was wrong there need not be wrong here.
        first.withLock { if $0 == look { $0 = nil } }
        return try await Self.look(in: state, deadline).get()
    }

    private static func look(in state: LuaState, _ deadline: Duration) async -> Result<GlobalNames, LuaError> {
        do throws(LuaError) {
            return .success(GlobalNames(try await state.run(source: source, chunk: "=globals", deadline: deadline)))
        } catch {
            return .failure(error)
        }
    }

    private init(_ values: [LuaValue]) {
        func texts(_ value: LuaValue) -> [String] { value.table?.array.compactMap(\.string) ?? [] }
        var globals: [String: Set<String>] = [:]
        let table = values.first?.table ?? LuaTable()
        for name in table.names { globals[name] = Set(texts(table[name])) }
        self.globals = globals
        functions = Set(texts(values.count > 1 ? values[1] : .nil))
        var spaces: [String: Bool] = [:]
        let marks = values.count > 2 ? values[2].table ?? LuaTable() : LuaTable()
        for name in marks.names { spaces[name] = marks[name].boolean ?? false }
        self.spaces = spaces
    }

    /// What is wrong with this use; nil when nothing is.
    func mistake(_ use: GlobalUse) -> String? {
        guard globals[use.name] != nil else {
            let hint = NearestName.slip(use.name, in: globals.keys)
            return use.isAssigned
                ? "undeclared global \"\(use.name)\" is assigned (write `local \(use.name)`)\(hint)"
                : "undeclared global \"\(use.name)\" is read\(hint)"
        }
        guard use.name == "loom", let first = use.members.first, !functions.contains(first) else { return nil }
        guard let isOpen = spaces[first] else {
            return "there is no loom.\(first)\(NearestName.slip(first, in: Set(spaces.keys).union(functions)))"
        }
        guard !isOpen, use.members.count > 1 else { return nil }
        let name = "\(first).\(use.members[1])"
        return functions.contains(name) ? nil : "there is no loom.\(name)" + NearestName.slip(name, in: functions, prefix: "loom.")
    }
}

extension PluginFault {
    /// The first use of a global that is not there, in the file that the state was told to look at when it ran it. The line would fail whenever it ran.
    static func ofGlobals(in file: PluginFile, _ state: LuaState, deadline: Duration) async throws(LuaError) -> PluginFault? {
        let names = try await GlobalNames.of(state, deadline: deadline)
        for use in await state.takeGlobals().sorted(by: { $0.line < $1.line }) {
            if let mistake = names.mistake(use) { return PluginFault(path: file.displayPath, line: use.line, cause: mistake) }
        }
        return nil
    }
}
