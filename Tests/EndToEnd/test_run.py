"""`loomkin run`: one prompt without a person."""

import json
import os
import signal

import pytest

from support import REPOSITORY, assert_one_sentence, call, calls, eventually, read_until, say

HELLO = {"roles": {"lead": [say("Hello there.", usage={"input": 1200, "output": 30})]}}
WRITE = {"roles": {"concierge": [call("file_write", file_path="note.txt", content="hello\n"), say("Written, I hope.")]}}


def test_text_output_is_the_result_and_nothing_else(world):
    result = world.ask(world.script(**HELLO))
    assert (result.code, result.out, result.err) == (0, "Hello there.\n", "")


def test_json_output_is_one_object(world):
    result = world.ask(world.script(**HELLO), "Begin.", "--output", "json")
    assert result.code == 0
    assert result.json["outcome"] == "done" and result.json["result"] == "Hello there."
    assert result.json["usage"]["input"] == 1200 and result.json["usage"]["output"] == 30
    assert "cost_usd" in result.json, "a price that is not known is null, not absent"


def test_every_line_of_stream_json_is_a_signal_and_the_last_is_the_end(world):
    world.write("notes.txt", "one\ntwo\n")
    model = world.script(roles={"lead": [call("file_read", file_path="notes.txt"), say("It has two lines.")]})
    result = world.stream(model)
    assert result.code == 0 and result.err == ""
    signals = result.signals
    for told in signals:
        assert {"sequence", "id", "type", "source", "time", "data"} <= told.keys(), told
    types = [told["type"] for told in signals]
    for wanted in ("session.started", "user.said", "model.started", "tool.started", "tool.finished", "agent.said", "agent.finished"):
        assert wanted in types
    kept = [told["sequence"] for told in signals if told["sequence"] > 0]
    assert kept == sorted(kept)
    last = signals[-1]
    assert last["type"] == "session.finished"
    assert last["data"]["outcome"] == "done" and last["data"]["result"] == "It has two lines."
    assert {"usage", "cost_usd"} <= last["data"].keys()


def test_the_stream_says_who_caused_what(world):
    world.write("notes.txt", "one\n")
    result = world.stream(world.script(roles={"lead": [call("file_read", file_path="notes.txt"), say("Read.")]}))
    started = next(told for told in result.signals if told["type"] == "tool.started")
    assert started["source"] == "agent/lead"
    assert started["data"]["tool"] == "file_read" and started["data"]["arguments"] == {"file_path": "notes.txt"}


def test_a_dash_reads_the_prompt_from_standard_input(world):
    model = world.script(roles={"lead": [{"expect": "the second line", "text": "I read both."}]})
    assert world.ask(model, "-", input="the first line\nthe second line\n").out == "I read both.\n"
    empty = world.ask(model, "-", input=" \n")
    assert empty.code == 2
    assert_one_sentence(empty.err, "held no prompt")


def test_the_project_may_be_named(world):
    world.write("notes.txt", "one\n")
    model = world.script(roles={"lead": [call("file_read", file_path="notes.txt"), {"expect": "lines 1 to 1 of 1", "text": "Found."}]})
    result = world.run("run", "-C", world.project, "--model", model, "Begin.", cwd=world.root)
    assert (result.code, result.out) == (0, "Found.\n")
    missing = world.run("run", "-C", world.root / "nowhere", "--model", model, "Begin.")
    assert missing.code == 2
    assert_one_sentence(missing.err, "There is no folder")


def test_the_project_may_stand_before_the_command(world):
    world.write(".loomkin/roles/poet.lua", "return { api = 1 }")
    assert world.run("-C", "elsewhere", "-C", world.project, "roles").code == 2
    inner = world.run("-C", world.project, "-C", ".loomkin", "roles", cwd=world.root)
    assert inner.code == 0 and "poet" not in inner.out + inner.err
    outer = world.run(f"--directory={world.project}", "plugin", "check", ".loomkin/roles/poet.lua", cwd=world.root)
    assert outer.code == 1 and "missing field" in outer.out + outer.err


def test_a_role_may_be_named(world):
    model = world.script(roles={"coder": [{"text": "I am the coder."}], "lead": [say("I am the lead.")]})
    assert world.ask(model, "Begin.", "--role", "coder").out == "I am the coder.\n"
    unknown = world.ask(model, "Begin.", "--role", "codre")
    assert unknown.code == 2
    assert_one_sentence(unknown.err, "Did you mean coder?")


# Exit codes


