"""A role with two models: one plans, the other carries out."""

import json

import pytest
from llmock.scenarios import Reply, ToolCall

from support import call, say

ROLE = """
return {
  api = 1,
  description = "plans with one model and edits with another",
  prompt = "coder",
  tools = { "file_read", "file_write" },
  model = "scripted:planner",
  edit_model = "scripted:editor",
}
"""


def test_the_first_reply_of_a_turn_plans_and_the_others_carry_out(world):
    world.plugin("roles/architect.lua", ROLE)
    write = call("file_write", file_path="a.txt", content="a")
    steps = [write, call("file_read", file_path="nothing.txt"), call("file_read", file_path="a.txt"), say("Done.")]
    for name in ("planner", "editor"):
        world.script(name, roles={"architect": steps})
    result = world.run("run", "--role", "architect", "--permissions", "full", "--output", "stream-json", "Begin.")
    assert result.code == 0, "a role that names its model needs no other"
    models = [started["model"] for started in result.of_type("model.started")]
    # After a call that failed the planner is asked again.
    assert models == ["scripted:planner", "scripted:editor", "scripted:planner", "scripted:editor"]
    assert result.signals[-1]["data"]["result"] == "Done."


LARGE, SMALL = "openai:gpt-4.1", "openai:gpt-4"


@pytest.mark.parametrize("planner, editor", [(LARGE, SMALL), (SMALL, LARGE)])
def test_what_is_sent_fits_into_the_smaller_of_both_windows(world, llmock, planner, editor):
    llmock.tool_mode("off")
    world.environment |= llmock.env()
    world.plugin("roles/architect.lua", ROLE.replace("scripted:planner", planner).replace("scripted:editor", editor))
    names = [f"{number}.txt" for number in range(3)]
    for name in names:
        world.write(name, "one two three four\n" * 1_500)
    llmock.add(Reply(tool_calls=tuple(ToolCall("file_read", {"file_path": name}) for name in names)))
    llmock.reply("Done.")
    result = world.stream(planner, "Begin.", "--role", "architect", "--permissions", "full")
    assert result.code == 0, result
    facts = {fact["name"]: fact for fact in json.loads(world.run("models", "--all", "--json").out)}
    finished = result.of_type("model.finished")
    assert [call["model"] for call in finished] == [planner, editor]
    window = min(facts[model]["context"] for model in (planner, editor))
    assert [call["context_limit"] for call in finished] == [window, window]
    # Four bytes are about a token.
    assert all(len(json.dumps(request.body)) < 4 * window for request in llmock.requests)


def test_a_wrong_name_is_told_with_its_line(world):
    file = world.plugin("roles/architect.lua", ROLE.replace("scripted:editor", "fsat"))
    checked = world.run("plugin", "check", str(file))
    assert checked.code == 1 and "architect.lua:8" in checked.out + checked.err and "fast" in checked.out + checked.err
