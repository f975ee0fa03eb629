"""Commands of plugins, and what plugins tell, in a terminal and through a pipe."""

import pytest

from support import GREET, call, say
from test_terminal import begin, leave

SERVICE = """
return {
  api = 1,
  description = "Says that it heard of a command, and fails at the word broken.",
  subscribe = {
    ["**/tool.finished"] = function(signal)
      if signal.data.text:find("broken") then return signal.nothing.here end
      assert(loom.signal.publish("noticed", { text = "it said " .. signal.data.text:match("fine") }))
    end,
  },
}
"""


@pytest.fixture
def greet(world):
    world.model = world.script(roles={"lead": [say("Ready.")]})
    return world.plugin("plugins/commands/greet.lua", GREET)


def test_a_command_is_completed_run_and_reloaded_in_a_terminal(world, greet):
    with world.terminal("--model", world.model, "--no-page") as child:
        begin(child)
        child.send("/gre\t")
        child.expect("/greet ")
        child.send("le\t")
        child.expect("lead")
        child.send("\r")
        child.expect("Hello <b>lead</b>, 1 words")
        greet.write_text(GREET.replace("Hello", "Salve").replace("#word) == word", "#word) == word and false"))
        child.expect("greet 1 → 2")
        child.sendline("/greet lead and all")
        child.expect("Salve <b>lead and all</b>, 3 words")
        child.sendline("/greet")
        child.expect("✗ Say whom to greet.")
        child.sendline("/help")
        child.expect("Plugins add: /greet, /skills")
        child.sendline("/help greet")
        child.expect(r"/greet \[AGENT\]")
        child.expect("Greets somebody.")
        assert leave(child) == 0


def test_a_command_may_ask_and_is_ended_by_ctrl_c(world, greet):
    with world.terminal("--model", world.model, "--no-page") as child:
        begin(child)
        child.sendline("/greet ask")
        child.expect("greet asks: Whom")
        child.sendline("the queen")
        child.expect("Hello the queen")
        child.sendline("/greet forever")
        child.sendline("/greet me")
        child.expect("A command still runs")
        child.sendcontrol("c")
        child.expect("✗ stopped")
        child.sendline("/greet me")
        child.expect("Hello <b>me</b>, 1 words")
        assert leave(child) == 0


def test_commands_work_in_a_pipe(world, greet):
    result = world.run(
        "--model", world.model, "--no-page", input="/greet you\n/greet ask\nme\n/greet\n/grete\nhello\n/greet ask\n")
    assert result.code == 0, result
    said = [line.strip() for line in result.lines]
    for line in ["Hello <b>you</b>, 1 words", "Hello me", "✗ Say whom to greet."]:
        assert line in said, result.out
    assert "Did you mean /greet?" in result.out and "Ready." in result.out
    assert said.index("Hello <b>you</b>, 1 words") < said.index("Hello me") < said.index("✗ Say whom to greet.")


def test_a_command_with_a_built_in_name_is_refused(world):
    world.plugin("plugins/commands/quit.lua", GREET)
    checked = world.run("plugin", "check")
    assert checked.code != 0
    assert "plugins/commands/quit.lua" in checked.out + checked.err
    assert "/quit is a command of loomkin's own; give the file another name" in checked.out + checked.err


def test_what_a_service_tells_and_that_it_failed_is_one_line_each(world):
    world.plugin("plugins/services/watcher.lua", SERVICE)
    model = world.script(
        roles={"lead": [say("Ready.")]},
        agents={"ada": [call("shell", command="echo fine"), call("shell", command="echo broken"), say("Done.")]})
    with world.terminal("--model", model, "--no-page", "--permissions", "full", env={"NO_COLOR": "1"}) as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada go on")
        child.expect(r"watcher   noticed  it said (\w+)")
        assert child.match[1] == "fine", child.transcript.text
        child.expect("watcher   ✗ .*has a fault of its own")
        child.sendline("/plugins watcher")
        child.expect("service watcher  from user, generation 1  live")
        child.expect("last failure: ")
        child.expect("stack traceback|watcher.lua:7")
        assert leave(child) == 0
    failures = world.kept("plugin.failed")
    assert [failure["kind"] for failure in failures] == ["service"]
    assert failures[0]["text"].startswith("The service watcher has a fault of its own: ") and "watcher.lua:7: " in failures[0]["text"]
    assert "stack traceback" in failures[0]["trace"]
