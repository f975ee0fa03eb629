"""A user's own plugins, and the commands that list what there is."""

import json
import re
import shutil

import pytest

from support import REPOSITORY, call, calls, eventually, read_until, say

TOOL = """
return {{
  api = 1, description = "Greet somebody.", parameters = {{ name = {{ type = "string", required = true }} }},
  run = function(args) return "{greeting}, " .. args.name end,
}}
"""

ROLE = 'return { api = 1, description = "greets", prompt = "lead", tools = { "greet", "shell" } }\n'


def greeter(world, greeting="Hello"):
    # A tool counts for the roles that list it.
    world.plugin("roles/lead.lua", ROLE)
    return world.plugin("plugins/tools/greet.lua", TOOL.format(greeting=greeting))


def test_an_agent_uses_a_tool_of_the_user(world):
    greeter(world)
    model = world.script(roles={"lead": [call("greet", name="Ada"), {"expect": "Hello, Ada", "text": "Greeted."}]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Greeted."
    assert result.of_type("tool.finished")[0]["text"] == "Hello, Ada"


def outlined(world, path, source, expected):
    world.write(path, source)
    model = world.script(roles={"lead": [call("file_outline", file_path=path), {"expect": expected, "text": "Outlined."}]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Outlined."
    return result.of_type("tool.finished")[0]["text"]


def test_an_agent_asks_what_a_file_defines(world):
    """With the grammar that `make grammars` put into the source tree."""
    source = "class Shelf:\n    def add(self, book):\n        pass\n\n\ndef main():\n    Shelf()\n"
    shown = outlined(world, "shelf.py", source, "class Shelf")
    assert shown.splitlines() == ["  1-3  class Shelf", "    2-3  function add", "  6-7  function main"]


def test_a_file_without_a_grammar_has_no_outline_and_the_answer_says_what_to_do(world):
    assert "make grammars" in outlined(world, "notes.txt", "Words.", ".txt")


def test_a_source_that_the_parser_does_not_survive_leaves_the_agent_alive(world):
    assert "has no outline" in outlined(world, "deep.js", "// c\n" * 100_000, "Search in the file instead")


def test_a_user_s_tool_in_front_of_a_bundled_one(world):
    world.plugin("plugins/tools/file_read.lua", TOOL.format(greeting="Not a file").replace("name", "file_path"))
    model = world.script(roles={"lead": [call("file_read", file_path="x"), {"expect": "Not a file, x", "text": "Shadowed."}]})
    assert world.ask(model).out == "Shadowed.\n"
    plugins = {(plugin["kind"], plugin["name"]): plugin for plugin in world.run("plugin", "list", "--json").json}
    assert plugins["tool", "file_read"]["root"] == "user" and plugins["tool", "file_read"]["shadows"] == ["bundled"]


def test_people_see_the_traceback_of_a_fault_and_the_model_does_not(world):
    greeter(world)
    world.plugin("plugins/tools/greet.lua", """
local function inner(x) return x.missing.field end
return {
  api = 1,
  description = "greets",
  run = function() local said = inner({}) return said end,
}
""")
    model = world.script(roles={"lead": [call("greet"), say("Well.")]})
    result = world.run("--model", model, "--permissions", "full", input="go\n/plugins greet\n", traces=True)
    assert "(/plugins greet says more)" in result.out
    assert re.search(r"last failure: .*\n  stack traceback:\n +\S*greet.lua:2: in .*'inner'\n +\S*greet.lua:6: in function", result.out), result.out
    (finished,) = world.kept("tool.finished")
    assert "greet.lua:2: attempt to index" in finished["text"] and "stack traceback" not in finished["text"]


def test_a_tool_that_does_not_load_is_told_once_and_the_model_hears_that_it_is_not_there(world):
    greeter(world)
    world.plugin("plugins/tools/greet.lua", "return { description = 'greets' }\n")
    model = world.script(roles={"lead": [call("greet"), say("Well.")]})
    result = world.run("--model", model, "--permissions", "full", input="go\n")
    assert result.out.count('missing field "api"') == 1, result.out
    assert "The tool greet is not there: its file does not load." in result.out


def test_saving_a_tool_changes_the_next_call_and_a_broken_save_keeps_the_old(world):
    """One session, real files, the real watcher; the agent is held at a gate while the files change."""
    file = greeter(world)
    gate = world.gate()
    wait = ("shell", {"command": "read x < gate"})
    model = world.script(roles={
        "lead": [
            call("greet", name="Ada"), {"expect": "Hello, Ada", **calls(wait)}, call("greet", name="Ada"),
            {"expect": "Good day, Ada", **calls(wait)}, call("greet", name="Ada"),
            {"expect": "Good day, Ada", **calls(wait)}, call("greet", name="Ada"), {"expect": "Farewell, Ada", "text": "I noticed."},
        ]})
    reported = lambda count: lambda: len(world.kept("plugin.reload")) >= count
    with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
        lines = read_until(process, '"tool":"shell"')
        count = len(world.kept("plugin.reload"))
        file.write_text(TOOL.format(greeting="Good day"))
        eventually(reported(count + 1), "the save is noticed")
        gate.open()
        lines += read_until(process, "Good day, Ada")
        count = len(world.kept("plugin.reload"))
        file.write_text("return {\n")
        eventually(reported(count + 1), "the broken save is noticed")
        gate.open()
        count = len(world.kept("plugin.reload"))
        lines += read_until(process, "Good day, Ada")
        # As editors save: a new file that takes the old one's place.
        other = file.with_name(".greet.lua.swp")
        other.write_text(TOOL.format(greeting="Farewell"))
        other.rename(file)
        eventually(reported(count + 1), "the repair is noticed")
        gate.open()
        lines += process.stdout.readlines()
        assert process.wait() == 0, lines[-3:]
    reports = [report for report in world.kept("plugin.reload") if report["plugin"] == "greet"]
    assert [report["status"] for report in reports][-3:] == ["reloaded", "failed", "reloaded"]
    assert f"{file}:" in reports[-2]["error"]
    generations = [done["generation"] for done in world.kept("tool.finished") if done["tool"] == "greet"]
    assert generations == sorted(generations) and generations[0] < generations[1] == generations[2] < generations[3]
    assert json.loads(lines[-1])["data"]["result"] == "I noticed."


def test_a_scenario_that_is_saved_is_played_on(world):
    gate = world.gate()
    play = lambda words: world.script("saved", roles={"concierge": [call("shell", command="read x < gate"), say(words)]})
    model = play("old words")
    with world.started(
        "run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        read_until(process, "tool.started")
        play("new words")
        eventually(lambda: any(told["plugin"] in ("saved", "scripted") for told in world.kept("plugin.reload")), "the save is noticed")
        gate.open()
        last = json.loads(process.stdout.readlines()[-1])
        assert last["data"]["result"] == "new words"


def test_plugin_list_says_where_everything_stands(world):
    plugins = world.run("plugin", "list", "--json")
    assert plugins.code == 0
    kinds = {plugin["kind"] for plugin in plugins.json}
    assert {"tool", "provider", "role", "prompt"} <= kinds
    assert all(plugin["root"] == "bundled" and not plugin.get("error") for plugin in plugins.json)
    table = world.run("plugin").out
    assert table == world.run("plugin", "list").out and "file_read" in table


def test_plugin_show_tells_what_a_tool_takes(world):
    shown = world.run("plugin", "show", "file_read")
    assert shown.code == 0 and "bundled/plugins/tools/file_read.lua" in shown.out and "file_path" in shown.out
    (described,) = world.run("plugin", "show", "file_read", "--json").json
    assert described["schema"]["parameters"]["properties"]["file_path"]["type"] == "string"
    assert {plugin["kind"] for plugin in world.run("plugin", "show", "coder", "--json").json} == {"role", "prompt"}


def test_plugin_check_says_what_is_wrong_by_its_exit_code(world):
    assert world.run("plugin", "check").code == 0
    good = greeter(world)
    assert world.run("plugin", "check", good).code == 0
    bad = world.plugin("plugins/tools/bad.lua", "return { api = 1, descripton = 'x' }\n")
    checked = world.run("plugin", "check", bad)
    assert checked.code == 1 and f"{bad}:1" in checked.out and "descripton" in checked.out
    assert world.run("plugin", "check", "--json", bad).json[0]["path"] == str(bad)
    assert world.run("plugin", "check").code == 1
    assert world.run("plugin", "check", good).code == 0, "the fault of another file is not this one's"
    for nowhere in (good.with_name("nowhere.lua"), world.root / "nowhere.lua"):
        checked = world.run("plugin", "check", nowhere)
        assert checked.code == 1 and str(nowhere) in checked.out


def test_the_bundled_example_is_in_order(world):
    shutil.copytree(REPOSITORY / "examples/plugins", world.config / "plugins")
    assert world.run("plugin", "check").code == 0
    assert "word_count" in {tool["schema"]["name"] for tool in world.run("tools", "--json").json}


def test_checking_runs_nothing(world):
    marker = world.root / "marker"
    world.plugin("plugins/tools/eager.lua", f"loom.fs.write('{marker}', 'x')\n" + TOOL.format(greeting="Hello"))
    world.run("plugin", "check")
    assert not marker.exists() and not list(world.project.iterdir())


@pytest.mark.parametrize("command", ["tools", "roles", "models", "sessions", "doctor", "plugin list"])
def test_every_list_comes_as_a_table_and_as_json(world, command):
    world.ask(world.script(roles={"lead": [say("Hello.")]}))
    table = world.run(*command.split())
    listed = world.run(*command.split(), "--json")
    assert table.code == 0 and listed.code == 0, (table, listed)
    assert isinstance(listed.json, list)
    assert table.out.strip() and "\x1b" not in table.out
    assert all(isinstance(item, dict) for item in listed.json)


def test_lists_hold_what_they_promise(world):
    world.ask(world.script(roles={"lead": [say("Hello.")]}), "What is new?")
    tools = {tool["schema"]["name"] for tool in world.run("tools", "--json").json}
    assert {
        "file_read", "file_write", "file_edit", "file_search", "content_search", "directory_list", "file_outline", "shell", "git",
        "team_spawn", "team_assign", "peer_message", "peer_complete_task", "ask_user"} <= tools
    roles = {role["name"] for role in world.run("roles", "--json").json}
    assert roles == {"lead", "researcher", "coder", "reviewer", "tester", "concierge"}
    (session,) = world.run("sessions", "--json").json
    # A scripted model has no price, which is not the same as costing nothing.
    assert session["unpriced_calls"] > 0 and " unpriced " in world.run("sessions").out
    assert session["title"] == "What is new?" and session["outcome"] == "done"
    prices = {model["name"]: model for model in world.run("models", "--all", "--json").json}
    assert len(prices) > 100 and all(name.count(":") >= 1 for name in prices)
    usable = world.run("models", "--json", env={"ANTHROPIC_API_KEY": "k-1234567890"}).json
    assert usable and all(model["name"].startswith("anthropic:") for model in usable)
    assert not (world.home / ".config").exists()


def test_listing_writes_nothing_into_the_project(world):
    for command in ("tools", "roles", "models", "sessions", "plugin", "trust"):
        world.run(command)
    assert list(world.project.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(world, shell):
    result = world.run("completions", shell)
    assert result.code == 0 and "loomkin" in result.out and "doctor" in result.out


def test_version_and_help(world):
    assert world.run("--version").out == "loomkin 0.1.0\n"
    for arguments in (["--help"], ["help"], ["-h"]):
        shown = world.run(*arguments)
        assert shown.code == 0 and "Exit codes" in shown.out
    helped = world.run("help", "run")
    assert helped.code == 0 and "--max-turns" in helped.out and "stream-json" in helped.out
    assert world.run("run", "--help").out == helped.out
    for command in ("run", "serve", "demo", "trust", "plugin", "tools", "roles", "models", "sessions", "doctor", "completions"):
        assert command in world.run("--help").out