def test_exit_1_when_the_model_refuses(world):
    result = world.ask(world.script(roles={"lead": [say("I will not do that.", stop="refusal")]}))
    assert result.code == 1
    assert result.out == "I will not do that.\n"
    assert "gave up" in result.err


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["run", "--model", "scripted:x"], "<prompt>"),
        (["run", "--output", "yaml", "Begin."], "text, json or stream-json"),
        (["run", "--permissions", "wild", "Begin."], "ask, read-only, edit or full"),
        (["run", "--max-turns", "none", "Begin."], "--max-turns"),
        (["run", "--budget", "much", "Begin."], "--budget"),
        (["run", "--timeout", "-1", "Begin."], "--timeout"),
        (["run", "--timeout", "nan", "Begin."], "--timeout"),
        (["run", "--timeout", "inf", "Begin."], "--timeout"),
        (["run", "--timeout", "1e30", "Begin."], "--timeout"),
        (["run", "--budget", "nan", "Begin."], "--budget"),
        (["run", "--budget", "inf", "Begin."], "--budget"),
        (["run", "--max-turns", "9223372036854775807", "Begin."], "--max-turns"),
        (["run", "--model", "nocolon", "Begin."], "PROVIDER:MODEL"),
        (["run", "--model", "anthropc:x", "Begin."], "There is no provider «anthropc». Did you mean anthropic? Providers: alibaba"),
        (["--model", "anthropc:x"], "There is no provider «anthropc». Did you mean anthropic?"),
        (["serve", "--no-open", "--model", "anthropc:x"], "There is no provider «anthropc». Did you mean anthropic?"),
        (["--model", "scripted:x", "run"], "Write the command first: loomkin run"),
        (["-C", "no/such", "run", "Begin."], "There is no folder no/such."),
        (["run", "--model", "scripted:x", ""], "The prompt is empty."),
        (["run", "--model", "scripted:x", " \n"], "The prompt is empty."),
        (["run", "--replay", "no/such", "Begin."], "The recording cannot be read: no/such does not exist."),
        (["run", "--model", "replay:no/such", "Begin."], "The recording cannot be read: no/such does not exist."),
    ])
def test_exit_2_when_it_is_called_wrongly(world, arguments, part):
    result = world.run(*arguments)
    assert result.code == 2, result
    assert part in result.err and result.out == ""


@pytest.mark.parametrize("command", [[], ["run"], ["serve", "--no-open"]])
def test_exit_2_when_a_session_is_not_there(world, command):
    model = world.script(**HELLO)
    prompt = ["Begin."] if command == ["run"] else []
    latest = world.run(*command, "--model", model, "--resume", *prompt)
    assert latest.code == 2 and latest.out == ""
    assert_one_sentence(latest.err, "There is no session to resume yet.")
    world.ask(model)
    named = world.run(*command, "--model", model, "--resume", "ABC", *prompt)
    assert named.code == 2 and named.out == ""
    assert_one_sentence(named.err, "There is no session «ABC». See «loomkin sessions».")
    # A variable of a script that is not set, and what a database would read as any session's.
    for id, part in [("", "The id of the session is empty."), ("%", "There is no session «%»."), ("0_", "There is no session «0_».")]:
        result = world.run(*command, "--model", model, f"--resume={id}", *prompt)
        assert result.code == 2 and result.out == ""
        assert_one_sentence(result.err, part)


def test_what_stands_behind_two_dashes_is_the_prompt(world):
    model = world.script(roles={"lead": [{"expect": "--resume=x is broken", "text": "So it is."}]})
    result = world.run("run", "--model", model, "--", "--resume=x is broken")
    assert (result.code, result.out) == (0, "So it is.\n")


def test_a_model_of_a_provider_that_does_not_load_is_told_why(world):
    world.plugin("plugins/providers/mine.lua", "return {\n  api = 1,\n  request = 5,\n}\n")
    result = world.ask("mine:large")
    assert result.code == 5, result
    assert "The provider mine does not load" in result.err and "providers/mine.lua:3" in result.err


def test_exit_3_at_the_turn_limit(world):
    world.write("notes.txt", "one\n")
    model = world.script(roles={"lead": [call("file_read", file_path="notes.txt")] * 5 + [say("Never said.")]})
    result = world.stream(model, "Begin.", "--max-turns", "2")
    assert result.code == 3
    assert result.signals[-1]["data"]["outcome"] == "limit"
    assert len(result.of_type("model.finished")) == 2


