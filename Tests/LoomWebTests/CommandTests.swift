import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct CommandTests {
    @Test("a plugin's command is listed, completed and run by program")
    func api() async throws {
        let workspace = FakeWorkspace(commands: [FakeCommand()])
        try await RunningPage.serve(workspace) { page in
            func get(_ path: String) async throws -> JSON {
                try JSON.parse(try await page.wire.request("GET", "/api/v1/" + path, page.bearer).body)
            }
            func post(_ path: String, _ body: String) async throws -> (status: Int, body: JSON) {
                let headers = page.bearer.merging(["Content-Type": "application/json"]) { $1 }
                let reply = try await page.wire.request("POST", "/api/v1/" + path, headers, body: body)
                return (reply.status, try JSON.parse(reply.body))
            }
            #expect(
                try await get("commands")["commands"]
                    == [["name": "standup", "usage": "/standup [AGENT]", "summary": "who does what", "generation": 2]])
            #expect(try await get("commands/standup/words?word=a")["words"] == ["ada", "alle"])
            #expect(try await get("commands/standup/words?word=a+%2B%C3%A4")["words"] == ["a +äda", "a +älle"])
            #expect(try await post("commands/standup", #"{"text": "ada  now"}"#).body == ["text": "<b>standup</b> says ada  now"])
            #expect(try await post("commands/standup", "{}").body == ["text": "<b>standup</b> says "])
            #expect(try await post("commands", #"{"line": " /standup  ada now"}"#).body["text"] == "<b>standup</b> says ada now")
            let near = try await post("commands", #"{"line": "/standap"}"#)
            #expect(near.status == 404)
            #expect(near.body["error"]?["hint"] == "Did you mean /standup?")
            let built = try await post("commands/agents", "{}")
            #expect(built.status == 404)
            #expect(built.body["error"]?["hint"]?.stringValue?.contains("command of the terminal") == true)
            await workspace.refuse("ada is not here.")
            let refused = try await post("commands/standup", #"{"text": "ada"}"#)
            #expect(refused.status == 409)
            #expect(refused.body["error"]?["message"] == "ada is not here.")
        }
        #expect(await workspace.commands == ["run standup «ada  now»", "run standup «»", "run standup «ada now»"])
    }

    @Test("the first screen has a line for commands only where a plugin adds one, and without script its answer is a page")
    func page() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let first = try await page.wire.request("GET", "/", page.cookie).body
            #expect(!first.contains("id=\"line\""))
        }
        try await RunningPage.serve(FakeWorkspace(commands: [FakeCommand(usage: "/standup <x>", summary: PageTests.hostile)])) { page in
            let first = try await page.wire.request("GET", "/", page.cookie).body
            #expect(first.contains("id=\"line\"") && first.contains("/standup &lt;x&gt;") && !first.contains("<img"))
            let headers = page.cookie.merging(
                ["Origin": "null", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"]) { $1 }
            let said = try await page.wire.request("POST", "/api/v1/commands", headers, body: "line=%2Fstandup+ada")
            #expect(said.status == 200)
            #expect(said.body.contains("&lt;b&gt;standup&lt;/b&gt; says ada"))
        }
    }
}
