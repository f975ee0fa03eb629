"""What plugins had and remember: history, rollback, state, across reloads and restarts."""

import json
import urllib.request

from support import call, calls, eventually, read_until, say

TOOL = """
return {{
  api = 1, description = "Greet somebody.", parameters = {{ name = {{ type = "string", required = true }} }},
  run = function(args) return "{greeting}, " .. args.name end,
}}
"""

ROLE = 'return { api = 1, description = "greets", prompt = "lead", tools = { "greet", "shell" } }\n'


def greeter(world, greeting="Hello"):
    world.plugin("roles/lead.lua", ROLE)
    return world.plugin("plugins/tools/greet.lua", TOOL.format(greeting=greeting))


def session(world, greeting):
    """One whole session in which the tool says this."""
    file = greeter(world, greeting)
    model = world.script(roles={"lead": [call("greet", name="Ada"), {"expect": f"{greeting}, Ada", "text": "Greeted."}]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Greeted.", result
    return file


def generations(world, name="greet"):
    (shown,) = world.run("plugin", "show", name, "--json").json
    return [version["number"] for version in shown["generations"]]


def test_generations_are_counted_on_and_an_old_one_comes_back(world):
    for greeting in ("Hello", "Hello", "Good day"):
        file = session(world, greeting)
    assert generations(world) == [2, 1], "a text that did not change keeps its number"
    assert [done["generation"] for done in world.kept("tool.finished")] == [1, 1, 2]
    shown = world.run("plugin", "show", "greet").out
    assert "generation 2" in shown and "live" in shown

    done = world.run("plugin", "rollback", "greet")
    assert done.code == 0 and str(file) in done.out and "generation 1" in done.out
    assert file.read_text() == TOOL.format(greeting="Hello")
    session(world, "Hello")
    assert generations(world) == [3, 2, 1]
    assert world.run("plugin", "rollback", "greet", "--to", "2", "--json").json["restored"] == 2
    assert file.read_text() == TOOL.format(greeting="Good day")


def test_a_rollback_keeps_what_nobody_has_run(world):
    file = session(world, "Hello")
    file.write_text("return { broken\n")
    done = world.run("plugin", "rollback", "greet")
    assert done.code == 0 and "kept as 2" in done.out
    assert file.read_text() == TOOL.format(greeting="Hello")
    assert world.run("plugin", "rollback", "greet", "--to", "2").code == 0
    assert file.read_text() == "return { broken\n"


def test_a_rollback_says_what_it_cannot_do(world):
    file = greeter(world)
    refused = world.run("plugin", "rollback", "greet")
    assert refused.code != 0 and "no session" in refused.err and "start one here with «loomkin»" in refused.err and "-C" in refused.err
    session(world, "Hello")
    refused = world.run("plugin", "rollback", "greet")
    assert refused.code != 0 and "no earlier generation" in refused.err
    refused = world.run("plugin", "rollback", "lead")
    assert refused.code != 0 and "prompt/lead or role/lead" in refused.err
    refused = world.run("plugin", "rollback", "greet", "--to", "7")
    assert refused.code != 0 and "Generation 7" in refused.err
    refused = world.run("plugin", "rollback", "greeet")
    assert refused.code != 0 and "greet" in refused.err
    assert file.read_text() == TOOL.format(greeting="Hello")


def test_a_rollback_outside_changes_the_next_call_of_a_running_session(world):
    session(world, "Hello")
    file = greeter(world, "Good day")
    gate = world.gate()
    wait = ("shell", {"command": "read x < gate"})
    model = world.script(roles={
        "lead": [call("greet", name="Ada"), {"expect": "Good day, Ada", **calls(wait)}, call("greet", name="Ada"),
                 {"expect": "Hello, Ada", "text": "I noticed."}]})
    with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
        read_until(process, '"tool":"shell"')
        count = len(world.kept("plugin.reload"))
        assert world.run("plugin", "rollback", "greet").code == 0
        eventually(lambda: len(world.kept("plugin.reload")) > count, "the old text is live")
        gate.open()
        last = json.loads(process.stdout.readlines()[-1])
    assert last["data"]["result"] == "I noticed."
    assert [done["generation"] for done in world.kept("tool.finished") if done["tool"] == "greet"] == [1, 2, 3]
    assert file.read_text() == TOOL.format(greeting="Hello")


def test_a_trusted_project_stays_trusted_after_a_rollback(world):
    tool = world.write(".loomkin/plugins/tools/shout.lua", TOOL.format(greeting="HELLO"))
    trust = lambda: world.run("trust", "--yes")
    trust()
    world.ask(world.script(roles={"lead": [say("Hello.")]}))
    tool.write_text(TOOL.format(greeting="HEY"))
    trust()
    world.ask(world.script(roles={"lead": [say("Hello.")]}))
    assert world.run("plugin", "rollback", "shout").code == 0
    assert tool.read_text() == TOOL.format(greeting="HELLO")
    assert "shout" in {plugin["name"] for plugin in world.run("plugin", "list", "--json").json}
    tool.write_text(TOOL.format(greeting="ho ho"))
    assert "shout" not in {plugin["name"] for plugin in world.run("plugin", "list", "--json").json}


def test_slash_rollback_and_slash_reload(world):
    session(world, "Hello")
    file = greeter(world, "Good day")
    model = world.script(roles={"lead": [call("greet", name="Ada"), {"expect": "Hello, Ada", "text": "As before."}]})
    shown = world.run("--model", model, input="/rollback greet\nGo on.\n/reload greet\n/rollback greet 9\n")
    assert shown.code == 0, shown
    assert "has the text of generation 1 again. It runs as generation 3." in " ".join(shown.out.split())
    assert "As before." in shown.out and "greet 3 → 4" in shown.out and "Generation 9" in shown.out
    assert file.read_text() == TOOL.format(greeting="Hello")
    (told,) = world.kept("plugin.rollback")
    assert (told["plugin"], told["restored"], told["kept"], told["generation"]) == ("greet", 1, 2, 3)


def test_the_page_puts_an_old_generation_back(world):
    session(world, "Hello")
    file = greeter(world, "Good day")
    model = world.script(roles={"lead": [say("Hello.")]})
    with world.started("serve", "--model", model, "--port", "0", "--no-open") as process:
        address = process.stdout.readline().strip()
        base, token = address.split("/?token=")

        def ask(path, body=None):
            request = urllib.request.Request(
                base + path, data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            with urllib.request.urlopen(request) as answer:
                text = answer.read().decode()
                return json.loads(text) if path.startswith("/api") else text

        row = lambda: next(plugin for plugin in ask("/api/v1/plugins")["plugins"] if plugin["name"] == "greet")
        assert row()["generation"] == 2 and row()["versions"] == 2
        assert 'action="/api/v1/plugins/tool/greet/rollback"' in ask("/plugins")
        done = ask("/api/v1/plugins/tool/greet/rollback", {})
        assert done["rollback"]["restored"] == 1 and row()["generation"] == 3
        assert file.read_text() == TOOL.format(greeting="Hello")
        assert ask("/api/v1/plugins/tool/greet/rollback", {"to": 2})["rollback"]["live"] == 4
        assert file.read_text() == TOOL.format(greeting="Good day")


COUNTER = """
return {{
  api = 1, description = "Count calls.", {fields}
  run = function()
    local stored, revision = loom.store.get("calls")
    assert(loom.store.set("calls", (stored or 0) + 1, {{ revision = revision or 0 }}))
    local calls = (loom.state.get("calls") or 0) + 1
    assert(loom.state.set("calls", calls))
    return ("{word} %d of %d"):format(calls, (stored or 0) + 1)
  end,
}}
"""


def test_state_lives_through_a_reload_and_the_store_through_a_restart(world):
    world.plugin("roles/lead.lua", 'return { api = 1, description = "counts", prompt = "lead", tools = { "count", "shell" } }\n')
    file = world.plugin("plugins/tools/count.lua", COUNTER.format(word="call", fields=""))
    gate = world.gate()
    wait = ("shell", {"command": "read x < gate"})
    steps = [call("count"), {"expect": "call 1 of 1", **calls(wait)}, call("count"), {"expect": "later 102 of 2", "text": "Counted."}]
    with world.started(
        "run", "--model", world.script(roles={"lead": steps}), "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        read_until(process, '"tool":"shell"')
        count = len(world.kept("plugin.reload"))
        # A successor that does not know what to do with the state is refused …
        file.write_text(COUNTER.format(word="never", fields="migrate = function(old) error('no') end,"))
        eventually(lambda: len(world.kept("plugin.reload")) > count, "the first save is noticed")
        assert "migrate failed" in world.kept("plugin.reload")[-1]["error"] and f"{file}:" in world.kept("plugin.reload")[-1]["error"]
        # … and one that does takes it over.
        file.write_text(COUNTER.format(word="later", fields="migrate = function(old) return { calls = old.calls + 100 } end,"))
        eventually(lambda: len(world.kept("plugin.reload")) > count + 1, "the second save is noticed")
        gate.open()
        assert json.loads(process.stdout.readlines()[-1])["data"]["result"] == "Counted."
    again = world.script("again", roles={"lead": [call("count"), {"expect": "later 1 of 3", "text": "Begun anew."}]})
    assert world.ask(again).out == "Begun anew.\n"
