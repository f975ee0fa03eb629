"""Settings that are saved while agents work."""

import pexpect

from support import call, calls, eventually, read_until, say

ALLOW = '[permissions]\nallow = ["shell *"]\n'


def waiting_session(world, second="rm notes.txt"):
    """An agent that waits, then runs a second command; gives the gate and the running program at that moment."""
    gate = world.gate()
    model = world.script(roles={"concierge": [
        call("shell", command="read x < gate"), call("shell", command=second), say("That was it.")]})
    return gate, world.started("run", "--model", model, "--role", "concierge", "--output", "stream-json", "Begin.")


def statuses(world):
    return [done["status"] for done in world.kept("tool.finished")]


def settings_taken(world):
    return [change["keys"] for change in world.kept("configuration.changed")]


def test_a_rule_that_is_saved_counts_for_the_next_call(world):
    world.settings(ALLOW)
    gate, started = waiting_session(world)
    with started as process:
        read_until(process, '"tool":"shell"')
        world.settings(ALLOW + 'deny = ["shell rm *"]\n[limits]\nmax_turns = 9\n')
        eventually(lambda: settings_taken(world), "the settings are taken over")
        gate.open()
        process.stdout.read()
    assert settings_taken(world) == [["limits.max_turns", "permissions.deny"]]
    assert statuses(world) == ["ok", "denied"]


def test_a_mistake_changes_nothing_and_names_its_line(world):
    world.settings(ALLOW)
    gate, started = waiting_session(world, "echo still allowed")
    with started as process:
        read_until(process, '"tool":"shell"')
        world.settings('[permissions]\nalow = ["shell *"]\n')
        told = eventually(lambda: [told for told in world.kept("notice") if told["level"] == "error"], "the mistake is told")
        gate.open()
        process.stdout.read()
    (notice,) = told
    assert "config.toml:2: there is no setting «permissions.alow»" in notice["text"] and "goes on" in notice["text"]
    assert statuses(world) == ["ok", "ok"] and not settings_taken(world)


def test_a_trusted_project_s_settings_that_somebody_changes_do_not_count_unasked(world):
    world.settings('[permissions]\nallow = ["shell read x < gate"]\n')
    world.write(".loomkin.toml", '[limits]\nmax_turns = 7\n')
    assert world.run("trust", "--yes").code == 0
    gate, started = waiting_session(world)
    with started as process:
        read_until(process, '"tool":"shell"')
        world.write(".loomkin.toml", ALLOW)
        eventually(lambda: any("since it was trusted" in told["text"] for told in world.kept("notice")), "the change is told")
        gate.open()
        process.stdout.read()
    assert statuses(world) == ["ok", "denied"] and not settings_taken(world)
    assert ("extend .loomkin.toml", "deny") in [(told["access"], told["verdict"]) for told in world.kept("permission.decided")]


def test_settings_that_a_project_did_not_have_are_said_to_be_new(world):
    world.settings('[permissions]\nallow = ["shell read x < gate"]\n')
    gate, started = waiting_session(world)
    with started as process:
        read_until(process, '"tool":"shell"')
        world.write(".loomkin.toml", ALLOW)
        told = eventually(lambda: [told["text"] for told in world.kept("notice") if ".loomkin.toml" in told["text"]], "it is told")
        gate.open()
        process.stdout.read()
    assert told[0].startswith(".loomkin.toml is new, so nothing of it counts yet."), told
    assert statuses(world) == ["ok", "denied"] and not settings_taken(world)


def test_a_saved_rule_for_a_tool_that_nobody_has_is_told(world):
    world.settings(ALLOW)
    gate, started = waiting_session(world)
    with started as process:
        read_until(process, '"tool":"shell"')
        world.settings(ALLOW + 'deny = ["shel rm *"]\n')
        told = eventually(lambda: [told["text"] for told in world.kept("notice") if "config.toml:3" in told["text"]], "it is told")
        gate.open()
        process.stdout.read()
    assert "«deny shel rm *» never matches" in told[0] and len(told) == 1
    assert settings_taken(world) == [["permissions.deny"]]


def test_a_person_takes_the_project_s_settings_into_use(world):
    world.write(".loomkin.toml", '[limits]\nmax_turns = 7\n')
    assert world.run("trust", "--yes").code == 0
    with world.terminal("--model", world.script(roles={"lead": [say("Here.")]}), "--no-page") as child:
        child.expect("› ")
        world.write(".loomkin.toml", '[limits]\nmax_turns = 8\n')
        child.expect("take .loomkin.toml into use")
        child.expect(r"\[n\]o \(Enter\)")
        child.sendline("y")
        child.expect("limits.max_turns as saved")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    # The answer is remembered: nothing waits for trust.
    assert world.run("trust").code == 0


def test_an_endpoint_that_is_saved_is_a_provider_at_once(world):
    with world.terminal("--model", world.script(roles={"lead": [say("Here.")]}), "--no-page") as child:
        child.expect("› ")
        world.settings('[provider.endpoints.local]\nurl = "http://127.0.0.1:9/v1"\n')
        child.expect("provider.endpoints.local.url as saved")
        child.sendline("/model local:small")
        child.expect("local:small")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
    assert "There is no provider" not in child.transcript.text


def test_what_a_person_chose_goes_on_when_something_else_is_saved(world):
    world.settings('[permissions]\npreset = "read-only"\n')
    model = world.script(roles={"lead": [call("file_write", file_path="a.txt", content="a"), say("Written.")]})
    with world.terminal("--model", model, "--no-page") as child:
        child.expect("› ")
        child.sendline("/permissions edit")
        child.expect("now edit")
        world.settings('[permissions]\npreset = "read-only"\n[limits]\nmax_turns = 9\n')
        child.expect("limits.max_turns as saved")
        child.sendline("/permissions")
        child.expect("edit")
        world.settings('[permissions]\npreset = "ask"\n')
        child.expect("Permissions are now ask")
        child.sendline("/quit")
        child.expect(pexpect.EOF)
