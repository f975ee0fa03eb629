import LoomKernel
import LoomSystem

extension APIFunction {
    /// Other tools of the calling agent.
    static let tools: [APIFunction] = [
        ofHost(
            "tool.list", returns: "{ name: string, description: string, parameters: table }[]",
            text: "The tools that the calling agent may use now, by name; `parameters` is a JSON Schema."
        ) { (host, _) throws(ToolError) in
            .array(
                try await host.tools().map {
                    ["name": .string($0.name), "description": .string($0.description), "parameters": $0.parameters]
                })
        },
        ofHost(
            "tool.call", [("name", .string.required), ("arguments", .anyTable)], returns: "{ text: string, data: any }?, loom.Error?",
            text: "Calls another tool as the agent would: with that tool's own checks, hooks and permissions, shown as a call of its own."
        ) { (host, call) throws(ToolError) in
            let result = try await host.call(call.text("name"), call.table("arguments"))
            guard result.status == .ok else { throw ToolError(result.text, status: result.status) }
            var value: JSON = ["text": .string(result.text)]
            if let data = result.data { value["data"] = data }
            return value
        },
    ]
}
