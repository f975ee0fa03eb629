import LoomKernel
import LoomSystem

extension APIFunction {
    static let processes: [APIFunction] = [
        ofHost(
            "process.run",
            [
                (
                    "request",
                    .table([
                        "command": .string, "arguments": .list(.string), "timeout": .number, "cwd": .string, "env": .anyTable,
                    ]).required
                )
            ],
            returns:
                "{ status: integer?, signal: integer?, output: string, truncated: boolean, output_file: string?, seconds: number, timed_out: boolean }?, loom.Error?",
            text: "Runs a shell `command`, or a program by its `arguments`, and waits for its end. `timeout` is in seconds."
        ) { (host, call) throws(ToolError) in
            try await host.run(try CommandRequest(table: call.table("request"))).json
        }
    ]
}
