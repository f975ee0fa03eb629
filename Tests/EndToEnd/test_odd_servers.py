"""Servers that keep to their protocol only nearly, as proxies and young servers do."""

import pytest

from streams import events, playing
from test_wire import served

READ = {"file_path": "notes.txt"}


# Anthropic's Messages

def message(*blocks, stop="end_turn"):
    return [
        {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": {"input_tokens": 9, "output_tokens": 1}}},
        *blocks,
        {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]


def spoken(text):
    return [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
    ]


SAID = message(*spoken("All is well."))
# Its start has no `input`.
CALLED = message(
    {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t1", "name": "file_read"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"file_path": "no'}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": 'tes.txt"}'}},
    {"type": "content_block_stop", "index": 0}, stop="tool_use")
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
WHOLE = {
    "id": "m", "type": "message", "role": "assistant", "model": "claude", "content": [{"type": "text", "text": "All is well."}],
    "stop_reason": "end_turn", "usage": {"input_tokens": 9, "output_tokens": 5},
}


# Chat completions

def chunk(delta=None, finish=None, **more):
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": choices, **more}


USAGE = {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14}
CHAT_SAID = [chunk({"role": "assistant", "content": None}), chunk({"content": "All is well."}), chunk({}, "stop")]
CHAT_CALLED = [
    chunk({"role": "assistant", "content": None, "tool_calls": [
        {"index": 0, "id": "t1", "type": "function", "function": {"name": "file_read", "arguments": '{"file_path": '}}]}),
    chunk({"content": None, "tool_calls": [{"index": 0, "function": {"arguments": '"notes.txt"}'}}]}), chunk({}, "tool_calls"), "[DONE]",
]
CHAT_WHOLE = {
    "id": "c", "object": "chat.completion", "model": "m", "usage": USAGE,
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "All is well."}, "finish_reason": "stop"}],
}

REPLIES = {
    "no event lines": ("anthropic", [[events(*SAID)]]),
    "[DONE] where none belongs": ("anthropic", [[events(*SAID, "[DONE]", names=True)]]),
    "a call without its input": ("anthropic", [[events(*CALLED, names=True)], [events(*SAID, names=True)]]),
    "an error behind HTTP 200": ("anthropic", [[events(OVERLOADED, names=True)], [events(*SAID, names=True)]]),
    "an error in the middle": ("anthropic", [[events(*SAID[:3], OVERLOADED, names=True)], [events(*SAID, names=True)]]),
    "a message where a stream was asked for": ("anthropic", [WHOLE]),
    "content that is null": ("openai-chat", [[events(*CHAT_CALLED)], [events(*CHAT_SAID, "[DONE]")]]),
    "usage in a chunk of its own, at the end": ("openai-chat", [[events(*CHAT_SAID, chunk(usage=USAGE), "[DONE]")]]),
    "no [DONE]": ("openai-chat", [[events(*CHAT_SAID, chunk(usage=USAGE))]]),
    "a chat error behind HTTP 200": (
        "openai-chat", [[events({"error": {"message": "try later", "type": "server_error"}})], [events(*CHAT_SAID, "[DONE]")]]),
    "a completion where a stream was asked for": ("openai-chat", [CHAT_WHOLE]),
}


@pytest.mark.parametrize("oddity", REPLIES)
def test_an_odd_answer_is_taken_for_what_it_means(world, oddity):
    dialect, replies = REPLIES[oddity]
    world.write("notes.txt", "Buy milk.\n")
    with playing(*replies) as server:
        result = world.stream(served(world, dialect, server.url), "Begin.")
    assert (result.code, result.signals[-1]["data"]["result"]) == (0, "All is well."), result
    assert len(server.requests) == len(replies)
    if "call" in oddity or "null" in oddity:
        assert "Buy milk." in str(server.requests[1])
    elif "error" in oddity:
        assert len(result.of_type("model.retrying")) == 1
    if dialect == "anthropic" or "usage" in oddity or "completion" in oddity:
        usage = result.signals[-1]["data"]["usage"]
        assert usage["input"] == 9 * (2 if "call" in oddity else 1) and usage["output"] >= 5, usage
