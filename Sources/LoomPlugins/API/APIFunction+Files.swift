import LoomKernel
import LoomRepository
import LoomSystem

extension APIFunction {
    /// Files of the project, with the rights of the calling agent.
    static let files: [APIFunction] = [
        ofHost(
            "fs.read", [("path", .string.required), ("options", .table(["offset": .integer, "limit": .integer]))],
            returns:
                "{ text: string, path: string, first_line: integer, line_count: integer, total_lines: integer, size: integer, encoding: string, line_ending: string }?, loom.Error?",
            text: "A text file, or `limit` lines of it from line `offset` on, which counts from 1."
        ) { (host, call) throws(ToolError) in
            let options = call.table("options")
            return try await host.read(
                call.text("path"), offset: options["offset"]?.intValue, limit: options["limit"]?.intValue
            ).json
        },
        ofHost(
            "fs.write", [("path", .string.required), ("text", .string.required)],
            returns:
                "{ path: string, created: boolean, bytes: integer, added: integer, removed: integer, diff: string }?, loom.Error?",
            text: "Replaces a file in one step. One that exists must have been read by this agent, and not changed since."
        ) { (host, call) throws(ToolError) in
            try await host.write(call.text("path"), call.text("text")).json
        },
        ofHost(
            "fs.list", [("path", .string.required)],
            returns: "{ name: string, kind: string, size: integer, modified: string }[]?, loom.Error?",
            text: "The entries of a folder; `kind` is file, directory, link or other."
        ) { (host, call) throws(ToolError) in
            .array(try await host.list(call.text("path")).map(\.json))
        },
        ofHost(
            "fs.stat", [("path", .string.required)],
            returns: "{ name: string, kind: string, size: integer, modified: string }?, loom.Error?",
            text: "What is known about a path without reading it; nil when there is nothing."
        ) { (host, call) throws(ToolError) in
            try await host.stat(call.text("path"))?.json ?? .null
        },
        ofHost(
            "fs.glob", [("pattern", .string.required), ("options", .table(["path": .string, "limit": .integer]))],
            returns: "{ files: string[], total: integer }?, loom.Error?",
            text: "Files whose path matches a pattern such as `src/**/*.swift`, newest first. Ignored files are left out."
        ) { (host, call) throws(ToolError) in
            let options = call.table("options")
            return try await host.find(
                call.text("pattern"), in: options["path"]?.stringValue, limit: options["limit"]?.intValue ?? 1000
            ).json
        },
        ofHost(
            "fs.search",
            [
                (
                    "request",
                    .table([
                        "pattern": .string.required, "path": .string, "glob": .string,
                        "case": .boolean, "context": .integer,
                        "mode": .string.oneOf("content", "files", "count"), "limit": .integer, "literal": .boolean,
                    ]).required
                )
            ],
            returns:
                "{ matches: { path: string, line: integer, text: string, before: string[], after: string[] }[]?, files: { path: string, count: integer }[]?, truncated: boolean }?, loom.Error?",
            text: "Lines that match a regular expression, or with `literal` a text, in the files of the project. "
                + "Without `case`, case matters when the pattern has a capital letter."
        ) { (host, call) throws(ToolError) in
            let query = ContentQuery(table: call.table("request"))
            return try await host.search(query).json(query)
        },
    ]
}
