"""The REPL in a pseudo-terminal, as a person uses it."""

import re
import signal
import subprocess

import pexpect
import pytest

from support import call, eventually, say, spawn

PROMPT = "› "

EDIT = call("file_edit", file_path="notes/today.txt", old_string="two", new_string="TWO")


def columns(text):
    """How many columns a line takes; all marks in use are one column wide."""
    return len(text)


@pytest.fixture
def notes(world):
    """A project with a file, and a coder who changes it when spoken to."""
    world.write("notes/today.txt", "one\ntwo\nthree\n")
    model = world.script(
        roles={"lead": [say("What shall it be?"), say("Very well.")]},
        agents={
            "ada": [
                call("file_read", file_path="notes/today.txt"), EDIT, say("First round over."),
                call("file_read", file_path="notes/today.txt"), EDIT, say("Second round over."),
            ]
        })
    return model


def begin(child):
    child.expect("loomkin 0")
    child.expect(PROMPT)
    return child


def leave(child):
    child.sendline("/quit")
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


def ask_ada(child):
    child.sendline("/spawn coder ada")
    child.expect("joined as coder")
    child.sendline("@ada write it")
    child.expect("ada wants to edit notes/today.txt")
    child.expect(r"\[n\]o \(Enter\)")


def test_a_session_is_started_spoken_to_left_and_resumed(world):
    model = world.script(roles={
        "lead": [say("It is a fine day."), {"expect": "Remember", "text": "You said: a fine day."}]})
    with world.terminal("--model", model, "--no-page") as child:
        begin(child)
        child.sendline("What is it like outside?")
        child.expect("It is a fine day.")
        child.sendline("/quit")
        child.expect(r"Resume with: loomkin --resume (\w+)")
        session = child.match[1]
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 0
    with world.terminal("--resume", session, "--no-page") as child:
        child.expect(r"you\S* +\S*What is it like outside\?")
        child.expect(r"lead\S* +\S*It is a fine day\.")
        child.expect("goes on where it was")
        child.sendline("Remember?")
        child.expect("You said: a fine day.")
        assert leave(child) == 0
    assert len(world.rows("SELECT id FROM session")) == 1


