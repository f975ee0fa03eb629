"""The sample session: `loomkin demo`, and what `loomkin` alone does when there is no model."""

import json
import os
import re
import signal
import subprocess
import urllib.request

from support import SAMPLE, read_until, say, spawn


def test_the_demo_repairs_its_copy_and_leaves_nothing_behind(world):
    before = {file.name: file.read_bytes() for file in SAMPLE.iterdir()}
    result = world.run("demo")
    assert result.code == 0, result
    assert result.lines[-1] == "The sample's test passes."
    for name in ("lead", "ada", "rui", "lin"):
        assert any(line.startswith(name) for line in result.lines), f"{name} said nothing"
    assert os.listdir(world.temporary) == []
    assert os.listdir(world.project) == []
    assert {file.name: file.read_bytes() for file in SAMPLE.iterdir()} == before


def test_the_demo_needs_neither_key_nor_terminal_nor_network(world):
    # A namespace without interfaces is the surest way to have no network.
    can_isolate = subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0
    assert world.run("demo", prefix=["unshare", "-rn"] if can_isolate else []).code == 0


def test_the_demo_can_be_watched_on_the_page(world):
    world.settings("[page]\nport = 0\n")
    with world.started("demo", "--page") as process:
        address = re.fullmatch(r"page +(http://127\.0\.0\.1:\d+)/\?token=(\S+)\n", process.stdout.readline())
        read_until(process, "Ctrl-C ends it")
        request = urllib.request.Request(address[1] + "/api/v1/agents", headers={"Authorization": f"Bearer {address[2]}"})
        with urllib.request.urlopen(request) as answer:
            assert [agent["name"] for agent in json.load(answer)["agents"]] == ["lead", "ada", "rui", "lin"]
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert os.listdir(world.temporary) == []


def test_without_a_model_it_says_so_and_plays_the_sample(world):
    result = world.run()
    assert result.code == 0
    assert result.lines[0].startswith("No model is configured") and "ANTHROPIC_API_KEY" in result.lines[0]
    assert "all 8 cases of test.sh pass" in result.out
    assert os.listdir(world.temporary) == []


def test_lines_of_a_pipe_are_sent_one_after_another(world):
    model = world.script(roles={
        "lead": [
            {"expect": "first question", "text": "first answer"},
            {"expect": "second question", "text": "second answer"},
            {"expect": "third question", "text": "third answer"},
        ]})
    result = world.run("--model", model, input="first question\nsecond question\n\nthird question")
    assert result.code == 0, result
    answers = [line.split(maxsplit=1)[1] for line in result.lines if "answer" in line]
    assert answers == ["first answer", "second answer", "third answer"]
    assert "\x1b" not in result.out


def test_a_pipe_may_answer_questions_and_give_commands(world):
    model = world.script(roles={
        "lead": [
            {"calls": [["ask_user", {"question": "Which one?", "options": ["red", "blue"]}]]},
            {"expect": "The person answers: blue", "text": "blue it is"},
        ]})
    result = world.run("--model", model, input="Begin.\n2\n/agents\n!echo from a shell\n/quit\nnever read\n")
    assert result.code == 0, result
    for part in ("lead asks: Which one?", "blue it is", "from a shell"):
        assert part in result.out
    assert "never read" not in result.out


def test_a_question_that_no_line_answers_is_refused(world):
    model = world.script(roles={"lead": [spawn(ada="coder"), say("As you like.")]})
    result = world.run("--model", model, input="Begin.\n")
    assert "wants to start" in result.out and "As you like." in result.out
    assert [agent for agent, in world.rows("SELECT name FROM agent")] == ["lead"]
