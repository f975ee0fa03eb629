"""The ledger: what model calls used and cost, by what they were for."""

import json

import pytest

from streams import events, playing
from support import call, say
from test_serve import Page


@pytest.fixture
def paid(world, llmock):
    """A session of a model with a price, and one of a model without."""
    llmock.tool_mode("off")
    world.environment |= llmock.env()
    llmock.reply("Good day.")
    first = world.ask("openai:gpt-4o", "Begin.", "--output", "json")
    assert first.code == 0, first
    unpriced = world.script(roles={"lead": [call("directory_list"), say("Done.")]})
    assert world.stream(unpriced, "Begin.", "--permissions", "full").code == 0
    return world, first.json


def report(world, *flags):
    return json.loads(world.run("cost", "--json", *flags).out)


def test_calls_are_grouped_by_model_and_no_price_is_not_no_cost(paid):
    world, first = paid
    whole = report(world)
    rows = {row["name"]: row for row in whole["rows"]}
    assert set(rows) == {"openai:gpt-4o", "scripted:play"}
    assert rows["openai:gpt-4o"]["cost_usd"] == pytest.approx(first["cost_usd"]) and rows["openai:gpt-4o"]["unpriced"] == 0
    assert rows["scripted:play"]["unpriced"] == rows["scripted:play"]["calls"] > 0
    assert whole["total"]["calls"] == sum(row["calls"] for row in rows.values())
    text = world.run("cost").out
    assert "unpriced" in text and "total" in text


def test_the_price_is_right_to_the_cent(paid):
    world, first = paid
    ((row,),) = [[row for row in report(world)["rows"] if row["name"] == "openai:gpt-4o"]]
    facts = {fact["name"]: fact for fact in json.loads(world.run("models", "--all", "--json").out)}["openai:gpt-4o"]
    usage = row["usage"]
    wanted = (usage["input"] * facts["input_usd"] + usage["output"] * facts["output_usd"] + usage["cache_read"] * facts["cache_read_usd"]) / 1e6
    assert row["cost_usd"] == pytest.approx(wanted)
    # What was paid stays what it was when prices change: the row has its own.
    ((price,),) = world.rows("SELECT price FROM model_call WHERE model = 'openai:gpt-4o'")
    assert json.loads(price)["input"] == facts["input_usd"]


@pytest.mark.parametrize("group, names", [
    ("agent", {"lead"}), ("team", {"core"}), ("purpose", {"turn"}),
])
def test_other_groups(paid, group, names):
    world, _ = paid
    assert {row["name"] for row in report(world, "--by", group, "--session", "latest")["rows"]} == names


def test_sessions_and_days(paid):
    world, _ = paid
    assert len(report(world, "--by", "session")["rows"]) == 2
    (day,) = report(world, "--by", "day")["rows"]
    assert report(world, "--since", day["name"])["total"]["calls"] > 0
    assert report(world, "--since", "2200-01-01")["rows"] == []


def test_a_mistake_is_told(world):
    assert world.run("cost").out.strip() == "No model was called yet."
    wrong = world.run("cost", "--by", "colour")
    assert wrong.code == 2 and "use one of agent, team" in wrong.err
    assert world.run("cost", "--since", "yesterday").code == 2


def test_the_repl_tells_it_by_group(world):
    model = world.script(roles={"lead": [say("Hello.")]})
    done = world.run("chat", "--no-page", "--model", model, input="hi\n/cost model\n/cost colour\n")
    assert "scripted:play" in done.out and "without a known price" in done.out
    assert "/cost" in done.out.split("scripted:play")[-1]


def test_what_gemini_had_in_its_cache_is_counted_and_shown_everywhere(world):
    # Gemini counts what it had among the tokens of the prompt.
    used = {"promptTokenCount": 10_000, "cachedContentTokenCount": 6_000, "candidatesTokenCount": 40, "thoughtsTokenCount": 10}
    reply = events({
        "candidates": [{"content": {"role": "model", "parts": [{"text": "Done."}]}, "finishReason": "STOP"}], "usageMetadata": used})
    with playing([reply]) as server:
        world.environment |= {"GEMINI_API_KEY": "test-key-value", "GEMINI_BASE_URL": server.url}
        assert world.ask("google:gemini-3.8-flash").code == 0
        assert "10k in, 60 % of it from cache, 50 out" in world.run("chat", "--no-page", "--resume", input="/cost\n").out
    (row,) = report(world)["rows"]
    assert row["cached"] == 0.6
    assert {key: row["usage"][key] for key in ("input", "cache_read", "output")} == {"input": 4_000, "cache_read": 6_000, "output": 50}
    facts = {fact["name"]: fact for fact in json.loads(world.run("models", "--all", "--json").out)}["google:gemini-3.8-flash"]
    wanted = 4_000 * facts["input_usd"] + 6_000 * facts["cache_read_usd"] + 50 * facts["output_usd"]
    assert row["cost_usd"] == pytest.approx(wanted / 1e6)
    assert "60 %" in world.run("cost").out
    with world.started("serve", "--port", "0", "--no-open", "--resume", "latest") as process:
        page = Page(process)
        assert page.api("cost?by=model")["rows"][0]["cached"] == 0.6
        status, text = page.request("/cost")
        assert status == 200 and '<td class="number">60 %</td>' in text


@pytest.mark.parametrize("tokens", [272_000, 272_001])
def test_a_long_prompt_costs_what_the_vendor_charges_for_long_prompts(world, tokens):
    reply = events({"choices": [{"delta": {"content": "Done."}, "finish_reason": "stop"}]},
                   {"choices": [], "usage": {"prompt_tokens": tokens, "completion_tokens": 1000,
                                             "prompt_tokens_details": {"cached_tokens": 72_000}}}, "[DONE]")
    with playing([reply]) as server:
        world.environment |= {"OPENAI_API_KEY": "sk-test-value", "OPENAI_BASE_URL": server.url + "/v1"}
        done = world.ask("openai:gpt-5.4", "Begin.", "--output", "json")
    assert done.code == 0, done
    facts = {fact["name"]: fact for fact in json.loads(world.run("models", "--all", "--json").out)}["openai:gpt-5.4"]
    (long,) = facts["long_prompts"]
    assert long["above_tokens"] == 272_000 and long["input_usd"] > facts["input_usd"]
    price = long if tokens > 272_000 else facts
    wanted = (tokens - 72_000) * price["input_usd"] + 72_000 * price["cache_read_usd"] + 1000 * price["output_usd"]
    assert done.json["cost_usd"] == pytest.approx(wanted / 1e6)
    ((kept,),) = world.rows("SELECT price FROM model_call")
    assert json.loads(kept)["input"] == price["input_usd"]
    assert f"(${long['input_usd']} in, ${long['output_usd']} out over 272000)" in world.run("models", "openai:gpt-5.4").out