def test_who_goes_on_after_a_stop_with_what_waited_is_named(world):
    world.gate()
    model = world.script(agents={"ada": [call("shell", command="read x < gate"), say("Once more.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        child.expect("› ")
        child.sendline("/spawn coder ada")
        child.sendline("@ada go")
        eventually(lambda: world.kept("tool.started"), "the command runs")
        child.sendline("@ada and this")
        eventually(lambda: len(world.kept("user.said")) == 2, "the second message waits")
        child.sendintr()
        child.expect("ada goes on with 1 message")
        child.expect("Once more.")
        child.sendline("/quit")
        child.expect(pexpect.EOF)


def test_a_resumed_session_knows_its_windows_and_its_calls(world):
    world.write("notes.txt", "one\n")
    model = world.script(roles={"lead": [call("file_read", file_path="notes.txt"), call("shell", command="id"), say("Done that.")]})
    first = world.run("--model", model, input="go\n/agents\n/show\n/show 1\n/show 2\n")
    again = world.run("--resume", "--model", model, input="/agents\n/show\n/show 1\n/show 2\n/context\n")
    assert first.code == again.code == 0
    lists = first.out[first.out.index("✓ done"):].splitlines()[1:]
    assert any("1  file_read  notes.txt  ok" in line for line in lists) and "0/128k" not in lists[0]
    assert any(re.search("2  shell +refused", line) for line in lists) and "may not use shell" in lists[-1]
    assert "\n".join(lists) in again.out
    used = re.search(r"idle  (\d+)/128k", lists[0])[1]
    assert re.search(rf"{used} of 128k tokens(.|\n)* system  [1-9](.|\n)* history [1-9]", again.out), again.out


def test_what_is_said_to_a_lead_at_work_is_queued_and_read(world):
    model = world.script(roles={"lead": [spawn(ada="coder"), {"expect": "and this", "text": "Both done."}]})
    with world.terminal("--model", model, "--no-page") as child:
        begin(child)
        child.sendline("go")
        child.expect("lead wants to start 1 agent")
        child.sendline("and this")
        child.expect("→ lead  queued, read before the next model call")
        child.sendline("n")
        child.expect("→ lead  read")
        child.expect("Both done.")
        assert leave(child) == 0
    assert child.transcript.text.count("queued") == 1


def test_a_preset_answers_what_is_asked_at_that_moment(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        ask_ada(begin(child))
        child.sendline("/permissions edit")
        child.expect("allowed by rule: ada wants to edit notes/today.txt")
        child.expect("First round over")
        assert leave(child) == 0
    assert world.read("notes/today.txt") == "one\nTWO\nthree\n"


def test_an_agent_that_is_removed_is_gone_and_its_name_is_free(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("/remove ada")
        child.expect("left: removed by user/repl")
        child.sendline("@ada are you there?")
        child.expect("There is no agent «ada»")
        child.sendline("/remove lead")
        child.expect("The lead cannot leave its session")
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        assert leave(child) == 0


def test_a_question_of_a_turn_that_is_stopped_is_taken_back(world):
    model = world.script(agents={"ada": [call("shell", command="make"), say("Never.")]})
    with world.terminal("--model", model, "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.sendline("@ada go")
        child.expect("ada wants to run: make")
        child.expect(r"\[n\]o \(Enter\)")
        child.sendline("/stop")
        child.expect("taken back: ada wants to run: make")
        child.expect("Cancelled. Nobody had answered yet: ada wants to run: make")
        assert leave(child) == 0
    assert [finished["status"] for finished in world.kept("tool.finished")] == ["cancelled"]
    assert world.kept("permission.decided") == []


def test_enter_refuses(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        ask_ada(begin(child))
        child.sendline("")
        child.expect("First round over")
        assert leave(child) == 0
    assert world.read("notes/today.txt") == "one\ntwo\nthree\n"


def test_y_allows_this_once_and_v_shows_the_difference(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        ask_ada(begin(child))
        child.sendline("v")
        child.expect(r"-two")
        child.expect(r"\+TWO")
        assert world.read("notes/today.txt") == "one\ntwo\nthree\n"
        child.sendline("y")
        child.expect("First round over")
        assert world.read("notes/today.txt") == "one\nTWO\nthree\n"
        world.write("notes/today.txt", "one\ntwo\nthree\n")
        child.sendline("@ada once more")
        child.expect("ada wants to edit notes/today.txt")
        child.sendline("n")
        child.expect("Second round over")
        assert leave(child) == 0
    assert world.read("notes/today.txt") == "one\ntwo\nthree\n"


def test_a_stores_the_rule_that_was_shown(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        ask_ada(begin(child))
        child.expect(r"\[a\]lways: «([^»]+)»")
        rule = child.match[1]
        assert rule == "allow file_edit notes/**"
        child.sendline("a")
        child.expect("First round over")
        world.write("notes/today.txt", "one\ntwo\nthree\n")
        child.sendline("@ada once more")
        child.expect("Second round over")
        child.sendline("/permissions")
        child.expect(re.escape(rule))
        child.sendline("/permissions revoke 1")
        child.expect("taken back")
        assert leave(child) == 0
    assert world.read("notes/today.txt") == "one\nTWO\nthree\n"
    assert child.transcript.text.count("ada wants to edit") == 1


def test_pause_holds_and_resume_goes_on(world):
    gate = world.gate()
    model = world.script(
        roles={"lead": [say("Ready.")]},
        agents={"ada": [call("shell", command="read x < gate"), call("shell", command="echo later > later.txt"), say("All done.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada begin")
        eventually(lambda: world.kept("tool.started"), "the command begins")
        child.sendline("/pause ada")
        # The pause is kept before the command ends, so it holds at the boundary behind it.
        eventually(lambda: world.rows("SELECT 1 FROM agent_event WHERE event LIKE '%paused%'"), "the pause is kept")
        gate.open()
        child.expect("paused")
        child.sendline("/agents")
        child.expect("coder  paused")
        assert not (world.project / "later.txt").exists()
        child.sendline("/resume ada")
        child.expect("ada goes on")
        child.expect("All done.")
        assert (world.project / "later.txt").exists()
        assert leave(child) == 0


def test_stop_ends_the_turn_and_the_agent_stays(world):
    world.gate()
    model = world.script(
        roles={"lead": [say("Ready.")]}, agents={"ada": [call("shell", command="read x < gate"), say("Here I am.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada begin")
        eventually(lambda: world.kept("tool.started"), "the command begins")
        child.sendline("/stop ada")
        child.expect("ada stopped")
        child.sendline("@ada still there?")
        child.expect("Here I am.")
        assert leave(child) == 0


def test_ctrl_c_stops_the_turn_and_twice_leaves(world):
    world.gate()
    model = world.script(
        roles={"lead": [say("Ready.")]}, agents={"ada": [call("shell", command="read x < gate"), say("Here I am.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada begin")
        eventually(lambda: world.kept("tool.started"), "the command begins")
        child.sendintr()
        child.expect("Stopped. Ctrl-C again leaves.")
        eventually(lambda: world.kept("tool.finished"), "the command is ended")
        child.sendintr()
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 130
    assert world.kept("tool.finished")[0]["status"] == "cancelled"


def test_after_ctrl_z_and_fg_a_pasted_text_is_one_message(world):
    model = world.script(roles={"lead": [say("I have both lines."), say("Nobody pasted a second message.")]})
    # Only a shell with job control stops and continues what it started.
    shell = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], cwd=str(world.project), env={**world.environment, "PS1": "shell% "},
        dimensions=(24, 100), encoding="utf-8", timeout=60)
    try:
        shell.expect("shell% ")
        shell.sendline(" ".join(world.command("--model", model, "--no-page")))
        begin(shell)
        shell.sendcontrol("z")
        shell.expect("Stopped")
        shell.expect("shell% ")
        shell.sendline("fg")
        shell.expect_exact("\x1b[?2004h")
        shell.expect(PROMPT)
        shell.send("\x1b[200~first line\nsecond line\x1b[201~\r")
        shell.expect("I have both lines.")
        shell.sendline("/quit")
        shell.expect("shell% ")
    finally:
        shell.close(force=True)
    assert [said["text"] for said in world.kept("user.said")] == ["first line\nsecond line"]


def test_ctrl_d_on_an_empty_line_leaves(world):
    with world.terminal("--model", world.script(roles={"lead": [say("Ready.")]}), "--no-page") as child:
        begin(child)
        child.sendeof()
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 0


def test_tab_completes_commands_agents_and_files(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        begin(child)
        child.send("/perm\t")
        child.expect("/permissions ")
        child.sendline("")
        child.expect("preset ask")
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.send("!cat no\t")
        child.expect("notes/")
        child.send("to\t")
        child.expect("today.txt")
        child.sendline("")
        child.expect("three")
        child.send("@a\t")
        child.expect("@ada ")
        child.sendcontrol("u")
        assert leave(child) == 0


def test_what_is_typed_stays_intact_while_output_arrives(world):
    gate = world.gate()
    model = world.script(
        roles={"lead": [{"expect": "half a line, and the rest", "text": "I read the whole line."}]},
        agents={"ada": [call("shell", command="read x < gate"), say("Something to say in between.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada begin")
        eventually(lambda: world.kept("tool.started"), "the command begins")
        child.send("half a li")
        child.expect("half a li")
        gate.open()
        child.expect("Something to say in between.")
        # The typed line is drawn again below what came.
        child.expect("half a li")
        child.send("ne, and the rest\r")
        child.expect("I read the whole line.")
        assert leave(child) == 0
    assert world.kept("user.said")[-1]["text"] == "half a line, and the rest"


def test_help_fits_a_screen_of_24_lines(world):
    with world.terminal("--model", world.script(roles={"lead": [say("Ready.")]}), "--no-page") as child:
        begin(child)
        child.transcript.raw = ""
        child.sendline("/help")
        child.expect("A question: .*› ")
        text = child.transcript.text
        shown = text[text.index("TEXT"):].splitlines()
        assert len(shown) <= 24
        assert all(columns(line) <= 100 for line in shown)
        child.sendline("/help spawn")
        child.expect("example: /spawn coder ada")
        assert leave(child) == 0


def test_an_unknown_command_suggests_the_nearest(world):
    with world.terminal("--model", world.script(roles={"lead": [say("Ready.")]}), "--no-page") as child:
        begin(child)
        child.sendline("/agnets")
        child.expect("There is no command /agnets. Did you mean /agents?")
        child.sendline("@nobody hello")
        child.expect("There is no agent «nobody»")
        assert leave(child) == 0


@pytest.mark.parametrize("number", [-(2**63), 0, 2**63 - 1])
def test_a_number_that_no_grant_has_is_told(world, number):
    with world.terminal("--model", world.script(roles={"lead": [say("Ready.")]}), "--no-page") as child:
        begin(child)
        child.sendline(f"/permissions revoke {number}")
        child.expect(f"There is no grant {number}.")
        assert leave(child) == 0


def test_what_a_run_prints_cannot_steer_the_terminal(world):
    text = "one\ttab\n\x1b]0;owned\x07\x1b[2Jtwo é"
    model = world.scenario("loud", r'return { roles = { lead = { { text = "one\ttab\n\27]0;owned\7\27[2Jtwo é" } } } }')
    with world.terminal("run", "--model", model, "Begin.", columns=200) as child:
        child.expect(pexpect.EOF)
        child.wait()
    assert child.exitstatus == 0
    assert "\\x1b]0;owned\\x07\\x1b[2Jtwo é\r\n" in child.transcript.raw
    assert child.transcript.raw.count("two é") == 1, "the answer is there once: as the lead's lines"
    assert "\x1b]" not in child.transcript.raw and "\x1b[2J" not in child.transcript.raw and "\x07" not in child.transcript.raw
    # A program that reads it gets what the model said.
    assert world.ask(model).out == text + "\n"


def test_a_letter_for_a_question_that_is_gone_goes_nowhere(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        begin(child)
        ask_ada(child)
        child.sendline("/permissions full")
        child.expect("allowed by rule")
        child.expect("First round over.")
        child.sendline("y")
        child.expect("is no longer open. To say «y» to the lead")
        assert not [said for said in world.kept("user.said") if said["text"] == "y"]
        child.sendline("y")
        child.expect("What shall it be?")
        assert leave(child) == 0


def test_help_says_more_about_one_command(world):
    done = world.run("chat", "--no-page", "--model", world.script(roles={"lead": [say("Ready.")]}), input="/help stop\n/help stpo\n")
    assert "An agent for which a message waits goes on with that; /pause holds it." in done.out
    assert "There is no command /stpo. Did you mean /stop?" in done.out


def test_a_shell_command_of_ones_own(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        begin(child)
        child.sendline("!ls notes")
        child.expect("today.txt")
        child.sendline("!exit 3")
        child.expect("3")
        child.sendline("!sleep 1000")
        eventually(lambda: any("sleep 1000" in command for _, command in world.processes()), "the command runs")
        child.sendintr()
        eventually(lambda: not any("sleep 1000" in command for _, command in world.processes()), "the command is ended")
        assert leave(child) == 0


def test_ctrl_c_ends_a_command_that_a_pipe_began(world, notes):
    with world.started("--model", notes, "--no-page", stdin=subprocess.PIPE) as process:
        process.stdin.write("!sleep 1000\n")
        process.stdin.flush()
        eventually(lambda: any("sleep 1000" in command for _, command in world.processes()), "the command runs")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
    world.assert_no_process_left()


def test_what_a_command_writes_without_line_ends_is_shown_and_not_held(world, notes):
    with world.terminal("--model", notes, "--no-page") as child:
        begin(child)
        child.sendline("!tr '\\0' x </dev/zero")
        child.expect("x" * 90)
        child.sendintr()
        child.expect("stopped")
        eventually(lambda: not any(command.startswith("tr ") for _, command in world.processes()), "the command is ended")
        assert leave(child) == 0


def test_a_slow_terminal_makes_a_command_wait_and_nothing_is_lost(world, notes):
    count = 8000
    world.write("numbers.py", f"""
import os, pathlib, select, time
for number in range({count}):
    if not select.select([], [1], [], 1)[1]:
        pathlib.Path("waits").touch()
    os.write(1, b"number %06d " % number + b"." * 180 + b"\\n")
    time.sleep(0.0002)
pathlib.Path("ended").touch()
""")
    with world.terminal("--model", notes, "--no-page", columns=250) as child:
        begin(child)
        child.sendline("!python3 numbers.py")
        # Nobody reads what the terminal shows until the command waits, or had no need to.
        eventually(lambda: any((world.project / name).exists() for name in ("waits", "ended")), "the command waits")
        assert not (world.project / "ended").exists()
        child.expect(f"number {count - 1:06d}")
        assert leave(child) == 0
    shown = re.findall(r"number (\d{6})", child.transcript.text)
    assert shown == [f"{number:06d}" for number in range(count)]


def test_the_page_has_its_address_in_the_first_line(world):
    with world.terminal("--model", world.script(roles={"lead": [say("Ready.")]}), columns=160, env={"LOOMKIN_PORT": "0"}) as child:
        child.expect(r"page\s+http://127\.0\.0\.1:\d+/\?token=[\w-]+")
        child.expect(PROMPT)
        assert leave(child) == 0


def test_no_line_is_wider_than_a_window_of_40_columns(world):
    world.write("notes/today.txt", "one\ntwo\nthree\n")
    words = "A rather long sentence that has to be wrapped under the name of the one who says it."
    model = world.script(
        roles={"lead": [say(words)]}, agents={"ada": [call("file_read", file_path="notes/today.txt"), EDIT, say(words)]})
    with world.terminal("--model", model, "--no-page", columns=40) as child:
        begin(child)
        child.sendline("hello")
        child.expect("who says it.")
        child.sendline("/spawn coder ada")
        child.expect("joined as")
        child.sendline("@ada go")
        child.expect(r"\[n\]o")
        child.sendline("y")
        child.expect("who says it.")
        child.sendline("/agents")
        child.expect("coder")
        assert leave(child) == 0
    for line in child.transcript.text.splitlines():
        assert columns(line) <= 40 or line.startswith("Resume with"), line
    assert world.read("notes/today.txt") == "one\nTWO\nthree\n"


def test_no_color_is_obeyed_and_without_it_names_are_coloured(world):
    model = world.script(roles={"lead": [say("Plain words.")]})
    colour = re.compile(r"\x1b\[[0-9;]*m")
    shown = {}
    for env in ({"NO_COLOR": "1"}, {}):
        with world.terminal("--model", model, "--no-page", env=env) as child:
            begin(child)
            child.sendline("hello")
            child.expect("Plain words.")
            assert leave(child) == 0
        shown[bool(env)] = bool(colour.search(child.transcript.raw))
    assert shown == {True: False, False: True}


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(world):
    model = world.script(roles={"lead": [say("Plain words.")]})
    with world.terminal("--model", model, "--no-page", env={"TERM": "dumb"}) as child:
        child.expect("loomkin 0")
        child.sendline("hello")
        child.expect("Plain words.")
        assert leave(child) == 0
    assert "\x1b" not in child.transcript.raw


def test_without_a_model_the_sample_asks_before_it_acts(world):
    with world.terminal("--no-page") as child:
        child.expect("No model is configured")
        child.expect(r"lead wants to start 3 agents")
        child.sendline("y")
        child.expect("ada wants to edit duration.sh")
        child.sendline("a")
        while child.expect([r"(ada|lin) wants to run: sh test.sh", r"Done: all 8 cases"]) == 0:
            child.sendline("y")
        assert leave(child) == 0
    assert not any(world.temporary.iterdir())


@pytest.mark.parametrize("way", ["/quit", "window closed", signal.SIGTERM])
def test_leaving_while_a_command_runs_ends_it_and_the_session_can_be_resumed(world, way):
    work = call("shell", command="[ -e ran ] || { touch ran; sleep 1000; }")
    model = world.script(roles={"lead": [say("Ready.")]}, agents={"ada": [work, say("All done.")]})
    with world.terminal("--model", model, "--permissions", "full", "--no-page") as child:
        begin(child)
        child.sendline("/spawn coder ada")
        child.expect("joined as coder")
        child.sendline("@ada begin")
        eventually(lambda: any("sleep 1000" in command for _, command in world.processes()), "the command runs")
        if way == "/quit":
            assert leave(child) == 0
        elif way == signal.SIGTERM:
            child.kill(way)
            child.expect(pexpect.EOF)
        else:
            child.close(force=False)
        eventually(lambda: not world.processes(), "it ends, and the command with it", seconds=10)
    result = world.run("--resume")
    assert result.code == 0 and "All done." in result.out, result
