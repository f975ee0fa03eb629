"""What is known of models: the bundled facts, what providers list themselves, and servers on this machine."""

import contextlib
import http.server
import json
import re
import threading

import pexpect
import pytest

from support import REPOSITORY, eventually, say


class Lister(http.server.BaseHTTPRequestHandler):
    """A server that lists its models, answers one word to whoever asks, and knows nothing else."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        self.server.gate.wait(60)
        self.answer(200, {"data": self.server.models} if self.path.endswith("/models") else {})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {"message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}
        self.answer(self.server.status, {"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
                    if self.server.status == 200 else {"error": {"message": "no such model"}})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        # Whoever asked may not have waited.
        with contextlib.suppress(OSError):
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def lister():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lister)
    server.models, server.asked, server.status, server.gate = [], [], 200, threading.Event()
    server.gate.set()
    server.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


def models(world, *flags):
    return {model["name"]: model for model in json.loads(world.run("models", "--json", *flags).out)}


def test_what_a_provider_lists_is_merged_with_what_is_known(world, lister):
    world.environment |= {"GROQ_API_KEY": "gsk-secret-value", "GROQ_BASE_URL": lister.url}
    before = models(world)
    assert "groq:openai/gpt-oss-120b" in before and "groq:qwen/qwen3.8-27b" in before
    lister.models = [
        {"id": "openai/gpt-oss-120b", "context_window": 65536}, {"id": "acme/new-one", "context_window": 1000},
        {"id": "acme/priced", "pricing": {"prompt": "0.000002", "completion": "0.00001"}},
    ]
    after = models(world, "--refresh", "--provider", "groq")
    assert lister.asked == [("/v1/models", "Bearer gsk-secret-value")]
    # The price is ours, the window the server's; what it does not list cannot be had.
    assert after["groq:openai/gpt-oss-120b"]["input_usd"] == 0.15 and after["groq:openai/gpt-oss-120b"]["context"] == 65536
    assert after["groq:acme/new-one"].get("input_usd") is None
    assert after["groq:acme/priced"]["input_usd"] == pytest.approx(2) and after["groq:acme/priced"]["output_usd"] == pytest.approx(10)
    assert "groq:qwen/qwen3.8-27b" not in after
    # It is kept, and the provider is not asked again unless somebody says so.
    assert models(world) == after and len(lister.asked) == 1
    assert "groq:qwen/qwen3.8-27b" in models(world, "--all")
    assert set(models(world, "--provider", "groq", "NEW")) == {"groq:acme/new-one"}


def test_a_provider_that_does_not_answer_is_told_and_the_rest_goes_on(world):
    world.environment |= {"GROQ_API_KEY": "gsk-secret-value", "GROQ_BASE_URL": "http://127.0.0.1:9/v1"}
    done = world.run("models", "--refresh")
    assert done.code == 0 and "groq:" in done.err and "gsk-secret-value" not in done.err
    assert "groq:openai/gpt-oss-120b" in done.out


def test_the_doctor_calls_every_provider_that_is_set_up(world, lister):
    lister.models = [{"id": "small"}]
    world.settings(f'[provider.endpoints.mine]\nurl = "{lister.url}"\n')
    world.environment["OLLAMA_HOST"] = "http://127.0.0.1:9"
    good = world.run("doctor", "--models")
    assert "call mine" in good.out and "mine:small answers" in good.out
    (silent,) = [line for line in good.out.splitlines() if line.startswith("no call")]
    assert "nothing answers here as" in silent and "ollama" in silent and "mine" not in silent
    lister.status = 404
    bad = world.run("doctor", "--models")
    assert bad.code == 1 and "no such model" in bad.out


def test_a_server_on_this_machine_is_offered_where_no_model_is_configured(world, lister):
    lister.models = [{"id": "tiny-coder"}]
    world.environment |= {"LM_STUDIO_BASE_URL": lister.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
    done = world.run("run", "Begin.")
    assert done.code == 5 and "lm_studio:tiny-coder" in done.err
    with world.terminal("--no-page") as child:
        child.expect("1  lm_studio:tiny-coder")
        child.sendline("1")
        child.expect("lm_studio:tiny-coder")
        child.expect("› ")
        child.sendline("hello")
        child.expect("yes")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    with world.terminal("--no-page") as child:
        child.expect("1  lm_studio:tiny-coder")
        child.sendline("-9223372036854775808")
        child.expect("This is the sample session")
        child.expect("lead wants to start 3 agents")
        child.sendline("/quit")
        child.expect(pexpect.EOF)


def test_a_team_gets_another_model_and_so_do_those_who_come(world):
    model = world.script(roles={"lead": [say("Hello.")]})
    done = world.run("chat", "--no-page", "--model", model, input="/model core scripted:other\n/spawn coder ben\n/agents\n")
    assert "core uses scripted:other from the next call on." in done.out
    assert re.findall(r"^(lead|ben) .* (scripted:\S+)$", done.out, re.M)[-2:] == [("lead", "scripted:other"), ("ben", "scripted:other")]


def test_a_model_whose_key_is_missing_says_so_when_it_is_chosen(world):
    model = world.script(roles={"lead": [say("Hello.")]})
    done = world.run("chat", "--no-page", "--model", model, input="/model groq:some-model\n")
    assert "Everybody uses groq:some-model from the next call on. It cannot be asked yet: set GROQ_API_KEY" in " ".join(done.out.split())


def test_the_repl_lists_searches_and_completes_models(world, lister):
    lister.models = [{"id": f"model-{number}"} for number in range(60)]
    world.environment |= {"GROQ_API_KEY": "gsk-secret-value", "GROQ_BASE_URL": lister.url}
    model = world.script(roles={"lead": [say("Hello.")]})
    done = world.run("chat", "--no-page", "--model", model, input="/model\n/model 59\n/model nothing-like-it\n")
    assert "scripted:play" in done.out and "and 20 more: /model TEXT searches" in done.out
    assert "groq:model-59  ? tokens  unpriced" in done.out
    assert "No model that can be used has «nothing-like-it»" in done.out
    with world.terminal("--model", model, "--no-page") as child:
        child.expect("› ")
        child.send("/model groq:model-42\t")
        child.expect("groq:model-42")
        child.sendline("")
        child.sendline("/quit")
        child.expect(pexpect.EOF)


def test_a_provider_that_does_not_list_its_models_holds_up_nothing(world, lister):
    lister.gate.clear()
    world.environment |= {"GROQ_API_KEY": "gsk-secret-value", "GROQ_BASE_URL": lister.url}
    with world.terminal("--model", world.script(roles={"lead": [say("Hello.")]}), "--no-page") as child:
        child.expect("› ")
        child.sendline("/model")
        eventually(lambda: lister.asked, "the provider is asked")
        child.sendline("hello")
        child.expect("Hello.")
        child.sendintr()
        child.expect("stopped")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    assert "does not say which models" not in child.transcript.text


def test_a_model_that_is_taken_away_is_told(world, llmock):
    llmock.tool_mode("off")
    world.environment |= llmock.env()
    llmock.reply("Good day.")
    result = world.stream("anthropic:claude-mythos-preview")
    assert any("was retired on 2026-06-09" in notice["text"] for notice in result.of_type("notice"))


def test_the_page_of_providers_is_what_the_plugins_say(world):
    page = world.run("providers", "--markdown", cwd="/")
    assert page.out == (REPOSITORY / "docs/models.md").read_text(), "run «make api»"
    listed = {entry["name"]: entry for entry in json.loads(world.run("providers", "--json").out)}
    assert listed["google"]["dialect"] == "gemini" and listed["google"]["keys"] == ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
    assert [name for name, entry in listed.items() if entry["sign_in"]] == ["anthropic", "google", "openai"]
    assert listed["ollama"]["local"] and not listed["anthropic"]["usable"]


def test_providers_that_wait_for_the_prompt_come_by_themselves(world):
    world.plugin("plugins/providers/broken.lua", "return {")
    model = world.script(roles={"lead": [say("Here.")]})
    world.settings(f'[model]\ndefault = "{model}"\n')
    with world.terminal("--no-page") as child:
        child.expect("› ")
        child.expect("broken.lua")
        child.sendline("/plugins groq")
        child.expect("live")
        child.sendline("/model groq:openai/gpt-oss-120b")
        child.expect("uses groq:openai/gpt-oss-120b|lead  groq:openai/gpt-oss-120b")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    assert "provider groq" not in child.transcript.text.split("/plugins")[0]
