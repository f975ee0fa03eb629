"""The same session against servers that speak each vendor's dialect: `llmock`, which nobody here wrote, and streams played back in
awkward pieces."""

import json

import pytest
from llmock.scenarios import Reply, ToolCall

from streams import cut, events, playing

DIALECTS = {
    "openai": "openai:gpt-4o", "anthropic": "anthropic:claude-sonnet-4-5", "google": "google:gemini-2.5-pro",
    "cohere": "cohere:command-r-plus-08-2024", "openai-responses": "responses:gpt-4o",
}
KEYS = {"cohere": "CO_", "openai-responses": "OPENAI"}


@pytest.fixture(params=DIALECTS)
def model(request, world, llmock):
    """A model of each dialect. llmock says only what a test told it to say."""
    llmock.tool_mode("off")
    vendor = KEYS.get(request.param, request.param.upper())
    world.environment |= {key: value for key, value in llmock.env().items() if key.startswith(vendor)}
    if request.param == "openai-responses":
        world.settings(f"""[provider.endpoints.responses]
            url = "{llmock.base_url()}"
            dialect = "openai-responses"
            key_env = "OPENAI_API_KEY"
            """)
    return DIALECTS[request.param]


def work(world, model, prompt="Begin.", *flags, preset="full"):
    return world.stream(model, prompt, "--role", "concierge", "--permissions", preset, *flags)


def results_sent(llmock):
    """The texts of tool results in the last request, in order, whatever the dialect."""
    body, texts = llmock.last_request.body, []
    for message in body.get("messages", []):
        if message["role"] == "tool" and isinstance(message["content"], list):
            texts += [value for part in message["content"] for value in part["document"]["data"].values()]
        elif message["role"] == "tool":
            texts.append(message["content"])
        elif isinstance(message.get("content"), list):
            texts += [part["content"] for part in message["content"] if part["type"] == "tool_result"]
    for content in body.get("contents", []):
        results = [part["functionResponse"]["response"] for part in content["parts"] if "functionResponse" in part]
        texts += [value for result in results for value in result.values()]
    texts += [item["output"] for item in body.get("input", []) if item["type"] == "function_call_output"]
    return texts


def names_offered(llmock):
    """The names of the tools in the last request, whatever the dialect."""
    tools = llmock.last_request.body["tools"]
    tools = tools[0].get("functionDeclarations", tools)
    return {(tool if "name" in tool else tool["function"])["name"] for tool in tools}


def test_text_and_usage(world, llmock, model):
    llmock.reply("Hello from the other side: ünïcödé ✓.")
    result = world.ask(model, "Begin.", "--output", "json")
    assert result.code == 0, result
    assert result.json["result"] == "Hello from the other side: ünïcödé ✓."
    assert result.json["usage"]["input"] > 100 and result.json["usage"]["output"] > 0
    # An endpoint's prices are not known.
    assert (result.json["cost_usd"] or 0) > 0 or model.startswith("responses:")
    llmock.assert_resilient(strict=True)


def test_the_text_streams(world, llmock, model):
    llmock.reply("one two three four five six")
    result = world.stream(model)
    pieces = [piece["text"] for piece in result.of_type("agent.text.delta")]
    assert len(pieces) > 1 and "".join(pieces) == "one two three four five six"


def test_parallel_tool_calls(world, llmock, model):
    world.write("one.txt", "the first file\n")
    world.write("two.txt", "the second file\n")
    llmock.add(Reply(
        text="I read both.",
        tool_calls=(ToolCall("file_read", {"file_path": "one.txt"}), ToolCall("file_read", {"file_path": "two.txt"}))))
    llmock.reply("Both are read.")
    result = work(world, model)
    assert result.code == 0, result
    assert [done["status"] for done in result.of_type("tool.finished")] == ["ok", "ok"]
    first, second = results_sent(llmock)
    assert "the first file" in first and "the second file" in second
    assert result.signals[-1]["data"]["result"] == "Both are read."
    llmock.assert_resilient(strict=True)


