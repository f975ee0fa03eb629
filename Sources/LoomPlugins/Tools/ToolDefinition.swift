import LoomKernel
import LoomLua
import LoomSystem

/// A tool's table, checked.
struct ToolDefinition: Sendable {
    enum AccessRule: Sendable {
        /// For each kind the arguments that hold its targets.
        case arguments([(kind: Access.Kind, name: String)])
        case function(LuaFunction)
    }

    enum SummaryRule: Sendable {
        case argument(String)
        case function(LuaFunction)
        /// The first text among the required arguments.
        case first
    }

    enum Work: Sendable {
        case run(LuaFunction)
        /// Names the call that is passed on.
        case forward(LuaFunction)
    }

    let description: String
    let parameters: Parameter
    let access: AccessRule
    let summary: SummaryRule
    let work: Work
    let isParallel: Bool
    let isReadOnly: Bool
    /// Seconds.
    let deadline: Double?
    /// The roles that have it besides those that list it; nil for what its root says.
    let roles: [String]?

    init(_ table: PluginTable) throws(PluginFault) {
        try table.check()
        description = try table.string("description", "what the model reads to decide whether to call it")
        let declarations = try table.data("parameters") ?? .object([:])
        do {
            parameters = try Parameter.arguments(from: declarations)
        } catch {
            throw table.fault(error.path, "\(error.path.joined(separator: ".")) \(error.reason)")
        }
        access = try Self.access(table, parameters)
        summary = try Self.summary(table, parameters)
        work = try Self.work(table)
        isParallel = try table.boolean("parallel") ?? false
        isReadOnly = try table.boolean("read_only") ?? false
        deadline = try table.positive("deadline")
        roles = try table.strings("roles")
    }

    private static func work(_ table: PluginTable) throws(PluginFault) -> Work {
        guard table.has("forward") else { return .run(try table.function("run", "(args, ctx): what the tool does")) }
        guard !table.has("run") else {
            throw table.fault(["forward"], "a tool has \"run\" or \"forward\", not both: what passes its calls on does nothing itself")
        }
        return .forward(try table.function("forward", "(args): the tool and the arguments of the call that is passed on"))
    }

    private static func names(_ parameters: Parameter) -> [String] {
        if case .object(let properties?) = parameters.shape { properties.keys.sorted() } else { [] }
    }

    private static func access(_ table: PluginTable, _ parameters: Parameter) throws(PluginFault) -> AccessRule {
        if case .function(let function)? = table.value("access") { return .function(function) }
        guard let members = try table.data("access")?.members else {
            if table.has("access") { throw table.fault(["access"], "field \"access\" must be a table or a function(args)") }
            return .arguments([])
        }
        var rules: [(kind: Access.Kind, name: String)] = []
        let kinds = Access.Kind.allCases.map(\.rawValue)
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let kind = Access.Kind(rawValue: name) else {
                throw table.fault(["access", name], "access.\(name) is no kind of access\(NearestName.hint(name, in: kinds))")
            }
            for argument in value.arrayValue ?? [value] {
                guard let argument = argument.stringValue, names(parameters).contains(argument) else {
                    let hint = NearestName.hint(argument.stringValue ?? "", in: names(parameters))
                    throw table.fault(
                        ["access", name], "access.\(name) must name an argument of the tool, got \(argument.text())\(hint)")
                }
                rules.append((kind, argument))
            }
        }
        return .arguments(rules)
    }

    private static func summary(_ table: PluginTable, _ parameters: Parameter) throws(PluginFault) -> SummaryRule {
        switch table.value("summary") {
        case nil: return .first
        case .function(let function)?: return .function(function)
        case let value?:
            guard let name = value.string, names(parameters).contains(name) else {
                let hint = NearestName.hint(value.string ?? "", in: names(parameters))
                throw table.fault(
                    ["summary"], "field \"summary\" must name an argument or be a function(args), got \(table.shown(value))\(hint)")
            }
            return .argument(name)
        }
    }
}
