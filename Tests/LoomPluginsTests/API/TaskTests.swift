import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("Tasks of a call", .timeLimit(.minutes(1))) struct TaskTests {
    @Test(
        "values come back as they are, and errors are raised where they are awaited",
        arguments: [
            (
                "local h = loom.task.spawn(function(a, b) return a + b, nil, 'x' end, 1, 2) local a, b, c = h:await() return a .. tostring(b) .. c",
                "3nilx"
            ),
            (
                "local box = {} local h = loom.task.spawn(function() return box end) return tostring(h:await() == box and h:await() == box)",
                "true"
            ),
            ("local v = loom.task.all{ function() return 1 end, function() return 'b', 2 end } return v[1] .. v[2] .. #v", "1b2"),
            (
                "local h = loom.task.spawn(function() error('no', 0) end) local ok, e = pcall(h.await, h) return tostring(ok) .. e",
                "falseno"
            ),
            (
                "local h = loom.task.spawn(function() assert(loom.fs.read('gone')) end) local _, e = pcall(h.await, h) return e.code .. tostring(e)",
                "not_foundgone does not exist."
            ),
            (
                "local h = loom.task.spawn(function() loom.time.sleep(60) end) h:cancel() local v, e = h:await() return tostring(v) .. e.code",
                "nilcancelled"
            ),
            (
                "local v, at = loom.task.race{ function() loom.time.sleep(60) end, function() return 'quick' end } return v .. at", "quick2"
            ),
            (
                """
                local ok, e = pcall(loom.task.all, { function() loom.time.sleep(60) end, function() error('broke', 0) end })
                return tostring(ok) .. e
                """, "falsebroke"
            ),
            (
                "local h = loom.task.spawn(function() return loom.task.all{ function() return 7 end }[1] end) return tostring(h:await())",
                "7"
            ),
        ])
    func results(_ body: String, _ result: String) async throws {
        #expect(try await TestWorkspace().run(body) == result)
    }

    @Test("run side by side: each waits for what the other does")
    func together() async throws {
        let body = """
            local turn, log = 1, {}
            local function step(me, other)
              return function()
                for round = 1, 3 do
                  while turn ~= me do loom.time.sleep(0) end
                  log[#log + 1], turn = me, other
                end
              end
            end
            loom.task.all{ step(1, 2), step(2, 1) }
            return table.concat(log)
            """
        #expect(try await TestWorkspace().run(body) == "121212")
    }

    @Test("a fault in a task is told with the line where it happened, and what was denied in one ends the call as denied")
    func faults() async throws {
        let workspace = try await TestWorkspace(permissions: .readOnly)
        do {
            _ = try await workspace.run("local h = loom.task.spawn(function()\n local x = nil + 1 end)\n h:await()")
            Issue.record("it did not fail")
        } catch let error as ToolError {
            #expect(error.message.contains("t.lua:2: attempt to perform arithmetic"), "\(error.message)")
            #expect(error.trace?.contains("in function <") == true, "\(error.trace ?? "")")
        }
        do {
            _ = try await workspace.run("loom.task.all{ function() loom.fs.write('a', 'x') end } return 'went on'")
            Issue.record("it was not denied")
        } catch let error as ToolError {
            #expect(error.status == .denied)
            #expect(error.message.hasPrefix("Refused"))
        }
    }

    @Test("one that nobody awaits ends with its call, also when it never would by itself")
    func unawaited() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/tools/t.lua": LuaSources.tool(
                "loom.task.spawn(function() while true do end end) loom.task.spawn(function() loom.time.sleep(9) end) return 'over'")
        ])
        #expect(try await plugins.tool("t").use([:], try await TestWorkspace()).text == "over")
    }

    @Test("64 are the most that a call has at once; the next is nil and an error, and ends make room")
    func limit() async throws {
        let body = """
            local handles, err = {}, nil
            for index = 1, 65 do handles[index], err = loom.task.spawn(function() loom.time.sleep(60) end) end
            local full = #handles .. err.code
            handles[1]:cancel()
            return full .. type(loom.task.spawn(function() end))
            """
        #expect(try await TestWorkspace().run(body) == "64too_manytable")
    }

    @Test("a person may be asked in a task, while others go on")
    func question() async throws {
        let workspace = try await TestWorkspace()
        let signals = workspace.workspace.bus.subscribe(name: "test")
        async let answer = workspace.run(
            """
            local given = loom.task.all{
              function() return loom.ask.user{ question = "Which?" } end,
              function() loom.time.sleep(0) return "meanwhile" end,
            }
            return given[1] .. given[2]
            """)
        var asked: Question?
        while asked == nil, let batch = await signals.next() {
            asked = batch.lazy.compactMap { $0.payload(QuestionAsked.self)?.question }.first
        }
        try await workspace.workspace.answer(try #require(asked).id, .text("b"), by: "user/test")
        #expect(try await answer == "bmeanwhile")
    }

    @Test("what is no function, and a wrong place, are mistakes at the caller's line")
    func mistakes() async throws {
        for (body, text) in [
            ("loom.task.spawn(1)", "t.lua:1: loom.task.spawn takes a function, got number"),
            ("loom.task.all({})", "t.lua:1: loom.task.all takes a list of functions"),
        ] {
            do {
                _ = try await TestWorkspace().run(body)
                Issue.record("\(body) did not fail")
            } catch let error as ToolError {
                #expect(error.message.contains(text), "\(error.message)")
            }
        }
    }
}
