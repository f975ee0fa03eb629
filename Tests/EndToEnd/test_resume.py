"""kill -9 at any moment, then `--resume`: nothing is lost, and nothing is done twice."""

import collections
import contextlib
import concurrent.futures
import json
import os
import random
import signal
import subprocess

import pytest

from support import SAMPLE, World, call, eventually, read_until, say

PROMPT = "The test in test.sh fails. Find out why and repair it."
CYCLES = 50

# The bundled session without its pauses; each run of the test leaves a line outside the project.
QUICK = SAMPLE.parents[1] / "plugins/scenarios/sample.lua"


def sample_world(root):
    world = World(root)
    world.copy_sample()
    text = QUICK.read_text()
    assert "delay = 0.03" in text and 'command = "sh test.sh"' in text
    text = text.replace("delay = 0.03", "delay = 0").replace('command = "sh test.sh"', 'command = "echo run >> $HOME/runs.log; sh test.sh"')
    world.model = world.scenario("quick", text)
    return world


def files(world):
    return {file.name: file.read_bytes() for file in world.project.iterdir() if file.is_file()}


def run_until(world, point):
    """Plays the session and kills it when it has told so many signals; gives how many it told."""
    command = ["run", "--model", world.model, "--permissions", "full", "--output", "stream-json", PROMPT]
    with world.started(*command) as process:
        told = 0
        for _ in process.stdout:
            told += 1
            if told == point:
                process.kill()
                break
        process.wait()
    return told


def resume(world, input=""):
    result = world.run("--resume", "--model", world.model, "--permissions", "full", input=input)
    assert result.code == 0, result
    return result


def kill_while_resuming(world, lines):
    with world.started("--resume", "--model", world.model) as process:
        for _ in zip(range(lines), process.stdout):
            pass
        process.kill()
        process.wait()


def has(world, table):
    """Whether anything of a kind was kept."""
    if not (world.project / ".loomkin/loomkin.db").exists():
        return False
    return bool(world.rows("SELECT 1 FROM sqlite_master WHERE name = ?", table) and world.rows(f"SELECT 1 FROM {table} LIMIT 1"))


def assert_nothing_was_done_twice(world):
    effects = collections.Counter()
    for agent, name, effect in world.rows("SELECT agent, call, effect FROM effect"):
        effects[agent, name, json.dumps(json.loads(effect), sort_keys=True)] += 1
    # A write that is tried again says first that it is about to; that it happened is told once.
    twice = [key for key, count in effects.items() if count > 1 and '"write"' not in key[2]]
    assert not twice, f"had an effect twice: {twice}"
    changed = collections.Counter(change["call"] for change in world.kept("file.changed"))
    assert not [name for name, count in changed.items() if count > 1]
    assert sum(changed.values()) <= 1
    begun = collections.Counter(started["call"] for started in world.kept("tool.started") if started["tool"] not in READ_ONLY)
    touched = {name for _, name, _ in effects}
    again = [name for name, count in begun.items() if count > 1]
    # A call that had begun and had done nothing yet is simply begun again.
    finished = collections.Counter(done["call"] for done in world.kept("tool.finished"))
    assert all(finished[name] == 1 for name in begun), "every call has one end"
    for name in again:
        assert begun[name] <= 1 + world.killed, f"{name} began {begun[name]} times"
    log = world.home / "runs.log"
    runs = len(log.read_text().splitlines()) if log.exists() else 0
    commands = {name for _, name, effect in effects if "process" in effect}
    assert commands <= touched and runs <= len(commands), f"{runs} runs of the test in {len(commands)} calls"


READ_ONLY = {"file_read", "file_search", "content_search", "directory_list", "file_outline"}


