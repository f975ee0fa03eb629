"""Agents that write plugins and skills: checked, tried, shown to a person, and then there for the whole team."""

import pytest

from support import call, calls, say

TOOL = """
return {
  api = 1, description = "Say it loud.", parameters = { text = { type = "string", required = true } },
  run = function(args) return args.text:upper() end,
}
"""
SPEC = """
return { { "is loud", function(t) t.equal(t.run({ text = "a" }).text, "A") end } }
"""

ALLOWED = '[permissions]\nallow = ["extend .loomkin/**"]\n'


def write(kind="tool", name="shout", source=TOOL, **more):
    return ("plugin_write", {"kind": kind, "name": name, "source": source, **more})


def test_a_tool_that_an_agent_writes_is_used_by_another(world):
    world.settings(ALLOWED)
    model = world.script(roles={
        "lead": [
            call("team_spawn", purpose="loud", roles=[{"name": "ada", "role": "coder"}]),
            calls(("team_assign", {"agent_name": "ada", "title": "Make a tool", "description": "shout"})),
            {"when": "made: the tool", "text": "I call it.", **calls(("call_tool", {"name": "shout", "arguments": {"text": "done"}}))},
            {"expect": "DONE", "text": "It is loud."}],
        "coder": [
            calls(write(spec=SPEC)), {"expect": "is live as generation 1", **calls(("peer_complete_task", {"result": "made: the tool shout is live, and its spec passes"}))}, say("Handed in.")],
    })
    result = world.stream(model, "Begin.", "--permissions", "edit")
    assert result.signals[-1]["data"]["result"] == "It is loud.", result.out[-3000:]
    assert world.read(".loomkin/plugins/tools/shout.lua") == TOOL and world.read(".loomkin/plugins/tools/shout.spec.lua") == SPEC
    # What was written on a person's word is trusted at the next start too.
    assert world.run("trust").code == 0 and "shout" in world.run("plugin", "list").out


def test_nobody_said_yes_so_nothing_is_written(world):
    model = world.script(roles={"coder": [calls(write(spec=SPEC)), {"expect": "Refused by nobody", "text": "Not allowed."}]})
    result = world.stream(model, "Begin.", "--role", "coder")
    assert result.code == 4 and not (world.project / ".loomkin/plugins").exists()
    assert "Not allowed." in result.out


@pytest.mark.parametrize("proposal, told", [
    (write(source="return {\n"), "plugins/tools/shout.lua:"),
    (write(source=TOOL.replace("parameters", "paramters")), "unknown field \"paramters\"; did you mean \"parameters\"?"),
    (write(spec=SPEC.replace('"A"', '"B"')), "wanted B"),
    (write(name="no way"), "is no name for a plugin"),
    (write(source="while true do end"), "plugins/tools/shout.lua"),
])
def test_what_does_not_work_is_told_to_the_agent_and_asked_of_nobody(world, proposal, told):
    world.settings(ALLOWED)
    model = world.script(roles={"coder": [calls(proposal), {"expect": told, "text": "I see."}]})
    result = world.stream(model, "Begin.", "--role", "coder")
    assert result.signals[-1]["data"]["result"] == "I see.", result.out[-2500:]
    assert not (world.project / ".loomkin/plugins").exists() and not list((world.project / ".loomkin").glob("outputs/proposal*"))


def test_an_agent_writes_a_skill_and_another_reads_it(world):
    world.settings(ALLOWED)
    model = world.script(roles={"coder": [
        call("skill_write", name="greeting", description="How to greet: kindly", instructions="Say hello."),
        {"expect": "The skill greeting is there", **calls(("load_skill", {"name": "greeting"}))}, {"expect": "Say hello.", "text": "Read."}]})
    assert world.stream(model, "Begin.", "--role", "coder").signals[-1]["data"]["result"] == "Read."
