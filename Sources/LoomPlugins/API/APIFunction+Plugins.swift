import LoomKernel
import LoomSystem

extension APIFunction {
    /// What else is loaded, and texts of it.
    static let plugins: [APIFunction] = [
        ofHost(
            "plugin.list",
            returns: "{ name: string, kind: string, root: string, path: string, generation: integer, status: string }[]",
            text: "All plugins, each with the number of the generation that is in use (0: none)."
        ) { (host, _) throws(ToolError) in
            .array(host.plugins.map(\.lua))
        },
        ofHost(
            "plugin.generations", [("name", .string.required)],
            returns: "{ kind: string, root: string, number: integer, latest: integer, status: string, hash: string, time: string }[]?, "
                + "loom.Error?",
            text: "The texts that plugins of this name had and that are kept, the newest first: generations `number` to `latest` ran one."
        ) { (host, call) throws(ToolError) in
            .array(try await host.versions(of: call.text("name")).map(\.lua))
        },
        ofHost(
            "prompt.render", [("name", .string.required), ("values", .anyTable)], returns: "string?, loom.Error?",
            text: "A prompt of `prompts/` as text. It sees what every prompt sees, for whoever acts, and `values`."
        ) { (host, call) throws(ToolError) in
            .string(try await host.prompt(call.text("name"), values: call.table("values")))
        },
    ]
}

extension PluginVersion {
    fileprivate var lua: JSON {
        [
            "kind": .string(kind), "root": .string(root), "number": .int(Int64(number)), "latest": .int(Int64(latest)),
            "status": .string(status.rawValue), "hash": .string(hash), "time": .string(time.description),
        ]
    }
}

extension PluginSummary {
    fileprivate var lua: JSON {
        var members: [String: JSON] = [
            "name": .string(name), "kind": .string(kind), "root": .string(root), "path": .string(path),
            "generation": .int(Int64(generation)), "status": .string(status), "calls": .int(Int64(calls)),
            "running": .int(Int64(running)), "shadows": .array(shadows.map { .string($0) }),
        ]
        members["error"] = error.map { .string($0) }
        return .object(members)
    }
}
