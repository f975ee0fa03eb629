import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("What a call opens", .timeLimit(.minutes(1))) struct HandleTests {
    /// A workspace whose processes do what the closure says.
    private func workspace(
        permissions: TrustPreset = .full, environment: [String: String] = [:], _ play: @escaping @Sendable (ScriptedProcess) -> Void
    ) async throws -> (TestWorkspace, ScriptedProcessRunner) {
        let runner = ScriptedProcessRunner(start: { (_) throws(ProcessError) in
            let process = ScriptedProcess()
            play(process)
            return process
        })
        return (try await TestWorkspace(permissions: permissions, processes: runner, environment: environment), runner)
    }

    @Test("a process is read in pieces or lines, until it ends")
    func reading() async throws {
        let (workspace, runner) = try await workspace { process in
            process.emit("one\r\ntwo\nthr")
            process.emit("ee")
            process.emitError("warning")
            process.exit(.exited(3))
        }
        let body = """
            local p = assert(loom.process.start{ arguments = { "make", "all things" }, env = { MODE = "x" } })
            local first, all = p:line(), {}
            for line in p:lines() do all[#all + 1] = line end
            local ended = p:wait()
            return first .. "|" .. table.concat(all, "|") .. "|" .. ended.status .. p:errors() .. tostring(p:read()) .. p.pid
            """
        #expect(try await workspace.run(body) == "one|two|three|3warningnil4711")
        let spec = try #require(runner.specs.first)
        #expect(spec.command == .program("make", arguments: ["all things"]))
        #expect(spec.environment?["MODE"] == "x")
        #expect(spec.errorOutput == .separate)
    }

    @Test("a process is written to, and answers")
    func writing() async throws {
        let (workspace, _) = try await workspace { process in
            Task {
                for await piece in process.input { process.emit("you said " + String(decoding: piece, as: UTF8.self)) }
                process.exit(.exited(0))
            }
        }
        let body = """
            local p = loom.process.start{ command = "cat" }
            assert(p:write("hello\\n"))
            local answer = p:line()
            p:close_input()
            return answer .. p:wait().status
            """
        #expect(try await workspace.run(body) == "you said hello0")
    }

    @Test("secrets do not come out, however they are cut, and no key goes in")
    func secrets() async throws {
        let (workspace, runner) = try await workspace(environment: ["X_KEY": "sesame-open", "PATH": "/bin"]) { process in
            process.emit("the key is sesa")
            process.emit("me-open.\n")
            process.exit(.exited(0))
        }
        let text = try await workspace.run("local p = loom.process.start{ command = 'env' } return p:line()")
        #expect(text == "the key is «X_KEY».")
        #expect(runner.specs.first?.environment?["X_KEY"] == nil)
        #expect(runner.specs.first?.environment?["PATH"] == "/bin")
    }

    @Test("a process ends with the call that started it, and its handle is stale in the next")
    func ends() async throws {
        let (ends, told) = AsyncStream<ProcessTermination>.makeStream()
        let (workspace, _) = try await workspace { process in
            Task { if let end = await process.waitForExit() { told.yield(end) } }
        }
        let plugins = try await TestPlugins.loaded([
            "plugins/tools/t.lua": """
            local kept
            \(LuaSources.tool("""
                if kept then local v, err = kept:read() return tostring(v) .. err.code .. " " .. tostring(err):match("^stale: ") end
                kept = loom.process.start{ command = "sleep 100" }
                return "started"
                """))
            """
        ])
        #expect(try await plugins.tool("t").use([:], workspace).text == "started")
        var ended = ends.makeAsyncIterator()
        #expect(await ended.next() == .signalled(15))
        #expect(try await plugins.tool("t").use([:], workspace).text == "nilstale stale: ")
    }

    @Test("a wait for output or for the end is over after its time")
    func timeouts() async throws {
        let (workspace, _) = try await workspace { _ in }
        let plugins = try TestPlugins([
            "plugins/tools/t.lua": LuaSources.tool(
                """
                local p = loom.process.start{ command = "sleep 100" }
                local _, read = p:read(5)
                local _, wait = p:wait(5)
                return read.code .. wait.code .. p:stop().signal
                """)
        ])
        await plugins.host.load()
        let tool = try plugins.tool("t")
        async let result = tool.use([:], workspace)
        for _ in 1...2 {
            await plugins.clock.waitForSleepers()
            plugins.clock.advance(by: .seconds(5))
        }
        #expect(try await result.text == "timeouttimeout15")
    }

    @Test("a process is asked for like a command, and written down before it starts")
    func permission() async throws {
        let (workspace, runner) = try await workspace(permissions: .readOnly) { _ in }
        await #expect(throws: ToolError.self) { try await workspace.run("loom.process.start{ command = 'rm x' } return 'went on'") }
        #expect(runner.specs.isEmpty)
        let (allowed, _) = try await self.workspace { $0.exit(.exited(0)) }
        _ = try await allowed.run("loom.process.start{ command = 'make x' }")
        let effects = try await allowed.workspace.services.store.effects(agent: allowed.host("t").agent.id, call: "c1")
        #expect(effects == [.process(command: "make x")])
    }

    @Test("a subscription hears what happens from then on, and only what its pattern takes")
    func subscription() async throws {
        let workspace = try await TestWorkspace()
        let body = """
            loom.signal.publish("before", { n = 0 })
            local heard, sub = {}, loom.signal.subscribe("team/core/agent/ada/**")
            loom.signal.publish("one", { n = 1 })
            loom.signal.publish("two", { n = 2 })
            for signal in sub do
              if signal.data.n then heard[#heard + 1] = signal.type .. signal.data.n end
              if #heard == 2 then break end
            end
            local missed = sub:missed()
            sub:cancel()
            local v, err = sub:next()
            return table.concat(heard, " ") .. missed .. tostring(v) .. err.code
            """
        #expect(try await workspace.run(body) == "t.one1 t.two20nilstale")
    }

    @Test("a method without its handle is a mistake that says so")
    func method() async throws {
        let (workspace, _) = try await workspace { _ in }
        await #expect(throws: ToolError.self) { try await workspace.run("local p = loom.process.start{ command = 'x' } p.wait()") }
    }
}
