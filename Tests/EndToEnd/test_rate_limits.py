"""What a provider may be asked side by side and in a minute: calls beyond it wait, and people see that they do."""

import contextlib
import http.server
import json
import signal
import threading

import pexpect
import pytest

from streams import events, playing
from support import PATIENCE, call, read_until, say

DONE = {"choices": [{"delta": {"content": "Done."}, "finish_reason": "stop"}]}
LOOK = {"choices": [{"delta": {"tool_calls": [{
    "index": 0, "id": "c1", "function": {"name": "directory_list", "arguments": "{}"}}]}, "finish_reason": "tool_calls"}]}

ASK_TWICE = """
return {
  api = 1,
  description = "Asks a model two things at once.",
  parameters = {},
  run = function()
    local function ask() return assert(loom.model.complete{ model = "there:any", prompt = "Begin." }).text end
    return table.concat(loom.task.all{ ask, ask }, " ")
  end,
}
"""


class Meeting(http.server.BaseHTTPRequestHandler):
    """Answers when it is told to, or when two calls have met: then nothing holds them apart."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        with server.lock:
            server.calls += 1
            server.running += 1
            server.most = max(server.most, server.running)
            if server.running == 2:
                server.may_answer.set()
        server.may_answer.wait(PATIENCE)
        body = events(DONE, "[DONE]")
        with server.lock:
            # Before its last byte: who has read that may call again.
            server.running -= 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def meeting():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Meeting)
    server.lock, server.may_answer = threading.Lock(), threading.Event()
    server.calls = server.running = server.most = 0
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.may_answer.set()
        server.shutdown()
        server.server_close()


def limited(world, url, limits):
    """A model of an endpoint with these limits."""
    lines = "".join(f"{name} = {value}\n" for name, value in limits.items())
    world.settings(f'[provider.endpoints.there]\nurl = "{url}/v1"\n' + (f"[provider.there]\n{lines}" if lines else ""))
    return "there:any"


def two_at_once(world):
    """A script that has two calls of `there:any` made side by side."""
    world.plugin("plugins/tools/ask_twice.lua", ASK_TWICE)
    return world.script(roles={"lead": [call("ask_twice"), say("Asked.")]})


def test_two_calls_meet_where_nothing_is_limited(world):
    with meeting() as server:
        limited(world, server.url, {})
        result = world.stream(two_at_once(world), "Begin.", "--permissions", "full")
    assert result.code == 0, result
    assert (server.calls, server.most) == (2, 2) and not result.of_type("model.held")


def test_no_more_calls_are_under_way_than_may_be(world):
    with meeting() as server:
        limited(world, server.url, {"concurrent": 1})
        model = two_at_once(world)
        with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
            held = json.loads(read_until(process, '"type":"model.held"')[-1])["data"]
            assert held["model"] == "there:any" and "seconds" not in held, "only the end of the other call helps"
            server.may_answer.set()
            rest = process.stdout.read()
            assert process.wait(PATIENCE) == 0
    assert "Done. Done." in rest
    assert (server.calls, server.most) == (2, 1)


@pytest.mark.parametrize("used", [None, {"prompt_tokens": 999_000, "completion_tokens": 1_000}], ids=["estimated", "told"])
def test_tokens_of_a_minute_hold_the_next_call_back(world, used):
    first = LOOK | ({"usage": used} if used else {})
    with playing([events(first, "[DONE]")], [events(DONE, "[DONE]")]) as server:
        model = limited(world, server.url, {"tokens_per_minute": 100})
        with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
            held = json.loads(read_until(process, '"type":"model.held"')[-1])["data"]
            # A full bucket lets the first call through, whatever it takes; what it took is made up for afterwards.
            assert held["seconds"] > 600
            assert (held["seconds"] > 500_000) == (used is not None)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
    assert len(server.requests) == 1


def test_people_read_how_long_a_call_waits_and_can_give_it_up(world):
    spent = {"usage": {"prompt_tokens": 999_000, "completion_tokens": 1_000}}
    with playing([events(DONE | spent, "[DONE]")], [events(DONE, "[DONE]")]) as server:
        model = limited(world, server.url, {"tokens_per_minute": 100})
        with world.terminal("--model", model, "--no-page") as child:
            child.expect("› ")
            child.sendline("one")
            child.expect("Done\\.")
            child.sendline("two")
            child.expect(r"waits for \S+.*: the limits of there:any")
            child.sendcontrol("c")
            child.expect("Stopped. Ctrl-C again leaves.")
            child.sendline("/quit")
            child.expect(pexpect.EOF)
    assert len(server.requests) == 1
