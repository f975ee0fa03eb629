"""What happens when a model cannot be had, does badly, or may not be asked so often."""

import pexpect
import pytest

from recorder import document, recorder, stream
from streams import events
from support import call, eventually, say


def notices(result):
    return [notice["text"] for notice in result.of_type("notice")]


def test_another_model_goes_on_when_one_cannot_be_had(world):
    first = world.script("first", roles={"lead": [{"error": {"kind": "quota", "message": "The account is empty."}}]})
    second = world.script("second", roles={"lead": [say("I took over.")]})
    world.settings(f'[model.fallback]\n"{first}" = ["{second}"]\n')
    result = world.stream(first)
    assert result.code == 0, result
    assert result.signals[-1]["data"]["result"] == "I took over."
    (replaced,) = result.of_type("model.replaced")
    assert (replaced["from"], replaced["to"], replaced["reason"]) == (first, second, "The account is empty.")
    # One failure is no failure when somebody else took over.
    assert not result.of_type("model.failed")


def test_a_mistake_of_ours_is_not_taken_to_another_model(world):
    first = world.script("first", roles={"lead": [{"error": {"kind": "invalid", "message": "No such field."}}]})
    second = world.script("second", roles={"lead": [say("I took over.")]})
    world.settings(f'[model.fallback]\n"{first}" = ["{second}"]\n')
    result = world.stream(first)
    assert result.code != 0 and not result.of_type("model.replaced")


def test_who_fails_twice_goes_on_with_the_next_model(world):
    refusal = {"text": "I can't do that.", "stop": "refusal"}
    weak = world.script("weak", roles={"lead": [refusal, refusal, say("Still weak.")]})
    strong = world.script("strong", roles={"lead": [say("one"), say("two"), say("Strong words.")]})
    world.settings(f'[model]\ndefault = "{weak}"\nescalation = ["default", "{strong}"]\n')
    done = world.run("chat", "--no-page", input="Go.\nAgain.\nAnd again.\n")
    assert "goes on with scripted:strong: two turns in a row did not succeed with scripted:weak" in done.out, done
    assert "Still weak." not in done.out


def test_a_prompt_that_is_too_long_is_asked_again_once_with_less(world):
    model = world.script(roles={"lead": [
        {"error": {"kind": "context_too_long", "message": "Too long.", "times": 1}, "text": "That fitted."}]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "That fitted."
    assert any("asks again with a smaller window" in text for text in notices(result))
    assert not result.of_type("model.failed")


THOUGHT = events(
    {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Let me see."}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "SEAL"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t1", "name": "directory_list", "input": {}}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}}, {"type": "message_stop"}, names=True)
ANSWER = events(
    {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Done."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}, names=True)
REFUSED = document({"type": "error", "error": {
    "type": "invalid_request_error",
    "message": "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation."}}, 400)


def test_thoughts_that_are_no_longer_taken_are_left_out(world):
    # Claude takes its thoughts back only in the conversation as it was, and prompts change here while agents work.
    with recorder(stream(THOUGHT), REFUSED, stream(THOUGHT.replace(b"SEAL", b"NEXT").replace(b'"t1"', b'"t2"')), stream(ANSWER)) as server:
        world.environment |= {"ANTHROPIC_API_KEY": "sk-test-key-value", "ANTHROPIC_BASE_URL": server.url}
        result = world.stream("anthropic:claude-sonnet-5-5", "Begin.", "--permissions", "full")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Done.", result
    seals = [[block["signature"] for message in asked.json["messages"] for block in message["content"] if block["type"] == "thinking"]
             for asked in server.asked]
    # What was thought since is sent again, what was refused is not.
    assert seals == [[], ["SEAL"], [], ["NEXT"]]
    assert [asked.json["thinking"]["block_binding"] for asked in server.asked] == [{"prefix_mismatch_behavior": "drop_block"}] * 4
    assert server.asked[0].headers["anthropic-beta"] == "thinking-binding-controls-2026-08-01"
    assert any("asks again without what it thought before" in text for text in notices(result))
    assert not result.of_type("model.failed")


def test_thoughts_are_refused_once_and_no_more(world):
    with recorder(stream(THOUGHT), REFUSED, REFUSED) as server:
        world.environment |= {"ANTHROPIC_API_KEY": "sk-test-key-value", "ANTHROPIC_BASE_URL": server.url}
        result = world.stream("anthropic:claude-sonnet-5-5", "Begin.", "--permissions", "full")
    assert result.code == 1 and [failed["kind"] for failed in result.of_type("model.failed")] == ["thinking_refused"]
    assert len(server.asked) == 3


def test_limits_of_a_provider_hold_calls_back(world):
    world.settings("[provider.scripted]\nrequests_per_minute = 2\n")
    # Three calls in a minute where two may go: the third waits half a minute, or until somebody has enough of it.
    model = world.script(roles={"lead": [call("directory_list"), call("directory_list"), say("Done.")]})
    with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
        for line in process.stdout:
            if '"type":"model.held"' in line:
                break
        else:
            raise AssertionError("nothing was held back")
    assert '"seconds":' in line


def test_a_budget_that_is_used_up_is_a_question(world, llmock):
    llmock.tool_mode("off")
    world.environment |= llmock.env()
    llmock.reply("Good day.")
    world.settings("[budget]\nsession_usd = 0.0000001\n")
    with world.terminal("--model", "openai:gpt-4o", "--no-page") as child:
        child.expect("› ")
        child.sendline("hello")
        child.expect("Raise it by")
        child.expect(r"\[n\]o \(Enter\)")
        child.sendline("")
        child.expect("does not allow another call")
        # It was answered: the same budget does not ask again.
        child.sendline("hello")
        child.expect("does not allow another call")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    assert child.transcript.text.count("Raise it by") == 1