def cycle(root, seed, length, undisturbed):
    """One session, killed at a random point and perhaps again while it is resumed."""
    choice = random.Random(seed)
    world = sample_world(root)
    world.killed = 1
    run_until(world, choice.randrange(1, length))
    was_under_way = not has(world, "session") or world.rows("SELECT outcome FROM session") == [(None,)]
    # Not every crash is the last one.
    while has(world, "inbox_item") and choice.random() < 0.4:
        kill_while_resuming(world, choice.randrange(1, 12))
        world.killed += 1
    # A kill in the first moments leaves no session, or one that nobody has spoken to.
    if not has(world, "session"):
        result = world.run("--model", world.model, "--permissions", "full", input=PROMPT + "\n")
        assert result.code == 0, result
    else:
        resume(world, "" if has(world, "inbox_item") else PROMPT + "\n")
    assert files(world) == undisturbed, f"seed {seed}: the files are others"
    assert subprocess.run(["sh", "test.sh"], cwd=world.project, capture_output=True).returncode == 0
    assert_nothing_was_done_twice(world)
    assert len(world.rows("SELECT id FROM session")) == 1
    assert world.rows("SELECT count(*) FROM task WHERE status != 'done'") == [(0,)]
    world.assert_no_process_left()
    return was_under_way, world.killed