def test_exit_3_when_the_time_is_over(world):
    world.gate()
    model = world.script(roles={"concierge": [call("shell", command="read x < gate"), say("Never said.")]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full", "--timeout", "1")
    assert result.code == 3
    assert result.signals[-1]["data"]["outcome"] == "limit"
    assert result.of_type("tool.finished")[0]["status"] == "cancelled"


def priced_installation(world):
    """The bundled files with a price for the scripted model."""
    home = world.folder("installation")
    for folder in ("plugins", "roles", "prompts", "examples"):
        (home / folder).symlink_to(REPOSITORY / folder)
    data = (REPOSITORY / "data/models.csv").read_text().splitlines()
    columns = data[0].split(",")
    price = dict.fromkeys(columns, "")
    price |= {
        "provider": "scripted", "model": "play", "context_tokens": "100000", "input_usd_per_million": "10",
        "output_usd_per_million": "100",
    }
    world.write(home / "data/models.csv", "\n".join([*data, ",".join(price[column] for column in columns)]) + "\n")
    return {"LOOMKIN_HOME": str(home)}


def test_exit_3_when_the_budget_is_spent(world):
    world.write("notes.txt", "one\n")
    spend = call("file_read", file_path="notes.txt") | {"usage": {"input": 10_000, "output": 1_000}}
    model = world.script(roles={"lead": [spend] * 5 + [say("Never said.")]})
    result = world.stream(model, "Begin.", "--budget", "0.5", env=priced_installation(world))
    assert result.code == 3, result.out
    end = result.signals[-1]["data"]
    # Two calls of $0.20; the third would need its likely price on top.
    assert end["outcome"] == "limit" and end["cost_usd"] == pytest.approx(0.4)
    refused = [reached for reached in result.of_type("budget.reached") if reached["refused"]]
    assert refused and refused[0]["limit_usd"] == 0.5


def test_exit_4_when_nobody_can_be_asked(world):
    result = world.ask(world.script(**WRITE), "Begin.", "--role", "concierge", "--permissions", "ask")
    assert result.code == 4
    assert not (world.project / "note.txt").exists()
    assert "refused" in result.err


def test_a_question_nobody_can_answer_is_no_permission(world):
    model = world.script(roles={
        "lead": [call("ask_user", question="Which one?"), {"expect": "Nobody can answer", "text": "I took the first."}]})
    result = world.ask(model)
    assert (result.code, result.out) == (0, "I took the first.\n")


def test_exit_5_without_a_model(world):
    result = world.run("run", "Begin.")
    assert (result.code, result.out) == (5, "")
    assert_one_sentence(result.err, "No model is configured", "ANTHROPIC_API_KEY")


def test_programs_are_told_in_their_format_that_there_is_no_model(world):
    result = world.run("run", "--output", "json", "Begin.")
    assert result.code == 5 and result.json["outcome"] == "failed" and result.json["result"] == ""
    assert {"session", "usage", "cost_usd"} <= result.json.keys() and "No model is configured" in result.json["errors"][0]
    result = world.run("run", "--output", "stream-json", "Begin.")
    assert result.code == 5 and "No model is configured" in result.of_type("notice")[0]["text"]
    last = result.signals[-1]
    assert last["type"] == "session.finished" and last["data"]["outcome"] == "failed"
    assert {"sequence", "id", "type", "source", "time", "data"} <= last.keys()
    assert not (world.project / ".loomkin").exists()


def test_a_key_that_is_refused_is_told_where_no_model_is_configured(world):
    world.write(world.home / "key", "sk-none").chmod(0o644)
    world.settings('[provider.openai]\nkey_file = "~/key"\n')
    told = "The provider openai cannot be used: run «chmod 600 ~/key»"
    for command in (["run", "Begin."], ["serve", "--no-open"]):
        result = world.run(*command)
        assert result.code == 5 and "No model is configured" in result.err and told in result.err, result
        assert "sk-none" not in result.out + result.err
    assert told in world.run("run", "--output", "json", "Begin.").json["errors"][-1]
    assert told in world.run(input="").out
    assert told in world.run("models").err


def test_exit_5_when_the_provider_has_no_key(world):
    result = world.ask("anthropic:claude-sonnet-4-5")
    assert result.code == 5
    assert_one_sentence(result.err, "ANTHROPIC_API_KEY")


def test_exit_5_when_nothing_listens(world):
    world.settings('[provider.endpoints]\nhere = { url = "http://127.0.0.1:1/v1" }\n')
    result = world.stream("here:any")
    assert result.code == 5
    assert len(result.of_type("model.retrying")) == 4
    assert "127.0.0.1" in result.of_type("model.failed")[0]["reason"]


def test_exit_130_when_it_is_interrupted(world):
    gate = world.gate()
    model = world.script(roles={"concierge": [call("shell", command="read x < gate; sleep 1000"), say("Never said.")]})
    command = ["run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."]
    with world.started(*command) as process:
        read_until(process, "tool.started")
        gate.open()
        process.send_signal(signal.SIGINT)
        rest = [json.loads(line) for line in process.stdout]
        assert process.wait() == 130
    assert rest[-1]["type"] == "session.finished" and rest[-1]["data"]["outcome"] == "cancelled"
    eventually(lambda: not world.processes(), "the command's processes end")


def test_an_interrupt_ends_it_also_while_a_message_waits(world):
    world.gate()
    model = world.script(roles={
        "concierge": [
            call("team_spawn", purpose="news", roles=[{"name": "ada", "role": "coder"}]),
            calls(("team_assign", {"agent_name": "ada", "title": "Tell", "description": "the news"})),
            call("shell", command="echo > gate; sleep 1000"), call("shell", command="sleep 1000"), say("Never said.")],
        "coder": [call("shell", command="read x < gate"), call("peer_message", to="concierge", content="the news"), say("Told.")]})
    with world.started("run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin.") as process:
        read_until(process, '"text":"the news"')
        process.send_signal(signal.SIGINT)
        rest = [json.loads(line) for line in process.stdout]
        assert process.wait() == 130
    assert rest[-1]["type"] == "session.finished" and rest[-1]["data"]["outcome"] == "cancelled"
    types = [signal["type"] for signal in rest]
    assert "tool.started" not in types and types.count("session.halted") == 1
    eventually(lambda: not world.processes(), "the commands' processes end")


def test_an_interrupt_waits_a_moment_at_most_for_a_service(world):
    world.plugin("plugins/services/slow.lua", """
        return { api = 1, description = "Takes its time.", deadline = 1000, subscribe = {
          ["**/agent.finished"] = function() loom.process.run{ command = "touch begun; sleep 1000", timeout = 1000 } end } }""")
    model = world.script(roles={"lead": [say("Said.", usage={"input": 7, "output": 2})]})
    with world.started("run", "--model", model, "--permissions", "full", "--output", "json", "Begin.") as process:
        eventually((world.project / "begun").exists, "the service reacts")
        process.send_signal(signal.SIGINT)
        answer = json.loads(process.stdout.read())
        assert process.wait() == 130
    assert answer["outcome"] == "cancelled" and answer["result"] == "Said." and answer["usage"]["output"] == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_that_end_a_process_end_it_like_an_interrupt(world, number):
    model = world.script(roles={"concierge": [call("shell", command="sleep 1000"), say("Never said.")]})
    command = ["run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."]
    with world.started(*command) as process:
        read_until(process, "tool.started")
        eventually(lambda: any("sleep 1000" in line for _, line in world.processes()), "the command runs")
        process.send_signal(number)
        rest = [json.loads(line) for line in process.stdout]
        assert process.wait() == 130
    assert rest[-1]["type"] == "session.finished" and rest[-1]["data"]["outcome"] == "cancelled"
    eventually(lambda: not world.processes(), "the command's processes end")


def test_nohup_holds(world):
    gate = world.gate()
    model = world.script(roles={"concierge": [call("shell", command="read x < gate"), say("Still here.")]})
    command = ["run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."]
    with world.started(*command, prefix=["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]) as process:
        read_until(process, "tool.started")
        process.send_signal(signal.SIGHUP)
        gate.open()
        last = process.stdout.readlines()[-1]
        assert process.wait() == 0
    assert json.loads(last)["data"]["result"] == "Still here."


# Permissions


@pytest.mark.parametrize(
    "preset, code, written, run",
    [("ask", 4, False, False), ("read-only", 0, False, False), ("edit", 4, True, False), ("full", 0, True, True)])
def test_presets_hold_for_files_and_commands(world, preset, code, written, run):
    world.write("kept.txt", "as it was\n")
    model = world.script(roles={
        "concierge": [
            call("file_read", file_path="kept.txt"),
            calls(
                ("file_write", {"file_path": "new.txt", "content": "new\n"}),
                ("file_edit", {"file_path": "kept.txt", "old_string": "as it was", "new_string": "changed"}),
                ("shell", {"command": "echo ran > ran.txt"})),
            say("Tried."),
        ]})
    result = world.ask(model, "Begin.", "--role", "concierge", "--permissions", preset)
    assert (result.code, result.out) == (code, "Tried.\n")
    assert (world.project / "new.txt").exists() == written
    assert world.read("kept.txt") == ("changed\n" if written else "as it was\n")
    assert (world.project / "ran.txt").exists() == run


def test_brackets_in_the_name_of_a_folder_are_no_pattern(world):
    world.write("app/[slug]/page.tsx", "one\r\ntwo\nthree\r\nfour\n")
    world.write("app/s/page.tsx", "another\n")
    model = world.script(roles={"concierge": [
        call("file_search", pattern="*.tsx", path="app/[slug]"),
        call("file_read", file_path="app/[slug]/page.tsx", offset=3, limit=1), say("Found.")]})
    found, read = world.ask(model, "Begin.", "--role", "concierge", "--output", "stream-json").of_type("tool.finished")
    assert "app/[slug]/page.tsx" in found["text"] and "app/s/" not in found["text"]
    # Lines are those that every other tool counts, whatever ends them.
    assert "lines 3 to 3 of 4" in read["text"] and "three" in read["text"]


def test_git_shows_nothing_from_outside_the_project(world):
    world.folder("elsewhere").joinpath("secret.txt").write_text("the secret\n")
    outside = str(world.root / "elsewhere/secret.txt")
    world.write("link.txt", "")
    (world.project / "link.txt").unlink()
    (world.project / "link.txt").symlink_to(outside)
    looks = [("git", {"operation": "diff", "files": files}) for files in (
        [outside, "/dev/null"], ["../elsewhere/secret.txt", "none"], ["link.txt", "none"])]
    model = world.script(roles={"concierge": [calls(*looks), say("Tried.")]})
    result = world.ask(model, "Begin.", "--role", "concierge", "--permissions", "read-only", "--output", "stream-json")
    finished = result.of_type("tool.finished")
    assert len(finished) == 3 and all(done["status"] != "ok" for done in finished)
    assert "the secret" not in result.out


def test_the_agent_reads_why_it_was_refused(world):
    model = world.script(roles={
        "concierge": [
            call("shell", command="rm -rf ."),
            {"expect": "Refused", "text": "I was told no."},
        ]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "read-only")
    assert result.signals[-1]["data"]["result"] == "I was told no."
    decided = result.of_type("permission.decided")[0]
    assert decided["verdict"] == "deny" and decided["origin"] == "preset read-only" and decided["access"] == "execute rm -rf ."


def test_rules_of_the_configuration_count(world):
    world.settings('[permissions]\nallow = ["shell echo *"]\ndeny = ["write secret/**"]\n')
    model = world.script(roles={
        "concierge": [
            calls(
                ("shell", {"command": "echo fine"}),
                ("shell", {"command": "echo fine; touch slipped"}),
                ("file_write", {"file_path": "secret/x.txt", "content": "x"})),
            say("Tried."),
        ]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "edit")
    assert [told["status"] for told in result.of_type("tool.finished")] == ["ok", "denied", "denied"]
    assert os.listdir(world.project) == [".loomkin"]


@pytest.mark.parametrize("path", ["../outside.txt", "/tmp/loomkin-outside.txt", ".loomkin/plugins/tools/x.lua", ".git/config", "out/x.txt"])
def test_no_file_tool_writes_outside_the_project_or_into_its_own_folders(world, path):
    (world.project / "out").symlink_to(world.root)
    model = world.script(roles={"concierge": [call("file_write", file_path=path, content="x"), say("Tried.")]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "edit")
    assert result.of_type("tool.finished")[0]["status"] in ("denied", "error")
    assert not (world.project / path).exists()


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(world):
    world.write("kept.txt", "one\n")
    model = world.script(roles={
        "concierge": [
            call("file_read", file_path="kept.txt"),
            call("shell", command="echo two > kept.txt"),
            call("file_write", file_path="kept.txt", content="three\n"),
            {"expect": "has changed since you read it", "text": "Somebody was faster."},
        ]})
    result = world.ask(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert (result.code, world.read("kept.txt")) == (0, "two\n")


# Secrets


def test_a_key_reaches_neither_the_model_nor_the_output_nor_the_disk(world):
    secret = "sk-live-0123456789-abcdef"
    # Its own parent's environment is a way round the one it was given.
    command = "tr '\\0' '\\n' < /proc/$PPID/environ; env; yes \"$(tr '\\0' '\\n' < /proc/$PPID/environ | grep FOO)\" | head -5000"
    model = world.script(roles={
        "concierge": [
            call("shell", command=command),
            {"expect": "«FOO_API_KEY»", "text": "I saw no key."},
        ]})
    result = world.stream(
        model, "Begin.", "--role", "concierge", "--permissions", "full", env={"FOO_API_KEY": secret})
    assert result.signals[-1]["data"]["result"] == "I saw no key.", result.out[-3000:]
    assert secret not in result.out + result.err
    for file in (world.project / ".loomkin").rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), f"{file} holds the key"