def test_what_the_project_says_reaches_the_model(world, llmock, model):
    world.write("LOOMKIN.md", "Always answer in verse.\n")
    llmock.reply("Very well.")
    world.ask(model, "Say something about rivers.")
    body = json.dumps(llmock.last_request.body)
    assert "Always answer in verse." in body and "Say something about rivers." in body
    assert llmock.last_request.stream
    assert {"file_read", "team_spawn"} <= names_offered(llmock)


def test_broken_arguments_are_told_to_the_model(world, llmock, model):
    llmock.add(Reply(tool_calls=(ToolCall("file_read", {"path": "x"}),)))
    llmock.add(Reply(tool_calls=(ToolCall("file_raed", {"file_path": "x"}),)))
    llmock.reply("I gave up.")
    result = work(world, model)
    assert result.code == 0, result
    assert [done["status"] for done in result.of_type("tool.finished")] == ["error", "error"]
    missing, unknown = results_sent(llmock)
    assert "file_path" in missing and "file_read" in unknown


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_not_tried_again(world, llmock, model, status):
    llmock.fail(status, times=None)
    result = world.ask(model)
    assert (result.code, result.out) == (5, "")
    assert len(llmock.requests) == 1
    assert "Check the API key." in result.err
    assert "llmock-test-key" not in result.err
    llmock.assert_resilient(strict=True)


def test_a_prompt_that_is_too_long_is_tried_once_more_with_less(world, llmock, model):
    llmock.context_overflow(times=None)
    result = world.ask(model)
    assert result.code in (1, 5) and len(llmock.requests) == 2
    assert "context" in result.err


def test_a_rate_limit_is_waited_for_as_long_as_it_says(world, llmock, model):
    llmock.rate_limit(times=1, retry_after=1)
    llmock.reply("At last.")
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "At last."
    assert result.of_type("model.retrying")[0]["delay"] == 1
    assert len(llmock.requests) == 2
    llmock.assert_resilient(strict=True)


def test_an_overloaded_server_is_tried_again(world, llmock, model):
    llmock.fail(503 if "openai" in model else 529)
    llmock.reply("At last.")
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "At last."
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
def test_a_broken_stream_is_begun_again_and_no_side_effect_repeated(world, llmock, model, fault):
    llmock.call_tool("shell", {"command": "echo once >> trace.txt"}, text="I leave a trace of what I do here.")
    getattr(llmock, fault)(after_chunks=4)
    llmock.call_tool("shell", {"command": "echo once >> trace.txt"}, text="I leave a trace of what I do here.")
    llmock.reply("Traced, and that was all there was to do.")
    result = work(world, model)
    assert result.code == 0, result
    assert len(llmock.requests) == 3
    assert world.read("trace.txt") == "once\n"
    llmock.assert_resilient(strict=fault != "corrupt")


