import LoomKernel
import LoomLua
import LoomSystem

/// The table a plugin file returns, read field by field; every mistake names its line.
struct PluginTable {
    private let fields: LuaTable
    private let file: PluginFile

    init(_ value: LuaValue, of file: PluginFile) throws(PluginFault) {
        self.file = file
        guard case .table(let table) = value, table.array.isEmpty else {
            throw PluginFault(
                path: file.displayPath, line: FieldLines(file.text).line(of: []),
                cause:
                    "a \(file.key.kind.rawValue) returns a table of named fields, this returns \(value.table == nil ? value.typeName : "a list")"
            )
        }
        fields = table
    }

    func fault(_ path: [String], _ cause: String) -> PluginFault {
        PluginFault(path: file.displayPath, line: FieldLines(file.text).line(of: path), cause: cause)
    }

    /// Refuses unknown fields and another version of the API than ours.
    func check() throws(PluginFault) {
        let known = PluginShape.of(file.key.kind)?.fields.map(\.name) ?? []
        for name in fields.names where !known.contains(name) {
            throw fault([name], "unknown field \"\(name)\"\(NearestName.hint(name, in: known))")
        }
        guard let api = value("api") else { throw fault([], "missing field \"api\"; add api = 1") }
        guard api.integer == 1 else { throw fault(["api"], "api is \(shown(api)), and this Loomkin offers api 1") }
    }

    func has(_ name: String) -> Bool { !fields[name].isNil }

    /// Nil when the field is not there.
    func value(_ name: String) -> LuaValue? { has(name) ? fields[name] : nil }

    /// The value in an error text.
    func shown(_ value: LuaValue) -> String {
        guard value.table == nil, let data = try? ValueMapping().json(value) else { return "a \(value.typeName)" }
        return data.text()
    }

    private func wrong(_ name: String, _ wanted: String, _ value: LuaValue) -> PluginFault {
        fault([name], "field \"\(name)\" must be \(wanted), got \(value.typeName)")
    }

    private func missing(_ name: String, _ wanted: String) -> PluginFault {
        fault([], "missing field \"\(name)\", \(wanted)")
    }

    func optionalString(_ name: String) throws(PluginFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrong(name, "a string", value) }
        return text
    }

    func string(_ name: String, _ what: String) throws(PluginFault) -> String {
        guard let text = try optionalString(name) else { throw missing(name, "a string: \(what)") }
        guard !text.trimmed.isEmpty else { throw fault([name], "field \"\(name)\" is empty; it is \(what)") }
        return text
    }

    func boolean(_ name: String) throws(PluginFault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.boolean else { throw wrong(name, "a boolean", value) }
        return flag
    }

    /// A number above zero.
    func positive(_ name: String) throws(PluginFault) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.number else { throw wrong(name, "a number", value) }
        guard number > 0 else { throw fault([name], "field \"\(name)\" must be above zero, got \(shown(value))") }
        return number
    }

    func optionalFunction(_ name: String) throws(PluginFault) -> LuaFunction? {
        guard let value = value(name) else { return nil }
        guard let function = value.function else { throw wrong(name, "a function", value) }
        return function
    }

    func function(_ name: String, _ signature: String) throws(PluginFault) -> LuaFunction {
        guard let function = try optionalFunction(name) else { throw missing(name, "function\(signature)") }
        return function
    }

    /// A field of plain data.
    func data(_ name: String) throws(PluginFault) -> JSON? {
        guard let value = value(name) else { return nil }
        do {
            return try ValueMapping(marksEmptyLists: false).json(value)
        } catch {
            throw fault([name], "field \"\(name)\" must be plain data: \(error.reason)")
        }
    }

    /// The functions of a table of functions, by key; `what` says what its keys are.
    func functions(_ name: String, of what: String) throws(PluginFault) -> [(key: LuaKey, function: LuaFunction)] {
        guard let value = value(name) else { return [] }
        guard let inner = value.table else { throw wrong(name, "a table of functions by \(what)", value) }
        let numbered = inner.array.enumerated().map { (LuaKey.integer(Int64($0.offset + 1)), $0.element) }
        var found: [(key: LuaKey, function: LuaFunction)] = []
        for (key, value) in numbered + inner.fields.map({ ($0.key, $0.value) }) {
            guard let function = value.function else {
                throw fault([name], "field \"\(name)\" must be a table of functions by \(what), it holds a \(value.typeName)")
            }
            found.append((key, function))
        }
        return found
    }

    /// `limits`, within what the host allows.
    func limits(within ceiling: PluginLimits) throws(PluginFault) -> PluginLimits {
        let standard = PluginLimits.standard
        var limits = PluginLimits(
            memoryMB: min(standard.memoryMB, ceiling.memoryMB), seconds: min(standard.seconds, ceiling.seconds),
            outputKB: min(standard.outputKB, ceiling.outputKB), handles: min(standard.handles, ceiling.handles))
        guard let value = try data("limits") else { return limits }
        guard let members = value.members else { throw fault(["limits"], "field \"limits\" must be a table, got \(value.kind)") }
        let known = ["memory_mb", "seconds", "output_kb", "handles"]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard known.contains(name) else {
                throw fault(["limits", name], "limits.\(name) is no limit\(NearestName.hint(name, in: known))")
            }
            switch name {
            case "memory_mb": limits.memoryMB = Int(try amount(name, value, isWhole: true, Double(ceiling.memoryMB)))
            case "output_kb": limits.outputKB = Int(try amount(name, value, isWhole: true, Double(ceiling.outputKB)))
            case "handles": limits.handles = Int(try amount(name, value, isWhole: true, Double(ceiling.handles)))
            default: limits.seconds = try amount(name, value, isWhole: false, ceiling.seconds)
            }
        }
        return limits
    }

    private func amount(_ name: String, _ value: JSON, isWhole: Bool, _ ceiling: Double) throws(PluginFault) -> Double {
        guard let number = value.doubleValue, number > 0, !isWhole || value.intValue != nil else {
            throw fault(
                ["limits", name], "limits.\(name) must be \(isWhole ? "a whole number" : "a number") above zero, got \(value.text())")
        }
        guard number <= ceiling else {
            let most = Int(exactly: ceiling).map(String.init) ?? "\(ceiling)"
            throw fault(
                ["limits", name], "limits.\(name) is \(value.text()), and the configuration allows \(most) (plugins.\(name))")
        }
        return number
    }

    /// A list of texts; a single text stands for a list of one.
    func strings(_ name: String) throws(PluginFault) -> [String]? {
        guard let value = try data(name) else { return nil }
        if let text = value.stringValue { return [text] }
        if value.members?.isEmpty == true { return [] }
        guard let elements = value.arrayValue else { throw fault([name], "field \"\(name)\" must be a list of strings, got \(value.kind)") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.stringValue else {
                throw fault([name], "field \"\(name)\" must be a list of strings, it holds \(element.text())")
            }
            texts.append(text)
        }
        return texts
    }
}
