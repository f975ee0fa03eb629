import LoomKernel
import LoomLua
import LoomSystem

extension ToolResult {
    private static let fields = ["text", "data", "error", "attachments"]

    /// From what `run` returned: a text, or `{ text =, data =, error =, attachments = }`.
    init(_ value: JSON, of plugin: PluginKey) throws(ToolError) {
        func fault(_ reason: String) -> ToolError {
            ToolError("The \(plugin) has a fault of its own: run returned \(reason).")
        }
        switch value {
        case .null: self.init("")
        case .string(let text): self.init(text)
        case .int, .number, .bool: self.init(value.text())
        case .array: throw fault("a list; it returns a text, or a table with text")
        case .object(let members):
            for name in members.keys.sorted() where !Self.fields.contains(name) {
                throw fault("a table with \"\(name)\"\(NearestName.hint(name, in: Self.fields))")
            }
            guard let text = members["text"]?.stringValue else { throw fault("a table without text") }
            self.init(text, status: members["error"] == true ? .error : .ok, data: members["data"])
        }
    }
}

extension ToolResult {
    /// The paths of what the model is to look at besides.
    static func attachments(_ value: JSON, of plugin: PluginKey) throws(ToolError) -> [String] {
        guard let list = value["attachments"], !list.isNull else { return [] }
        guard let paths = list.arrayValue?.compactMap(\.stringValue), paths.count == list.arrayValue?.count, paths.count <= 8 else {
            throw ToolError("The \(plugin) has a fault of its own: attachments is a list of at most eight paths.")
        }
        return paths
    }
}

extension Access {
    /// From what a tool's `access` function returned: a list of `{ kind =, target = }`.
    static func list(_ value: JSON, of tool: String) throws(ToolError) -> [Access] {
        if value.members?.isEmpty == true { return [] }
        guard let rows = value.arrayValue else {
            throw ToolError("The tool \(tool) has a fault of its own: access returned \(value.kind), not a list of { kind =, target = }.")
        }
        var list: [Access] = []
        for row in rows {
            guard let kind = row["kind"]?.stringValue.flatMap(Kind.init(rawValue:)), let target = row["target"]?.stringValue else {
                throw ToolError("The tool \(tool) has a fault of its own: access returned \(row.text()), which is no { kind =, target = }.")
            }
            list.append(Access(kind, target))
        }
        return list
    }
}

extension ToolError {
    /// What the model reads of a failure in Lua: what the plugin said, or that the plugin has a fault.
    init(_ fault: LuaFault, plugin: PluginKey, deadline: Duration, grace: Duration) {
        let (error, tool) = (fault.error, plugin.name)
        let trace = fault.trace
        switch error.kind {
        case .cancelled:
            self.init("The call of \(tool) was cancelled.", status: .cancelled)
        case .deadline:
            self.init("\(tool) did not end within \(Self.shown(deadline)) and was stopped.", status: .timedOut, trace: trace)
        case .closed:
            self.init(
                "\(tool) was replaced by a newer version, and this call did not end within \(Self.shown(grace)) after that. Call it again.",
                status: .interrupted)
        case .memory:
            self.init("\(tool) needed more memory than a plugin may have.", trace: trace)
        case .runtime, .host:
            if fault.isDeliberate {
                self.init(fault.said, code: fault.isRefusal ? Self.quarantined : nil, trace: trace)
            } else {
                self.init("The \(plugin) has a fault of its own: \(fault.text)", trace: trace)
            }
        case .syntax, .value:
            self.init("The \(plugin) has a fault of its own: \(fault.text)", trace: trace)
        }
    }

    private static func shown(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        return Int(exactly: seconds).map { "\($0) s" } ?? "\(seconds) s"
    }
}