def test_a_stream_cut_after_an_effect_does_not_repeat_it(world, llmock, model):
    llmock.call_tool("shell", {"command": "echo once >> trace.txt"})
    llmock.add(Reply(text="Traced, and that was all there was to do.", times=2))
    with world.started(
        "run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        signals = []
        for line in process.stdout:
            signals.append(json.loads(line))
            # A fault strikes the next stream, so it is put there when the call's own stream has ended.
            if signals[-1]["type"] == "tool.started":
                llmock.disconnect(after_chunks=3)
        assert process.wait() == 0
    assert [told["type"] for told in signals].count("model.retrying") == 1
    assert [told["type"] for told in signals].count("tool.started") == 1
    assert world.read("trace.txt") == "once\n"
    assert signals[-1]["data"]["result"] == "Traced, and that was all there was to do."
    llmock.assert_resilient(strict=True)


def test_a_server_that_is_down_is_given_up_after_some_tries(world, llmock, model):
    llmock.fail(503, times=None, retry_after=0.01)
    result = world.stream(model)
    assert result.code == 5
    assert 2 < len(llmock.requests) <= 10
    llmock.assert_resilient(strict=True)


def test_a_stalled_stream_can_be_left(world, llmock, model):
    llmock.stall(after_chunks=3, seconds=20).reply("one two three four five six")
    result = world.stream(model, "Begin.", "--timeout", "1")
    assert result.code == 3
    assert result.signals[-1]["data"]["outcome"] == "limit"


def test_a_stalled_stream_is_tried_again(world, llmock, model):
    llmock.tool_mode("off").stall(after_chunks=3, seconds=20, times=1).reply("one two three four five six", times=2)
    world.write(".loomkin.toml", "[limits]\nstall_seconds = 1\n")
    result = world.stream(model)
    assert (result.code, result.signals[-1]["data"]["result"]) == (0, "one two three four five six")
    (retry,) = result.of_type("model.retrying")
    assert "stopped sending" in retry["reason"]


def test_an_endpoint_of_ones_own(world, llmock):
    llmock.tool_mode("off").reply("Hello from the house next door.")
    world.settings(f'[provider.endpoints]\nnextdoor = {{ url = "{llmock.base_url()}", key_env = "NEXTDOOR" }}\n')
    without = world.ask("nextdoor:any-model")
    assert without.code == 5 and "NEXTDOOR" in without.err
    result = world.ask("nextdoor:any-model", env={"NEXTDOOR": "a-key-of-my-own"})
    assert (result.code, result.out) == (0, "Hello from the house next door.\n")
    assert llmock.last_request.model == "any-model"


def test_a_base_url_of_the_configuration(world, llmock):
    llmock.tool_mode("off").reply("Hello.")
    world.settings(f'[provider.openai]\nbase_url = "{llmock.base_url()}/"\nkey_env = "OTHER_KEY"\n')
    result = world.ask("openai:gpt-4o", env={"OTHER_KEY": "k-1234567890"})
    assert (result.code, result.out) == (0, "Hello.\n")


def test_the_first_key_that_is_set_chooses_the_model(world, llmock):
    llmock.tool_mode("off").reply("Hello.")
    keys = {key: value for key, value in llmock.env().items() if key.startswith("ANTHROPIC")}
    assert world.run("run", "Begin.", env=keys).out == "Hello.\n"
    assert llmock.last_request.model.startswith("claude-")


# Streams as they were recorded, in pieces


def openai_stream():
    def chunk(delta, finish=None, **more):
        return {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}

    def fragment(index, arguments, **opening):
        return {"tool_calls": [{"index": index, "function": {"arguments": arguments, **opening.pop("function", {})}, **opening}]}

    def opening(index, name):
        return fragment(index, "", id=f"call_{index}", type="function", function={"name": name})

    first = events(
        chunk({"role": "assistant", "content": None}), chunk({"content": "Ich lese beide Dateien: "}),
        chunk({"content": "größe.txt, 名前.txt ✓"}),
        # The second call begins before the first is whole.
        chunk(opening(0, "file_read")), chunk(fragment(0, '{"file_pa')), chunk(opening(1, "file_read")),
        chunk(fragment(1, '{"file_path": "名')), chunk(fragment(0, 'th": "größe')),
        chunk(fragment(1, '前.txt"}')), chunk(fragment(0, '.txt"}')),
        chunk({}, "tool_calls"), {"id": "c1", "choices": [], "usage": {"prompt_tokens": 500, "completion_tokens": 25}}, "[DONE]",
        ending="\r\n")
    second = events(
        chunk({"content": "Gelesen."}), chunk({}, "stop"),
        {"id": "c2", "choices": [], "usage": {
            "prompt_tokens": 600, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 400}}},
        "[DONE]")
    return first, second


