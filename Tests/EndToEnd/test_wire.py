"""What goes over the wire: requests by the vendors' own typed libraries, conversations that begin with one vendor and go on with
another, and streams that a vendor recorded for its own library."""

import json
import pathlib
import random
import sys
import tarfile

import pytest
from anthropic.types.beta.message_create_params import MessageCreateParamsStreaming as BetaParams
from anthropic.types.message_create_params import MessageCreateParamsStreaming
from cohere.types import ChatMessageV2, ToolV2
from google.genai import types as gemini
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from perplexity.generated import api as perplexity
from pydantic import TypeAdapter

from strict import adapter, check_model
from streams import events, playing

# How each dialect says one word.
USAGE = {"input_tokens": 5, "output_tokens": 1}
WORD = {
    "anthropic": events(
        {"type": "message_start", "message": {"usage": USAGE}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Done."}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}, names=True),
    "openai-chat": events(
        {"choices": [{"delta": {"content": "Done."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
        "[DONE]"),
    "openai-responses": events(
        {"type": "response.output_text.delta", "output_index": 0, "delta": "Done."},
        {"type": "response.completed", "response": {"status": "completed", "usage": USAGE}}, names=True),
    "gemini": events({
        "candidates": [{"content": {"parts": [{"text": "Done."}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1}}),
    "cohere": events(
        {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Done."}}}},
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": USAGE}}}, names=True),
}


def served(world, dialect, url):
    """A model of the dialect at the address."""
    if dialect == "anthropic":
        world.environment |= {"ANTHROPIC_API_KEY": "sk-test-key-value", "ANTHROPIC_BASE_URL": url}
        return "anthropic:claude-sonnet-5-5"
    if dialect == "gemini":
        world.environment |= {"GEMINI_API_KEY": "test-key-value", "GEMINI_BASE_URL": url}
        return "google:gemini-3.8-flash"
    if dialect == "cohere":
        world.environment |= {"COHERE_API_KEY": "test-key-value", "CO_API_URL": url}
        return "cohere:command-a-plus-05-2026"
    world.settings(f'[provider.endpoints.there]\nurl = "{url}/v1"\ndialect = "{dialect}"\n')
    return "there:gpt-6.1-sol"


def check(dialect, body):
    """Refuses a request that the vendor's own library would not type."""
    if dialect == "anthropic":
        # What the newest models need is in the library's types for what is not for everybody yet.
        adapter(BetaParams if "block_binding" in body.get("thinking", {}) else MessageCreateParamsStreaming).validate_python(body)
    elif dialect == "openai-chat":
        adapter(CompletionCreateParamsStreaming).validate_python(body)
    elif dialect == "openai-responses":
        adapter(ResponseCreateParamsStreaming).validate_python(body)
    elif dialect == "gemini":
        known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "cachedContent"}
        assert set(body) <= known
        for content in body["contents"] + [body["systemInstruction"]]:
            gemini.Content.model_validate(content)
        for tool in body["tools"]:
            gemini.Tool.model_validate(tool)
        gemini.GenerationConfig.model_validate(body.get("generationConfig", {}))
    else:
        assert body["stream"] is True
        for message in body["messages"]:
            TypeAdapter(ChatMessageV2).validate_python(message)
        for tool in body["tools"]:
            ToolV2.model_validate(tool)


# Conversations

WORDS = ["plain", "ünïcödé ✓", '"quoted" \\ back', "two\nlines", "<b>&amp;</b>", "emoji 🧵", "tab\there", "trailing "]


def conversation(seed):
    """Steps of a script that says, thinks and calls at random, and what that is as a list."""
    dice = random.Random(seed)
    steps, wanted = [], [("user", "Begin.")]
    for number in range(dice.randint(3, 6)):
        step, text = {}, None
        if dice.random() < 0.5:
            step["thinking"] = dice.choice(WORDS)
        if dice.random() < 0.7:
            text = f"{number} {dice.choice(WORDS)}".strip()
            step["text"] = text
        paths = [f"{dice.choice(WORDS)}-{number}-{index}" for index in range(dice.randint(1, 3))]
        step["calls"] = [["file_search", {"pattern": path, "path": "."}] for path in paths]
        steps.append(step)
        if text:
            wanted.append(("say", text))
        wanted += [("call", {"pattern": path, "path": "."}) for path in paths]
        wanted += [("result", None)] * len(paths)
    steps.append({"text": "That was all."})
    return steps, wanted + [("say", "That was all."), ("user", "Go on.")]


def read(dialect, body):
    """The conversation in a request: the same list, with results in the order of their calls."""
    found, open_calls = [], []

    def call(name, arguments, id_):
        open_calls.append(id_)
        found.append(("call", arguments))
        assert name == "file_search"

    def result(id_):
        assert id_ == open_calls.pop(0), "results stand in the order of their calls, under their ids"
        found.append(("result", None))

    if dialect == "anthropic":
        for message in body["messages"]:
            for block in message["content"]:
                match block["type"]:
                    case "text": found.append(("user" if message["role"] == "user" else "say", block["text"]))
                    case "tool_use": call(block["name"], block["input"], block["id"])
                    case "tool_result": result(block["tool_use_id"])
                    case other: raise AssertionError(other)
    elif dialect == "openai-chat":
        for message in body["messages"][1:]:
            if message["role"] == "tool":
                result(message["tool_call_id"])
                continue
            if message["content"]:
                found.append(("user" if message["role"] == "user" else "say", message["content"]))
            for made in message.get("tool_calls", []):
                call(made["function"]["name"], json.loads(made["function"]["arguments"]), made["id"])
    elif dialect == "openai-responses":
        for item in body["input"]:
            match item.get("type", "message"):
                case "message":
                    content = item["content"]
                    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
                    found.append(("user" if item["role"] == "user" else "say", text))
                case "function_call": call(item["name"], json.loads(item["arguments"]), item["call_id"])
                case "function_call_output": result(item["call_id"])
                case other: raise AssertionError(other)
    elif dialect == "gemini":
        for content in body["contents"]:
            for part in content["parts"]:
                if "text" in part:
                    found.append(("user" if content["role"] == "user" else "say", part["text"]))
                elif "functionCall" in part:
                    made = part["functionCall"]
                    call(made["name"], made.get("args", {}), made.get("id"))
                elif "functionResponse" in part:
                    result(part["functionResponse"].get("id"))
    else:
        for message in body["messages"][1:]:
            if message["role"] == "tool":
                result(message["tool_call_id"])
                continue
            content = message.get("content") or ""
            text = content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
            if text or message.get("tool_plan"):
                found.append(("user" if message["role"] == "user" else "say", text or message["tool_plan"]))
            for made in message.get("tool_calls") or []:
                call(made["function"]["name"], json.loads(made["function"]["arguments"]), made["id"])
    return found


@pytest.mark.parametrize("dialect", WORD)
@pytest.mark.parametrize("seed", range(3))
def test_a_conversation_goes_on_with_another_vendor_without_loss(world, dialect, seed):
    steps, wanted = conversation(seed)
    first = world.run(
        "chat", "--no-page", "--model", world.script(roles={"lead": steps}), "--permissions", "full", input="Begin.\n")
    assert "That was all." in first.out, first
    with playing([WORD[dialect]]) as server:
        model = served(world, dialect, server.url)
        second = world.run("chat", "--no-page", "--resume", "--model", model, input="Go on.\n")
        assert "Done." in second.out, second
    (body,) = server.requests
    check(dialect, body)
    assert read(dialect, body) == wanted, f"seed {seed}"


# How a model is asked

TUNED = """
return {
  api = 1,
  description = "is asked in a way of its own",
  prompt = "coder",
  tools = { "file_read" },
  model_settings = { effort = "low", temperature = 0.5, top_p = 0.9, tool_choice = "required", max_output_tokens = 321, stop = { "END" } },
}
"""


@pytest.mark.parametrize("dialect", WORD)
def test_the_settings_of_a_role_reach_the_model(world, dialect):
    world.plugin("roles/tuned.lua", TUNED)
    with playing([WORD[dialect]]) as server:
        result = world.stream(served(world, dialect, server.url), "Begin.", "--role", "tuned")
    assert result.code == 0, result
    (body,) = server.requests
    check(dialect, body)
    text = json.dumps(body)
    # Claude's newest models always think, and whoever thinks can't be made to call a tool.
    is_made = "required" in json.dumps(body.get("tool_choice", "")).lower() or '"ANY"' in text
    assert "321" in text and is_made == (dialect != "anthropic")
    # The Responses API has no stop; neither its models that reason nor Claude's and Gemini's present ones take a temperature.
    assert ("END" in text) == (dialect != "openai-responses")
    assert ("0.5" in text) == (dialect in ("openai-chat", "cohere"))


@pytest.mark.parametrize("model, dialect, wanted, sent", [
    ("openai:gpt-5.4", "openai-chat", "none", {"reasoning_effort": "none"}),
    ("openai:gpt-6.1-sol", "openai-chat", "none", {"reasoning_effort": "low"}),
    # Of two words as near the higher one.
    ("moonshot:kimi-k3", "openai-chat", "medium", {"reasoning_effort": "high"}),
    ("google:gemini-3.7-flash", "gemini", "none", {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "low"}}),
    ("anthropic:claude-sonnet-5-5", "anthropic", "none", {"output_config": {"effort": "low"}}),
])
def test_a_model_is_told_in_a_word_it_knows_how_much_to_think(world, model, dialect, wanted, sent):
    world.plugin("roles/tuned.lua", TUNED.replace('"low"', f'"{wanted}"').replace('"required"', '"auto"'))
    with playing([WORD[dialect]]) as server:
        for name in ("OPENAI", "MOONSHOT", "GEMINI", "ANTHROPIC"):
            world.environment |= {f"{name}_API_KEY": "test-key-value", f"{name}_BASE_URL": server.url}
        assert world.ask(model, "Begin.", "--role", "tuned").code == 0
    (body,) = server.requests
    told = body.get("generationConfig", body)
    assert {key: told.get(key) for key in sent} == sent


@pytest.mark.parametrize("model, paths", [
    ("azure:gpt-5.3-codex", ["/openai/v1/responses"]),
    ("azure:gpt-5.4", ["/openai/deployments/gpt-5.4/chat/completions?api-version=2024-10-21"]),
    ("github_copilot:gpt-6.1-sol", ["/responses"]),
    ("github_copilot:claude-sonnet-5.5", ["/chat/completions"]),
])
def test_a_model_is_asked_by_the_api_that_serves_it(world, model, paths):
    dialect = "openai-responses" if paths[0].endswith("responses") else "openai-chat"
    with playing([WORD[dialect]]) as server:
        world.environment |= {
            "AZURE_OPENAI_API_KEY": "test-key-value", "AZURE_OPENAI_ENDPOINT": server.url, "GITHUB_COPILOT_TOKEN": "gho_test_value",
            "GITHUB_COPILOT_BASE_URL": server.url}
        assert world.ask(model).code == 0
    assert server.paths == paths
    check(dialect, server.requests[0])


def test_perplexity_is_asked_as_its_own_library_would_ask(world):
    called = {"id": "i1", "type": "function_call", "status": "completed", "call_id": "c1", "name": "directory_list", "arguments": "{}",
              "thought_signature": "c2VhbA=="}
    response = {"id": "r", "created_at": 1, "model": "perplexity/sonar", "object": "response", "output": [], "status": "completed"}
    cached = {"cache_creation_input_tokens": 100, "cache_read_input_tokens": 300}
    usage = {"input_tokens": 1000, "output_tokens": 20, "total_tokens": 1020, "input_tokens_details": cached}
    replies = [
        [{"type": "response.output_item.added", "output_index": 0, "item": called | {"arguments": "", "status": "in_progress"}},
         {"type": "response.output_item.done", "output_index": 0, "item": called},
         {"type": "response.completed", "response": response | {"status": "requires_action", "usage": usage}}],
        [{"type": "response.output_text.delta", "content_index": 0, "item_id": "i2", "output_index": 0, "delta": "Done."},
         {"type": "response.completed", "response": response | {"usage": usage}}],
    ]
    numbered = [[event | {"sequence_number": number} for number, event in enumerate(reply)] for reply in replies]
    kinds = {"added": perplexity.OutputItemAddedEventOutput, "done": perplexity.OutputItemDoneEventOutput,
             "delta": perplexity.TextDeltaEventOutput, "completed": perplexity.ResponseCompletedEventOutput}
    for event in sum(numbered, []):
        kinds[event["type"].rsplit(".", 1)[1]].model_validate(event)
    with playing(*([events(*reply, names=True)] for reply in numbered)) as server:
        world.environment |= {"PERPLEXITY_API_KEY": "pplx-test-value", "PERPLEXITY_BASE_URL": server.url}
        done = world.ask("perplexity:perplexity/sonar", "Begin.", "--permissions", "full", "--output", "json")
    assert done.code == 0 and done.json["result"] == "Done.", done
    assert server.paths == ["/v1/responses"] * 2
    for body in server.requests:
        check_model(perplexity.ResponsesResponseCreateParamsStreaming, body)
    sent, result = server.requests[1]["input"][-2:]
    assert sent["thought_signature"] == called["thought_signature"] and result["name"] == "directory_list"
    assert done.json["usage"]["cache_read"] == 600 and done.json["usage"]["cache_write"] == 200


# Recorded streams

SOURCES = pathlib.Path(sys.prefix) / "sources"


def recorded():
    """The streams that Anthropic recorded to test its own library with."""
    (archive,) = SOURCES.glob("anthropic-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = [name for name in tar.getnames() if "/fixtures/" in name and name.endswith((".sse", "_response.txt"))]
        return {name.rsplit("/", 1)[1]: tar.extractfile(name).read() for name in sorted(names)}


RECORDED = recorded()


def test_there_are_as_many_recorded_streams_as_there_were():
    assert len(RECORDED) >= 19


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_stream_is_read_or_refused_cleanly(world, name):
    stream = RECORDED[name]
    told = [json.loads(line[5:]) for line in stream.decode().splitlines() if line.startswith("data:") and line[5:].strip().startswith("{")
            and is_json(line[5:])]
    text = "".join(event["delta"].get("text", "") for event in told
                   if event.get("type") == "content_block_delta" and event["delta"].get("type") == "text_delta")
    # A reply that calls a tool is followed by one more request.
    with playing([stream], [WORD["anthropic"]], [WORD["anthropic"]]) as server:
        model = served(world, "anthropic", server.url)
        result = world.stream(model, "Begin.", "--max-turns", "2", "--permissions", "read-only")
    assert result.code in (0, 1, 3, 4, 5), result
    said = "".join(delta["text"] for delta in result.of_type("agent.text.delta"))
    assert said.startswith(text) or text in said, name
    finished = result.of_type("model.finished")
    usage = [event["usage"] for event in told if event.get("type") == "message_delta" and event.get("usage")]
    if finished and usage and "output_tokens" in usage[-1]:
        assert finished[0]["usage"]["output"] == usage[-1]["output_tokens"]


def is_json(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
