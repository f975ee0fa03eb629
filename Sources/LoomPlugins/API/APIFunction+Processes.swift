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
            text: "Runs a shell `command`, or a program by its `arguments`, and waits for its end. `timeout` is in seconds. `env` and "
                + "`cwd` are part of the line that is asked about: `cd sub && A=1 make`."
        ) { (host, call) throws(ToolError) in
            try await host.run(try CommandRequest(table: call.table("request"))).json
        },
        opening(
            "process.start",
            [
                (
                    "request",
                    .table(["command": .string, "arguments": .list(.string), "cwd": .string, "env": .anyTable]).required
                )
            ],
            lasts: true,
            text: "Starts a shell `command`, or a program by its `arguments`, and goes on. Its whole process group ends with the call that "
                + "started it; in a service, with the service. One whose output nobody reads waits when 1 MB or so is unread."
        ) { (host, call) throws(ToolError) in
            ProcessHandle(try await host.start(try CommandRequest(table: call.table("request"))))
        },
    ]

    static let processMethods: [APIFunction] = [
        method(
            of: ProcessHandle.self, "read", [("timeout", .number)], returns: "string?, loom.Error?",
            text: "What it has written since, waiting until there is something; nil at the end. After `timeout` seconds without output "
                + "it is `nil, err` of the code `timeout`."
        ) { (handle, call) throws(ToolError) in
            try await handle.output.next(call).map { .string($0) } ?? .null
        },
        APIFunction(
            "Process:line", [("timeout", .number)], returns: "string?, loom.Error?", phases: acting,
            text: "The next line without its end, as `read` gives pieces.", body: .prelude),
        APIFunction(
            "Process:lines", returns: "fun(): string?", phases: acting,
            text: "Goes through its output line by line: `for line in p:lines() do`.",
            body: .prelude),
        method(
            of: ProcessHandle.self, "errors", returns: "string?, loom.Error?",
            text: "What it has written to its error output until now; the middle is left out of much."
        ) { (handle, _) throws(ToolError) in .string(handle.process.errorOutput) },
        method(
            of: ProcessHandle.self, "write", [("text", .string.required)], returns: "boolean?, loom.Error?",
            text: "Writes to its input, and waits until that is taken."
        ) { (handle, call) throws(ToolError) in
            try await handle.process.write(call.text("text"))
            return true
        },
        method(
            of: ProcessHandle.self, "close_input", returns: "boolean?, loom.Error?", text: "Ends its input, as at the end of a file."
        ) { (handle, _) throws(ToolError) in
            handle.process.closeInput()
            return true
        },
        method(
            of: ProcessHandle.self, "wait", [("timeout", .number)], returns: "{ status: integer?, signal: integer? }?, loom.Error?",
            text: "Waits until no process of its group is left. After `timeout` seconds it is `nil, err` of the code `timeout`."
        ) { (handle, call) throws(ToolError) in
            let limit = try call.seconds("timeout")
            guard let ended = await handle.wait(within: limit, clock: call.context.ports.clock) else {
                throw ToolError("«\(handle.process.line)» has not ended yet.", code: "timeout")
            }
            return ended.json
        },
        method(
            of: ProcessHandle.self, "stop", returns: "{ status: integer?, signal: integer? }?, loom.Error?",
            text: "Asks its process group to end, makes it after a second, and waits for that. The handle is stale afterwards."
        ) { (handle, call) throws(ToolError) in
            await handle.end()
            let ended = await handle.wait(within: nil, clock: call.context.ports.clock)
            call.context.dismiss(call.handle)
            return ended?.json ?? .null
        },
    ]
}

extension ProcessTermination {
    fileprivate var json: JSON {
        switch self {
        case .exited(let status): ["status": .int(Int64(status))]
        case .signalled(let signal): ["signal": .int(Int64(signal))]
        }
    }
}
