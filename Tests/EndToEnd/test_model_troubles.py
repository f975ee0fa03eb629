"""What happens when a model cannot be had, does badly, or may not be asked so often."""

import pexpect
import pytest

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
