"""Sessions recorded against `llmock` and played back without it."""

import json
import stat
import subprocess

import pytest
from llmock.scenarios import Reply, ToolCall

import amazon
from recorder import recorder, stream
from streams import cut, events, playing
from support import assert_one_sentence, eventually, read_until
from test_clouds import CLAUDE, TOKEN, bedrock, vertex
from test_wire import WORD

MODELS = {"OPENAI": "openai:gpt-4o", "ANTHROPIC": "anthropic:claude-sonnet-4-5", "GOOGLE": "google:gemini-2.5-pro"}
KEY = "sk-recorded-1234567890"


def keys(llmock, vendor):
    """What llmock says to set, with a key of the test's own, and without any."""
    found = {name: value for name, value in llmock.env().items() if name.startswith(vendor)}
    return {name: KEY if name.endswith("_KEY") else value for name, value in found.items()}, {
        name: value for name, value in found.items() if not name.endswith("_KEY")}


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def nobody(llmock):
    """llmock with a count of what was asked of it, to see that nothing is."""
    llmock.tool_mode("off")
    return llmock


@pytest.mark.parametrize("vendor", MODELS)
def test_a_recorded_session_is_played_without_its_server_and_key(world, nobody, vendor):
    world.write("one.txt", "the first file, ünïcödé ✓\n")
    recording = world.root / "session.jsonl"
    nobody.add(Reply(text="I read it. ✓", tool_calls=(ToolCall("file_read", {"file_path": "one.txt"}),)))
    nobody.reply("It is read: größer.")
    own, without = keys(nobody, vendor)
    first = world.stream(MODELS[vendor], "Begin.", "--record", recording, env=own)
    assert first.code == 0, first
    asked = len(nobody.requests)
    assert asked == 2 == len(lines(recording))
    assert stat.S_IMODE(recording.stat().st_mode) == 0o600
    assert KEY not in recording.read_text()
    kept = lines(recording)[0]
    assert kept["model"] == MODELS[vendor] and kept["answer"]["status"] == 200
    assert len(kept["answer"]["body"]) >= 1 and all(piece["ms"] >= 0 for piece in kept["answer"]["body"])

    played = world.run("run", "--replay", recording, "--output", "stream-json", "Begin.", env=without)
    assert played.code == 0, played
    assert len(nobody.requests) == asked
    for type in ("agent.said", "tool.finished"):
        same = [[{key: said.get(key) for key in ("text", "status", "result")} for said in run.of_type(type)] for run in (first, played)]
        assert same[0] == same[1] and same[0]
    ends = [run.signals[-1]["data"] for run in (first, played)]
    assert ends[0]["result"] == ends[1]["result"] == "It is read: größer."
    assert ends[0]["usage"] == ends[1]["usage"]


def test_a_recording_is_a_model_of_its_own_and_another_project_s_folder_is_no_difference(world, nobody, tmp_path):
    recording = world.root / "session.jsonl"
    nobody.reply("Hello.")
    own, without = keys(nobody, "OPENAI")
    world.ask("openai:gpt-4o", "Begin.", "--record", recording, env=own)
    other = world.folder("elsewhere/project")
    played = world.run("run", "--model", f"replay:{recording}", "Begin.", env=without, cwd=other)
    assert (played.code, played.out) == (0, "Hello.\n"), played


