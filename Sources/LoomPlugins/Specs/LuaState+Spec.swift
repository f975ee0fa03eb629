import LoomKernel
import LoomLua
import LoomSystem

extension LuaState {
    /// What the harness needs of the host, as `loom.spec`, which it takes away from the plugin.
    func installSpecFunctions(for file: PluginFile, modules: SpecModules, null: NullFunction, ports: PluginPorts) {
        let functions = Dictionary(APIFunction.all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        set("loom.spec.names", .table(LuaTable(array: functions.keys.sorted().map { .string($0) })))
        set("loom.spec.name", .string(file.key.name))
        set("loom.spec.source", .string(file.text))
        set("loom.spec.attributes", .table(LuaTable(PanelMarkup.attributes.sorted().map { ($0, true) })))
        register(
            "loom.spec.matches",
            .sync { _, values in
                let texts = values.compactMap(\.string)
                return [.boolean(texts.count == 2 && TopicPattern(texts[0]).matches(texts[1]))]
            })
        register(
            "loom.spec.check",
            .sync { call, values in
                guard let function = values.first?.string.flatMap({ functions[$0] }) else { return [] }
                guard let phase = values.dropFirst().first?.string.flatMap(Phase.init(rawValue:)) else {
                    return [.string("t.host.phase is none of " + Phase.allCases.map(\.rawValue).joined(separator: ", "))]
                }
                let context = CallContext(phase: phase, plugin: file.key.name, ports: ports)
                return function.mistake(in: Array(values.dropFirst(2)), context: context, null: null, lua: call).map { [.string($0)] } ?? []
            })
        register(
            "loom.spec.arguments",
            .sync { _, values in
                let mapping = null.mapping(marksEmptyLists: false)
                do {
                    let declared = try Parameter.arguments(from: mapping.json(values.first ?? .nil))
                    return [mapping.lua(try declared.validate(mapping.json(values.dropFirst().first ?? .nil)))]
                } catch let mismatch as Parameter.Mismatch {
                    return [.nil, .string(mismatch.reason)]
                } catch let fault as Parameter.Fault {
                    throw LuaError(.host, "\(file.displayPath): \(fault.path.joined(separator: ".")) \(fault.reason)")
                } catch {
                    throw LuaError(.host, "the arguments are no plain data")
                }
            })
        register(
            "loom.spec.render",
            .async { _, values in
                let context = values.dropFirst().first?.table ?? LuaTable()
                do {
                    return [.string(try await modules.render(values.first?.string ?? "", context))]
                } catch {
                    return [.nil, .string("\(error)")]
                }
            })
    }
}

extension APIFunction {
    private var takesFunctions: Bool { arguments.contains { ["fn", "functions"].contains($0.name) } }

    /// Why the real function would refuse this call; nil when it would not.
    fileprivate func mistake(in values: [LuaValue], context: CallContext, null: NullFunction, lua: LuaCall) -> String? {
        let mapping = null.mapping(marksEmptyLists: true)
        do {
            // What takes functions takes them as they are, and what they are given.
            let plain = values.enumerated().map { index, value in
                takesFunctions && (index >= arguments.count || arguments[index].parameter == nil) ? true : value
            }
            _ = try check(try plain.map(mapping.json), context: context, lua: lua, lease: .unheld)
            return nil
        } catch let fault as ValueMapping.Fault {
            return "\(fullName) takes plain data: \(fault.reason)"
        } catch APIFault.mistake(let text) {
            return text
        } catch {
            return "\(error)"
        }
    }
}

extension SpecModules {
    /// A prompt with what it includes, for an agent whose traits may be left out.
    fileprivate func render(_ name: String, _ context: LuaTable) async throws -> String {
        var sources: [String: PromptSource] = [:]
        for file in prompts {
            guard let template = try? PromptTemplate(file.text, path: file.displayPath) else { continue }
            sources[file.key.name] = PromptSource(path: file.displayPath, template: template)
        }
        func text(_ name: String, _ usual: String) -> String { context[name].string ?? usual }
        return try await PromptLibrary(sources).render(
            name,
            PromptContext(
                agent: text("agent", "ada"), role: text("role", "coder"), team: text("team", "core"), project: text("project", "/project"),
                rules: text("rules", ""))
        ).text
    }
}
