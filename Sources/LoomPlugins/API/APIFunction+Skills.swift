import LoomKernel
import LoomSystem

extension APIFunction {
    /// What agents can read up on.
    static let skills: [APIFunction] = [
        APIFunction(
            "skill.list", returns: "{ name: string, description: string, root: string }[]", phases: acting.union([.panel]),
            text: "The skills there are, by name.",
            body: .immediate { (call) throws(APIFault) in
                .value(
                    .array(
                        try call.workspace.catalog.skills.map {
                            ["name": .string($0.name), "description": .string($0.description), "root": .string($0.root)]
                        }))
            }),
        ofHost(
            "skill.load", [("name", .string.required)],
            returns:
                "{ name: string, description: string, text: string, folder: string, files: string[], allowed_tools: string[] }?, loom.Error?",
            text: "The instructions of a skill, and what lies beside them."
        ) { (host, call) throws(ToolError) in
            let skill = try host.skill(call.text("name"))
            return [
                "name": .string(skill.name), "description": .string(skill.description), "text": .string(skill.instructions),
                "folder": .string(skill.folder), "files": .array(host.files(of: skill).map { .string($0) }),
                "allowed_tools": .array(skill.allowedTools.map { .string($0) }),
            ]
        },
        ofHost(
            "skill.read", [("name", .string.required), ("path", .string.required)], returns: "string?, loom.Error?",
            text: "A text file of a skill; the path is relative to the skill's folder."
        ) { (host, call) throws(ToolError) in
            .string(try host.read(call.text("path"), of: try host.skill(call.text("name"))))
        },
    ]
}