def anthropic_stream():
    def start(index, **block):
        return {"type": "content_block_start", "index": index, "content_block": block}

    def delta(index, **what):
        return {"type": "content_block_delta", "index": index, "delta": what}

    def message(input, output, stop, *content, cached=0):
        return events(
            {"type": "message_start", "message": {"id": "m", "usage": {
                "input_tokens": input, "output_tokens": 1, "cache_read_input_tokens": cached}}},
            {"type": "ping"}, *content,
            {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": output}},
            {"type": "message_stop"}, names=True, ending="\r\n")

    def tool(index, *fragments):
        return [
            start(index, type="tool_use", id=f"toolu_{index}", name="file_read", input={}),
            *(delta(index, type="input_json_delta", partial_json=fragment) for fragment in fragments),
            {"type": "content_block_stop", "index": index}]

    first = message(
        500, 25, "tool_use",
        start(0, type="text", text=""), delta(0, type="text_delta", text="Ich lese beide Dateien: "),
        delta(0, type="text_delta", text="größe.txt, 名前.txt ✓"), {"type": "content_block_stop", "index": 0},
        *tool(1, "", '{"file_pa', 'th": "größe', '.txt"}'), *tool(2, '{"file_path": "名', '前.txt"}'))
    second = message(
        200, 5, "end_turn", start(0, type="text", text=""), delta(0, type="text_delta", text="Gelesen."),
        {"type": "content_block_stop", "index": 0}, cached=400)
    return first, second


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
@pytest.mark.parametrize("dialect, stream", [("openai", openai_stream), ("anthropic", anthropic_stream)])
def test_a_stream_in_awkward_pieces_is_read_as_a_whole(world, dialect, stream, size):
    world.write("größe.txt", "erste\n")
    world.write("名前.txt", "zweite\n")
    first, second = stream()
    with playing(cut(first, size), cut(second, size)) as server:
        keys = {f"{dialect.upper()}_BASE_URL": server.url, f"{dialect.upper()}_API_KEY": "k-1234567890"}
        result = world.stream(DIALECTS[dialect], env=keys)
    assert result.code == 0, result
    assert result.of_type("agent.said")[0]["text"] == "Ich lese beide Dateien: größe.txt, 名前.txt ✓"
    # They run side by side, so either may begin first.
    assert {begun["arguments"]["file_path"] for begun in result.of_type("tool.started")} == {"größe.txt", "名前.txt"}
    assert [done["status"] for done in result.of_type("tool.finished")] == ["ok", "ok"]
    end = result.signals[-1]["data"]
    assert end["result"] == "Gelesen."
    assert (end["usage"]["input"], end["usage"]["output"], end["usage"]["cache_read"]) == (700, 30, 400)
    sent = json.dumps(server.requests[1], ensure_ascii=False)
    assert "erste" in sent and "zweite" in sent


def test_gemini_s_thinking_goes_back_on_the_parts_it_came_with(world):
    world.write("one.txt", "the first file\n")

    def piece(*parts, **more):
        return {"candidates": [{"content": {"role": "model", "parts": parts}, **more}], "responseId": "r"}

    called = {"functionCall": {"id": "f1", "name": "file_read", "args": {"file_path": "one.txt"}}, "thoughtSignature": "c2ln"}
    first = events(piece({"text": "I should look.", "thought": True}), piece({"text": "I look."}), piece(called, finishReason="STOP"))
    second = events(piece({"text": "Read."}, finishReason="STOP"))
    with playing(cut(first, 7), cut(second, 7)) as server:
        keys = {"GEMINI_BASE_URL": server.url, "GEMINI_API_KEY": "k-1234567890"}
        result = world.stream("google:gemini-3.8-flash", env=keys)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Read.", result
    *_, said, results = server.requests[1]["contents"]
    assert said == {"role": "model", "parts": [{"text": "I look."}, called]}
    answered = results["parts"][0]["functionResponse"]
    assert answered["id"] == "f1" and "the first file" in answered["response"]["output"]
    assert server.paths[0] == "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse"


def test_sealed_thinking_goes_back_before_the_calls_that_followed_it(world):
    world.write("one.txt", "the first file\n")
    sealed = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Look."}], "encrypted_content": "xyz"}
    called = {"type": "function_call", "call_id": "c1", "name": "file_read", "arguments": '{"file_path": "one.txt"}'}
    said = {"type": "message", "content": [{"type": "output_text", "text": "Read."}]}

    def reply(*items):
        done = [{"type": "response.output_item.done", "output_index": index, "item": item} for index, item in enumerate(items)]
        usage = {"input_tokens": 10, "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 3}}
        return events(*done, {"type": "response.completed", "response": {"status": "completed", "usage": usage}}, names=True)

    with playing(cut(reply(sealed, called), 7), cut(reply(said), 7)) as server:
        world.settings(f'[provider.endpoints]\nother = {{ url = "{server.url}/v1", dialect = "openai-responses" }}\n')
        result = world.stream("other:gpt-5")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Read.", result
    assert server.paths == ["/v1/responses"] * 2
    assert server.requests[1]["input"][-3] == sealed
    assert server.requests[1]["input"][-2]["call_id"] == server.requests[1]["input"][-1]["call_id"] == "c1"


def test_an_endpoint_s_dialect_that_nobody_speaks_is_said_with_the_nearest(world):
    world.settings('[provider.endpoints]\nodd = { url = "http://127.0.0.1:9", dialect = "openai-respones" }\n')
    result = world.ask("odd:any")
    assert result.code == 5 and 'did you mean "openai-responses"?' in result.err


# Calls that a model wrote into its text

READ = '{"name": "file_read", "arguments": {"file_path": "one.txt"}}'


def saying(text, size=5):
    """A reply of an endpoint that leaves everything in the text, in deltas of so many characters."""
    def chunk(delta, finish=None):
        return {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    deltas = [chunk({"content": text[start:start + size]}) for start in range(0, len(text), size)]
    usage = {"id": "c", "choices": [], "usage": {"prompt_tokens": 50, "completion_tokens": 5}}
    return cut(events(*deltas, chunk({}, "stop"), usage, "[DONE]"), 11)


@pytest.mark.parametrize("written", [
    f"<tool_call>\n{READ}\n</tool_call>", "<function=file_read>\n<parameter=file_path>\none.txt\n</parameter>\n</function>",
    '[TOOL_CALLS]file_read[ARGS]{"file_path": "one.txt"}', f"<|python_tag|>{READ}", READ.replace('"', "'"),
    f"```json\n{READ}\n```", '<|tool_call_begin|>functions.file_read:0<|tool_call_argument_begin|>{"file_path": "one.txt"}<|tool_call_end|>',
])
def test_a_call_that_an_endpoint_left_in_the_text_is_run(world, written):
    world.write("one.txt", "the first file\n")
    with playing(saying(f"I look.\n{written}"), saying("Read.")) as server:
        world.settings(f'[provider.endpoints]\nhere = {{ url = "{server.url}/v1" }}\n')
        result = world.stream("here:any")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Read.", result
    assert result.of_type("agent.said")[0]["text"].strip() == "I look."
    assert [done["status"] for done in result.of_type("tool.finished")] == ["ok"]
    *_, said, answer = server.requests[1]["messages"]
    assert said["tool_calls"][0]["function"]["name"] == "file_read" and "the first file" in answer["content"]


def test_a_call_that_is_only_spoken_of_is_not_run(world):
    text = f"A model would write\n```json\n{READ}\n```\nand `<tool_call>{READ}</tool_call>` is another way."
    with playing(saying(text)) as server:
        world.settings(f'[provider.endpoints]\nhere = {{ url = "{server.url}/v1" }}\n')
        result = world.stream("here:any")
    assert result.signals[-1]["data"]["result"] == text and not result.of_type("tool.started")


def test_arguments_that_are_no_json_come_back_with_the_schema_and_twice_with_a_grammar(world):
    world.write("one.txt", "the first file\n")
    broken = '<tool_call>{"name": "file_read", "arguments": {"file_path": one.txt}}</tool_call>'
    with playing(saying(broken), saying(broken), saying(f"<tool_call>{READ}</tool_call>"), saying("Read.")) as server:
        world.settings(f'[provider.endpoints]\nhere = {{ url = "{server.url}/v1" }}\n')
        result = world.stream("here:any")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Read.", result
    assert [done["status"] for done in result.of_type("tool.finished")] == ["error", "error", "ok"]
    assert '"file_path"' in server.requests[1]["messages"][-1]["content"]
    assert [request.get("tool_choice") for request in server.requests] == [None, None, "required", None]
