"""Estimates of tokens: learned for each model from what its provider reports, shared by sessions, kept over a restart and a kill."""

import json

from support import call, read_until, say


def shown(world, model, *flags):
    """What `prompt show` says of the concierge's prompt when this model is the default."""
    world.settings(f'[model]\ndefault = "{model}"\n')
    return world.run("prompt", "show", "concierge", *flags)


def work(world, **roles):
    """One session, with what the provider is to report; returns its model."""
    model = world.script(roles=roles)
    assert world.ask(model, "go", "--role", "concierge").code == 0
    return model


def estimated(world, model):
    return json.loads(shown(world, model, "--json").out)


def test_a_restart_goes_on_with_what_was_learned_of_a_model(world):
    before = estimated(world, "scripted:play")
    assert before["learned_from"] == 0 and before["model"] == "scripted:play"
    reported = before["tokens"] * 3 // 2
    hello = say("Hello.", usage={"input": 200, "cache_read": reported - 200, "output": 3})
    model = work(world, concierge=[hello])
    after = estimated(world, model)
    assert after["learned_from"] == 1
    assert before["tokens"] * 1.1 < after["tokens"] <= reported
    assert after["tools"][0]["tokens"] > before["tools"][0]["tokens"]
    assert f"--- tokens, as learned from 1 reply of {model} ---" in shown(world, model).out
    # Another session learns on from there, and comes closer.
    work(world, concierge=[hello])
    further = estimated(world, model)
    assert further["learned_from"] == 2 and after["tokens"] < further["tokens"] <= reported
    # Nothing of it is true of another model.
    other = estimated(world, "scripted:other")
    assert (other["learned_from"], other["tokens"]) == (0, before["tokens"])
    assert "--- tokens, estimated ---" in shown(world, "scripted:other").out


def test_what_was_learned_is_there_after_a_kill(world):
    before = estimated(world, "scripted:play")
    gate = world.gate()
    first = call("shell", command="echo be''gun; read x < gate") | {"usage": {"input": before["tokens"] * 3 // 2, "output": 9}}
    model = world.script(roles={"concierge": [first, say("Done.")]})
    with world.started("run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "go") as process:
        read_until(process, "begun")
        process.kill()
    # Nobody resumes the session, which would end what is left of the command.
    gate.open()
    after = estimated(world, model)
    assert after["learned_from"] == 1 and after["tokens"] > before["tokens"] * 1.1


def test_an_absurd_report_changes_nothing(world):
    before = estimated(world, "scripted:play")
    model = work(world, concierge=[say("Hello.", usage={"input": 900_000_000, "output": 3})])
    after = estimated(world, model)
    assert (after["learned_from"], after["tokens"]) == (0, before["tokens"])
