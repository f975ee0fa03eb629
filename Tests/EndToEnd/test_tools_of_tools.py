"""A tool that is made of other tools, with `loom.tool`."""

from support import call, say

OUTER = """
return {
  api = 1,
  description = "Reads by another tool.",
  run = function()
    local names = {}
    for _, tool in ipairs(loom.tool.list()) do names[tool.name] = tool end
    local read = assert(loom.tool.call("file_read", { file_path = "a.txt" }))
    local none, err = loom.tool.call("file_raed", {})
    local wrong, reason = loom.tool.call("file_read", { path = "a.txt" })
    return ("%s|%s|%s %s|%s %s"):format(
      names.outer and names.file_read.parameters.type, read.text:match("hello") or read.text, none, err.message, wrong, reason)
  end,
}
"""


def test_a_tool_calls_others_and_each_is_shown(world):
    world.write("a.txt", "hello\n")
    world.plugin("plugins/tools/outer.lua", OUTER)
    model = world.script(roles={"lead": [call("outer"), {"expect": "object|hello|nil There is no tool", "text": "Done."}]})
    result = world.stream(model)
    assert result.code == 0, result
    outer, inner = result.of_type("tool.started")
    assert (outer["tool"], inner["tool"]) == ("outer", "file_read")
    assert "parent" not in outer and inner["parent"] == outer["call"] and inner["call"] != outer["call"]
    assert inner["summary"] == "a.txt"
    first, last = result.of_type("tool.finished")
    assert (first["tool"], first["status"], last["tool"]) == ("file_read", "ok", "outer")
    assert "Did you mean file_read?" in last["text"] and "file_path" in last["text"].rsplit("|", 1)[1]


def test_what_it_calls_is_asked_for_under_its_own_name(world):
    world.write("a.txt", "hello\n")
    world.plugin("plugins/tools/outer.lua", OUTER)
    world.settings('[permissions]\ndeny = ["file_read a.txt"]\n')
    model = world.script(roles={"lead": [call("outer"), say("Refused.")]})
    result = world.stream(model)
    finished, = [done for done in result.of_type("tool.finished") if done["tool"] == "outer"]
    assert finished["status"] == "denied" and "deny file_read a.txt" in finished["text"]


def test_a_tool_of_another_role_ends_the_call(world):
    world.plugin("plugins/tools/outer.lua", OUTER.replace('"file_read", { file_path = "a.txt" }', '"shell", { command = "true" }'))
    model = world.script(roles={"lead": [call("outer"), say("Refused.")]})
    finished, = world.stream(model).of_type("tool.finished")
    assert finished["status"] == "denied" and "The role lead may not use shell." in finished["text"]
