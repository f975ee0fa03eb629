"""Hooks and services of a user, in sessions of the built program."""

import json

from support import call, calls, eventually, read_until, say

HOOK = """
return {
  api = 1,
  description = "Keeps force out of pushes.",
  tools = { "shell" },
  before_tool = function(call)
    if call.arguments.command:find("push %-%-force") then return { refuse = "nobody pushes by force here" } end
    if call.arguments.command:find("^echo") then return { arguments = { command = call.arguments.command .. " again" } } end
  end,
  after_tool = function(call, result)
    if result.text:find("secret") then return { text = (result.text:gsub("secret", "******")) } end
  end,
}
"""

SERVICE = """
local seen = 0
return {
  api = 1,
  description = "Writes to the lead when a command failed.",
  subscribe = {
    ["**/tool.finished"] = function(signal)
      if signal.data.tool ~= "shell" or not signal.data.text:find("MARK") then return end
      seen = seen + 1
      assert(loom.signal.publish("noticed", { text = signal.data.text, nth = seen }))
      assert(loom.inbox.send{ to = signal.data.agent, text = "PREFIX I saw " .. signal.data.call })
    end,
  },
}
"""

GREETER = """
return {
  api = 1,
  description = "Answers an agent that waits.",
  subscribe = {
    ["**/agent.finished"] = function(signal)
      if signal.data.text ~= "Standing by." then return end
      assert(loom.signal.publish("heard", { words = signal.data.text }))
      assert(loom.inbox.send{ to = signal.data.agent, text = "Well, go on" })
    end,
  },
}
"""


def test_a_hook_rewrites_and_refuses_calls(world):
    world.plugin("plugins/hooks/no_force.lua", HOOK)
    model = world.script(roles={"concierge": [
        call("shell", command="git push --force"), {"expect": "nobody pushes by force here", **calls(("shell", {"command": "echo my secret"}))},
        {"expect": "my ****** again", "text": "I see."}]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert result.code == 0, result
    assert [done["status"] for done in result.of_type("tool.finished")] == ["denied", "ok"]


def test_a_faulty_hook_refuses_and_says_where(world):
    world.plugin("plugins/hooks/broken.lua", "return { api = 1, before_tool = function(call) return call.nothing.here end }\n")
    model = world.script(roles={"concierge": [call("shell", command="echo a"), {"expect": "broken.lua:1: attempt", "text": "It is broken."}]})
    assert world.ask(model, "Begin.", "--role", "concierge", "--permissions", "full").out == "It is broken.\n"


def test_a_service_hears_signals_and_writes_to_agents(world):
    """The session is not over before the agent has read what the service had to say about its end."""
    world.plugin("plugins/services/greeter.lua", GREETER)
    model = world.script(roles={"concierge": [say("Standing by."), {"expect": "Well, go on", "text": "Thank you."}]})
    result = world.stream(model, "Begin.", "--role", "concierge")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Thank you.", result
    assert [told["words"] for told in result.of_type("greeter.heard")] == ["Standing by."]


def test_a_service_that_is_saved_loses_no_signal_and_hears_none_twice(world):
    file = world.plugin("plugins/services/watcher.lua", SERVICE.replace("MARK", "oops").replace("PREFIX", "one"))
    gate = world.gate()
    rounds = 6
    turns = [call("shell", command="read x < gate; echo oops") for _ in range(rounds)]
    model = world.script(roles={"concierge": [*turns, say("All done."), *[say("Read.") for _ in range(rounds)]]})
    reported = lambda: len([told for told in world.kept("plugin.reload") if told["plugin"] == "watcher"])
    with world.started(
        "run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        for number in range(rounds):
            read_until(process, "tool.started")
            count = reported()
            file.write_text(SERVICE.replace("MARK", "oops").replace("PREFIX", f"v{number}"))
            eventually(lambda: reported() > count, "the save is noticed")
            gate.open()
        lines = process.stdout.readlines()
        assert process.wait() == 0, lines[-3:]
    noticed = [json.loads(line) for line in lines if '"watcher.noticed"' in line]
    heard = world.kept("watcher.noticed")
    assert len(heard) == rounds, heard
    sent = [item for item in world.kept("inbox.queued") if "I saw" in json.dumps(item)]
    assert len(sent) == rounds and noticed