def test_a_request_that_fits_nothing_names_what_comes_nearest(world, nobody):
    recording = world.root / "session.jsonl"
    nobody.reply("Hello.")
    own, without = keys(nobody, "OPENAI")
    world.ask("openai:gpt-4o", "Begin the work.", "--record", recording, env=own)
    result = world.run("run", "--replay", recording, "Begin the play.", env=without)
    assert result.code != 0 and len(nobody.requests) == 1
    assert "request 1 comes nearest, but messages[1].content was «" in result.err
    assert "the work" in result.err and "the play" in result.err
    other = world.run("run", "--replay", recording, "Begin.", env={"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    assert "has no answer for POST http://127.0.0.1:9/v1/chat/completions: the next request in it is POST" in other.err


def test_failures_are_recorded_and_played_too(world, nobody):
    recording = world.root / "session.jsonl"
    nobody.fail(503, retry_after=0.01)
    nobody.disconnect(after_chunks=2).reply("one two three four")
    nobody.reply("At last.")
    own, without = keys(nobody, "OPENAI")
    first = world.stream("openai:gpt-4o", "Begin.", "--record", recording, env=own)
    played = world.run("run", "--replay", recording, "--output", "stream-json", "Begin.", env=without)
    for run in (first, played):
        assert run.code == 0, run
    assert [told["reason"] for told in first.of_type("model.retrying")] == [told["reason"] for told in played.of_type("model.retrying")]
    assert first.of_type("model.retrying")


def test_a_key_that_a_server_repeats_in_two_pieces_is_not_kept(world):
    def chunk(delta, finish=None):
        return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    stream = events(chunk({"content": f"Your key is {KEY}."}), chunk({}, "stop"), {"choices": [], "usage": {}}, "[DONE]")
    recording = world.root / "session.jsonl"
    with playing(cut(stream, 3)) as server:
        world.settings(f'[provider.endpoints]\nhere = {{ url = "{server.url}/v1?key={KEY}", key_env = "MINE" }}\n')
        world.run("run", "--model", "here:any", "--record", recording, "Begin.", env={"MINE": KEY})
    text = recording.read_text()
    assert "Your key is" in text and KEY not in text and KEY[3:] not in text


@pytest.mark.parametrize("text", ["größer ✓", f"Your key is {KEY}. ✓"])
def test_amazon_s_frames_are_kept_and_played_exactly_but_for_keys(world, text):
    recording = world.root / "session.jsonl"
    with recorder(amazon.said(text)) as server:
        bedrock(world, server.url, AWS_BEARER_TOKEN_BEDROCK=KEY)
        first = world.stream(f"bedrock:{CLAUDE}", "Begin.", "--record", recording)
    assert first.code == 0, first
    kept = "".join(piece.get("text") or bytes.fromhex(piece["hex"]).decode("latin-1") for piece in lines(recording)[0]["answer"]["body"])
    assert KEY not in kept and KEY not in recording.read_text()
    del world.environment["AWS_BEARER_TOKEN_BEDROCK"]
    played = world.run("run", "--replay", recording, "--output", "stream-json", "Begin.")
    assert played.code == 0, played
    assert played.signals[-1]["data"]["result"] == text.replace(KEY, "[key]")
    assert played.signals[-1]["data"]["usage"] == first.signals[-1]["data"]["usage"]


@pytest.mark.parametrize("has_key", [True, False])
def test_a_service_account_asks_nobody_for_a_token_when_a_recording_plays(world, has_key):
    recording = world.root / "session.jsonl"
    with recorder(TOKEN, stream(WORD["gemini"])) as server:
        vertex(world, server.url)
        first = world.ask("google_vertex:gemini-2.5-pro", "Begin.", "--record", recording)
        assert first.code == 0, first
    assert "ya29." not in recording.read_text() and len(lines(recording)) == 1
    if not has_key:
        del world.environment["GOOGLE_APPLICATION_CREDENTIALS"]
        world.environment["GOOGLE_CLOUD_PROJECT"] = "p-1"
    played = world.run("run", "--replay", recording, "Begin.")
    assert (played.code, played.out) == (0, first.out), played


def test_a_session_that_was_killed_and_resumed_is_played_the_same_way(world, nobody):
    recording = world.root / "session.jsonl"
    nobody.reply("The first answer.")
    own, without = keys(nobody, "OPENAI")

    def session(*flags, env):
        with world.started("chat", "--no-page", *flags, env=env, stdin=subprocess.PIPE) as process:
            process.stdin.write("First question.\n")
            process.stdin.flush()
            read_until(process, "The first answer.")
            eventually(lambda: world.kept("agent.said"), "the answer is kept")
            process.kill()
        return world.run("chat", "--resume", "--no-page", *flags, input="Second question.\n", env=env)

    with_server = ("--model", "openai:gpt-4o", "--record", recording)
    nobody.reply("The second answer.")
    assert "The second answer." in session(*with_server, env=own).out
    assert len(lines(recording)) == 2
    with recording.open("a") as file:
        file.write('{"model":"openai:gpt-4o","requ')
    for file in (world.project / ".loomkin").glob("loomkin.db*"):
        file.unlink()
    assert "The second answer." in session("--replay", recording, env=without).out
    assert len(nobody.requests) == 2


def test_what_is_no_recording_is_said(world):
    missing = world.run("run", "--replay", "nothing.jsonl", "Begin.")
    assert missing.code != 0
    assert_one_sentence(missing.err, "nothing.jsonl")
    world.write("empty.jsonl", "no line of a recording\n")
    assert "holds no recorded request" in world.run("run", "--replay", "empty.jsonl", "Begin.").err
    both = world.run("run", "--replay", "empty.jsonl", "--record", "x", "Begin.")
    assert both.code == 2 and "either --record or --replay" in both.err
    assert "cannot be written" in world.run("run", "--record", "no/such/folder/x", "Begin.").err
