"""`loomkin serve`: the page's address, and the JSON that programs use."""

import contextlib
import http.client
import json
import os
import re
import resource
import signal
import socket

import pytest

from support import GREET, PATIENCE, call, eventually, say, spawn


class Page:
    def __init__(self, process):
        self.process = process
        line = process.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)\n", line)
        assert found, f"the first line is no address: {line!r} {process.stderr.read() if not line else ''}"
        self.port, self.token = int(found[1]), found[2]

    def request(self, path, body=None, token=True, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            headers["Authorization"] = f"Bearer {self.token if token is True else token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        with contextlib.closing(connection):
            connection.request("POST" if body is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def api(self, path, body=None):
        status, text = self.request("/api/v1/" + path, body)
        assert status == 200, text
        return json.loads(text)


@pytest.fixture
def serving(world):
    @contextlib.contextmanager
    def serve(model, *flags):
        with world.started("serve", "--port", "0", "--no-open", "--model", model, *flags) as process:
            yield Page(process)
            assert process.poll() is None, process.stderr.read()

    return serve


HELLO = {"roles": {"lead": [say("Hello there."), say("Once more.")]}}


def test_the_first_line_is_the_address_and_term_ends_it(world):
    for number in (signal.SIGTERM, signal.SIGINT):
        with world.started("serve", "--port", "0", "--no-open", "--model", world.script(**HELLO)) as process:
            page = Page(process)
            assert page.request("/")[0] == 200
            process.send_signal(number)
            out, err = process.communicate(timeout=PATIENCE)
            assert (process.returncode, out, err) == (0, "", "")


def test_serve_without_a_model_says_so(world):
    result = world.run("serve", "--port", "0", "--no-open")
    assert (result.code, result.out) == (5, "") and "No model is configured" in result.err


def test_a_message_is_sent_and_answered(world, serving):
    with serving(world.script(**HELLO)) as page:
        sent = page.api("agents/lead/messages", {"text": "Hello?"})
        assert sent["item"]["to"] == "lead"
        said = lambda: [told for told in page.api("signals?after=0")["signals"] if told["type"] == "agent.said"]
        assert eventually(said, "the lead answers")[0]["data"]["text"] == "Hello there."
        (agent,) = page.api("agents")["agents"]
        assert agent["name"] == "lead" and agent["role"] == "lead" and agent["usage"]["output"] > 0
        everything = page.api("signals?after=0")
        assert page.api(f"signals?after={everything['next']}")["signals"] == []
        names = {plugin["name"] for plugin in page.api("plugins")["plugins"]}
        assert {"file_read", "scripted", "lead"} <= names


def test_a_question_is_answered(world, serving):
    model = world.script(roles={"lead": [spawn(ada="coder"), say("She is here.")]})
    with serving(model) as page:
        page.api("agents/lead/messages", {"text": "Begin."})
        (question,) = eventually(lambda: page.api("questions")["questions"], "the question comes")
        assert question["agent"] == "lead" and "ada (coder" in question["title"]
        assert page.request(f"/api/v1/questions/{question['id']}", {"answer": "perhaps"})[0] == 400
        page.api(f"questions/{question['id']}", {"answer": "allow"})
        eventually(lambda: [agent["name"] for agent in page.api("agents")["agents"]] == ["lead", "ada"], "ada joins")
        assert page.request(f"/api/v1/questions/{question['id']}", {"answer": "allow"})[0] == 409
        assert page.api("questions")["questions"] == []


def test_agents_are_paused_and_resumed_and_plugins_read_anew_by_a_program(world, serving):
    world.write(world.config / "plugins/commands/greet.lua", GREET)
    with serving(world.script(**HELLO)) as page:
        (lead,) = eventually(lambda: page.api("agents")["agents"], "the lead is there")
        state = lambda: page.api("agents")["agents"][0]["state"]
        for pause, resume in (("pause", "agents/lead/resume"), ("agents/lead/pause", "resume")):
            page.api(pause, {})
            eventually(lambda: state() == "paused", "the lead pauses")
            page.api(resume, {})
            eventually(lambda: state() == lead["state"], "the lead goes on")
        assert page.api("stop", {})["done"] and page.api("agents/lead/stop", {})["done"]
        assert "greet" in [command["name"] for command in page.api("commands")["commands"]]
        assert page.api("commands/greet/words?word=le")["words"] == ["lead"]
        generation = lambda: next(row["generation"] for row in page.api("plugins")["plugins"] if row["name"] == "greet")
        assert page.api("reload", {"plugin": "greet"})["done"] and generation() == 2
        assert page.request("/api/v1/reload", {"plugin": "gret"})[0] == 409
        assert page.api("snapshot")["agents"][0]["name"] == "lead"


def test_events_come_as_they_happen_and_can_be_taken_up_again(world, serving):
    with serving(world.script(**HELLO)) as page:
        connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=PATIENCE)
        connection.request("GET", "/api/v1/events?after=0", headers={"Authorization": f"Bearer {page.token}"})
        stream = connection.getresponse()
        assert stream.status == 200 and stream.getheader("Content-Type").startswith("text/event-stream")
        page.api("agents/lead/messages", {"text": "Hello?"})
        seen = []
        for line in iter(stream.readline, b""):
            seen.append(line.decode())
            if "Hello there." in seen[-1] and "agent.said" in "".join(seen[-4:]):
                break
        connection.close()
        assert any(line.startswith("id: ") for line in seen)


def test_strangers_are_refused(world, serving):
    with serving(world.script(**HELLO)) as page:
        for path in ("/", "/api/v1/agents", "/api/v1/events", "/assets/page.js"):
            assert page.request(path, token=None)[0] == 401
            assert page.request(path, token="wrong")[0] == 401
            assert page.request(path, Host="evil.example")[0] in (403, 421)
            assert page.request(path, Host=f"evil.example:{page.port}")[0] in (403, 421)
        message = {"text": "Do something."}
        assert page.request("/api/v1/agents/lead/messages", message, token=None)[0] in (401, 403)
        assert page.request("/api/v1/agents/lead/messages", message, Origin="http://evil.example")[0] == 403
        assert page.api("signals?after=0")["signals"][-1]["type"] != "user.said"
        assert page.request(f"/?token={page.token}", token=None)[0] == 303
        assert page.request("/api/v1/nothing")[0] == 404
        assert page.request("/api/v1/agents/nobody/messages", message)[0] == 404


@pytest.mark.parametrize("wanted", ["latest by its word", "latest", "by id", "by id, joined"])
def test_a_session_is_resumed_on_the_page(world, serving, wanted):
    model = world.script(**HELLO)
    world.ask(model)
    id = world.run("sessions", "--json").json[0]["id"][:20]
    flags = {
        "latest by its word": ["--resume", "latest"], "latest": ["--resume"], "by id": ["--resume", id],
        "by id, joined": [f"--resume={id}"]}
    with serving(model, *flags[wanted]) as page:
        page.api("agents/lead/messages", {"text": "And?"})
        said = lambda: [told["data"]["text"] for told in page.api("signals?after=0")["signals"] if told["type"] == "agent.said"]
        eventually(lambda: said() == ["Hello there.", "Once more."], "the lead goes on")


def test_term_while_an_agent_works_leaves_nothing_running(world):
    gate = world.gate()
    world.plugin("roles/lead.lua", 'return { api = 1, description = "x", prompt = "lead", tools = { "shell" } }\n')
    model = world.script(roles={"lead": [call("shell", command="read x < gate; sleep 1000")]})
    with world.started("serve", "--port", "0", "--no-open", "--model", model, "--permissions", "full") as process:
        page = Page(process)
        page.api("agents/lead/messages", {"text": "Begin."})
        gate.open()
        process.terminate()
        assert process.wait(PATIENCE) == 0
    eventually(lambda: not world.processes(), "the command's processes end")


def test_connections_that_the_system_has_no_room_for_are_served_when_it_has(world, serving):
    with serving(world.script(**HELLO)) as page, contextlib.ExitStack() as connections:
        pid = page.process.pid
        limit = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(int(name) for name in os.listdir(f"/proc/{pid}/fd")) + 16, limit[1]))
        readers = []
        for _ in range(40):
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", page.port), timeout=PATIENCE))
            connection.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode())
            readers.append(connection)
        # The first that are taken are answered: once all that fit in are, the others still wait.
        eventually(lambda: not waits(readers[0]), "the first is answered")
        assert waits(readers[-1]), "there was room for all"
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
        assert all(connection.recv(12) == b"HTTP/1.1 401" for connection in readers)


def waits(connection):
    """Whether nothing has come yet."""
    connection.setblocking(False)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(PATIENCE)