def test_killed_at_random_points_it_ends_as_if_undisturbed(tmp_path):
    whole = sample_world(tmp_path / "undisturbed")
    whole.killed = 0
    length = run_until(whole, 0)
    undisturbed = files(whole)
    assert subprocess.run(["sh", "test.sh"], cwd=whole.project, capture_output=True).returncode == 0
    assert_nothing_was_done_twice(whole)
    seed = int(os.environ.get("LOOMKIN_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"LOOMKIN_SEED={seed}, {length} signals in an undisturbed run")
    # Two at a time: half of each cycle is waiting for the disk.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        cycles = [pool.submit(cycle, tmp_path / str(number), f"{seed}-{number}", length, undisturbed) for number in range(CYCLES)]
        ends = [done.result() for done in cycles]
    under_way, kills = sum(end[0] for end in ends), sum(end[1] for end in ends)
    print(f"{kills} kills, {under_way} of {CYCLES} sessions were under way at their first")
    assert under_way > CYCLES / 2


def test_a_command_that_outlived_the_kill_is_ended_and_its_agent_told(world):
    gate = world.gate()
    model = world.script(
        roles={"lead": [say("Ready.")], "concierge": [
            call("shell", command="[ -e gate ] && read x < gate && rm gate && sleep 1000; echo second time"),
            {"expect": "second time", "text": "It ran once more, because I wanted it to."},
        ]})
    command = ["run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."]
    with world.started(*command) as process:
        read_until(process, "tool.started")
        gate.open()
        eventually(lambda: any("sleep 1000" in line for _, line in world.processes()), "the command runs")
        process.kill()
        process.wait()
    result = world.run("--resume", "--model", model)
    assert result.code == 0, result
    assert "It ran once more" in result.out
    assert not any("sleep 1000" in line for _, line in world.processes())
    first, second = world.kept("tool.finished")
    assert first["status"] == "interrupted" and "sleep 1000" in first["text"]
    assert second["call"] != first["call"] and second["call"].endswith("r1") and second["status"] == "ok"


def test_a_resumed_session_needs_no_model_named_again(world):
    model = world.script(roles={"lead": [say("First."), say("Second.")]})
    assert world.ask(model).out == "First.\n"
    result = world.run("--resume", input="Go on.\n")
    assert result.code == 0 and "Second." in result.out, result


def test_permissions_and_grants_are_kept(world):
    write = call("file_write", file_path="note.txt", content="hello\n")
    model = world.script(roles={"lead": [say("Ready.")]}, agents={"ada": [write, say("Tried.")]})
    world.run("--model", model, "--permissions", "read-only", input="hello\n/spawn coder ada\n")
    result = world.run("--resume", "--model", model, input="@ada write it\n")
    assert "Tried." in result.out, result
    assert not (world.project / "note.txt").exists()
    assert world.kept("permission.decided")[-1]["origin"] == "preset read-only"


def test_rights_that_somebody_else_gave_do_not_count(world):
    write = call("file_write", file_path="note.txt", content="hello\n")
    model = world.script(roles={"lead": [say("Ready.")]}, agents={"ada": [write, say("Tried."), write, say("Tried again.")]})
    world.run("--model", model, "--permissions", "full", input="hello\n/spawn coder ada\n")
    # The same folder in the hands of another user, who got it from this one.
    other = {"XDG_STATE_HOME": str(world.folder("other"))}
    result = world.run("--resume", "--model", model, input="@ada write it\n", env=other)
    assert "was not decided by you" in result.out + result.err and "Tried." in result.out, result
    assert not (world.project / "note.txt").exists()
    result = world.run("--resume", "--model", model, input="@ada write it\n")
    assert "was not decided by you" not in result.out + result.err and (world.project / "note.txt").exists(), result


@pytest.mark.parametrize("name", ["", "loomkin.db", "outputs"])
def test_nothing_is_written_through_a_link_that_came_with_the_project(world, name):
    target = world.folder("elsewhere")
    if name:
        (world.project / ".loomkin").mkdir()
    (world.project / ".loomkin" / name).symlink_to(target / "new.db" if name == "loomkin.db" else target)
    result = world.ask(world.script(roles={"lead": [say("Ready.")]}))
    assert result.code == 0 and "is a symbolic link" in result.err and "not kept" in result.err, result
    assert list(target.iterdir()) == []
    assert world.run("doctor").code == 1


def test_a_session_is_not_opened_twice(world):
    gate = world.gate()
    model = world.script(roles={"concierge": [call("shell", command="read x < gate"), say("Ready.")]})
    command = ["run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."]
    with world.started(*command) as process:
        read_until(process, "tool.started")
        second = world.run("--resume", "--model", model)
        assert second.code == 1
        assert "is open in another loomkin" in second.err
        gate.open()
        process.communicate()
        assert process.returncode == 0


def test_a_question_of_before_the_kill_is_asked_again(world):
    model = world.script(roles={
        "lead": [call("ask_user", question="Which one?", options=["red", "blue"]), {"expect": "blue", "text": "blue it is"}]})
    with world.started("--model", model, stdin=subprocess.PIPE) as process:
        process.stdin.write("Begin.\n")
        process.stdin.flush()
        read_until(process, "Which one?")
        process.send_signal(signal.SIGKILL)
        process.wait()
    result = world.run("--resume", "--model", model, input="2\n")
    assert "blue it is" in result.out, result


def test_a_call_with_two_questions_that_did_something_after_the_first_is_not_done_again(world):
    world.plugin("plugins/tools/twice.lua", """
        return { api = 1, description = "Does two things.", parameters = {}, run = function()
          loom.task.all{
            function() return loom.process.run{ command = "echo one >> log" } end,
            function() return loom.process.run{ command = "echo two >> log" } end,
          }
          return "both"
        end }""")
    model = world.script(roles={"lead": [call("twice"), say("I see.")]})
    log = world.project / "log"
    with world.started("--model", model, stdin=subprocess.PIPE) as process:
        process.stdin.write("Begin.\n")
        process.stdin.flush()
        read_until(process, "wants to run")
        eventually(lambda: len(world.kept("question.asked")) == 2, "both are asked about")
        process.stdin.write("y\n")
        process.stdin.flush()
        eventually(log.exists, "one of them is done")
        process.kill()
        process.wait()
    assert "I see." in world.run("--resume", "--model", model, "--permissions", "full").out
    # The scripted model makes an interrupted call once more, as one of its own.
    first, second = world.kept("tool.finished")
    assert first["status"] == "interrupted" and ">> log" in first["text"]
    assert second["call"] != first["call"] and second["call"].endswith("r1")


def test_the_first_line_of_a_pipe_waits_for_the_question_that_the_resumed_turn_will_ask(world):
    slow = {**call("ask_user", question="Which one?", options=["red", "blue"]), "text": "Let me think this over first", "delay": 0.05}
    model = world.script(roles={"lead": [slow, {"expect": "blue", "text": "blue it is"}]})
    with world.started("run", "--model", model, "--output", "stream-json", "Begin.") as process:
        read_until(process, "model.started")
        process.kill()
        process.wait()
    result = world.run("--resume", "--model", model, input="2\n")
    assert "blue it is" in result.out, result


@pytest.mark.parametrize("wanted", ["latest", "by its word", "by id"])
def test_resume_takes_the_latest_or_the_one_that_is_named(world, wanted):
    model = world.script(roles={"lead": [say("First."), {"text": "Second."}]})
    world.ask(model, "the older one")
    world.ask(model, "the newer one")
    sessions = world.run("sessions", "--json").json
    assert [session["title"] for session in sessions] == ["the newer one", "the older one"]
    # One in which nothing was said is nothing to go on with.
    world.run("--model", model, input="/agents\n")
    arguments = {"latest": ["--resume"], "by its word": ["--resume", "latest"], "by id": ["--resume", sessions[1]["id"][:20]]}[wanted]
    result = world.run(*arguments, "--model", model, input="Go on.\n")
    assert "Second." in result.out, result
    after = {session["title"]: session["id"] for session in world.run("sessions", "--json").json}
    said = world.rows("SELECT session FROM signal WHERE type = 'user.said' ORDER BY sequence DESC LIMIT 1")[0][0]
    assert said == after["the older one" if wanted == "by id" else "the newer one"]


def test_one_prompt_goes_to_a_stored_session(world):
    model = world.script(roles={"lead": [say("First."), say("Second."), {"expect": "Four", "text": "Third."}]})
    world.ask(model, "the older one")
    world.ask(model, "the newer one")
    newer, older = [session["id"][:20] for session in world.run("sessions", "--json").json]
    # Where the id stands does not matter, and the session brings its model.
    assert world.run("run", "--resume", "Two").out == "Second.\n"
    assert world.run("run", "Three", "--resume", older).out == "Second.\n"
    third = world.run("run", f"--resume={newer}", "--output", "json", "-", input="Four")
    assert third.json["result"] == "Third." and third.json["session"].startswith(newer)
    said = world.rows("SELECT substr(session, 1, 20), json_extract(data, '$.text') FROM signal WHERE type = 'user.said' ORDER BY sequence")
    assert said == [(older, "the older one"), (newer, "the newer one"), (newer, "Two"), (older, "Three"), (newer, "Four")]
    assert len(world.run("sessions", "--json").json) == 2


def test_sessions_that_begin_a_project_at_once_are_all_kept(tmp_path):
    for round in range(4):
        world = World(tmp_path / str(round))
        model = world.script(roles={"lead": [say("Hello.")]})
        with contextlib.ExitStack() as stack:
            for process in [stack.enter_context(world.started("run", "--model", model, "go")) for _ in range(4)]:
                assert process.wait() == 0
        assert len(world.run("sessions", "--json").json) == 4
        world.assert_no_process_left()


def test_what_was_said_before_is_no_result_of_a_later_prompt(world):
    model = world.script(roles={"lead": [say("First answer."), {"error": {"kind": "auth", "message": "No more."}}]})
    assert world.ask(model, "one").out == "First answer.\n"
    result = world.run("run", "--model", model, "--resume", "--output", "json", "two")
    assert (result.code, result.json["outcome"], result.json["result"]) == (5, "failed", "")


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["--resume", "01KB3F"], "Say what to do, too"), (["--resume", "01kb3f"], "Say what to do, too"), (["--resume", "01KB3F", "one", "two"], "put it into quotation marks"),
        (["one", "two"], "put it into quotation marks"), (["one", "two", "--resume"], "Write the id behind --resume"),
        (["--resume", "--role", "coder", "one"], "--role is for a new session"), (["--resume", "01KB3F", " "], "The prompt is empty."),
    ])
def test_one_prompt_is_one_argument(world, arguments, part):
    result = world.run("run", "--model", "scripted:x", *arguments)
    assert (result.code, result.out) == (2, "") and part in result.err
