"""A role with two models: one plans, the other carries out."""

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


def test_a_wrong_name_is_told_with_its_line(world):
    file = world.plugin("roles/architect.lua", ROLE.replace("scripted:editor", "fsat"))
    checked = world.run("plugin", "check", str(file))
    assert checked.code == 1 and "architect.lua:8" in checked.out + checked.err and "fast" in checked.out + checked.err
