"""Fifty agents call one tool without pause while its file is saved five hundred times, as editors and people save."""

import itertools
import json
import os
import random

from support import PATIENCE, read_until

AGENTS = 50
SAVES = 500

# Its version stands at its beginning and at its end, so that half a file, or two halves of two, would be seen.
TOOL = """
local first = "{version}"
return {{
  api = 1, description = "Say which version runs.", parameters = {{ text = {{ type = "string" }} }}, parallel = true, read_only = true,
  run = function(args)
    loom.time.sleep(0.001)
    return ("%s %s %s"):format(first, args.text, last())
  end,
}}
{padding}
"""

SCENARIO = """
local function step(_, came)
  if came:find("v{last} ", 1, true) then return {{ text = "I saw the last one." }} end
  return {{ calls = {{ {{ "stamp", {{ text = "a" }} }}, {{ "stamp", {{ text = "b" }} }}, {{ "stamp", {{ text = "c" }} }} }} }}
end
local steps = {{}}
for number = 1, 5000 do steps[number] = step end
local members, words = {{}}, {{}}
for number = 1, {agents} do
  members[number] = {{ role = "coder", name = "a" .. number }}
  words[number] = {{ "peer_message", {{ to = "a" .. number, content = "Begin." }} }}
end
return {{ roles = {{
  coder = steps,
  lead = {{ {{ calls = {{ {{ "team_spawn", {{ purpose = "storm", roles = members }} }} }} }}, {{ calls = words }}, {{ text = "All are at it." }} }},
}} }}
"""


def tool(version):
    padding = "-- " + "x" * 4000
    text = TOOL.format(version=f"v{version}", padding=padding)
    return text.replace("last()", f'"v{version}"') + f'-- v{version}\n'


def in_place(file, text):
    file.write_text(text)


def by_rename(file, text):
    other = file.with_name(f".{file.name}.new")
    other.write_text(text)
    other.rename(file)


def in_pieces(file, text):
    with file.open("w") as out:
        for start in range(0, len(text), 700):
            out.write(text[start:start + 700])
            out.flush()


def with_a_backup(file, text):
    os.replace(file, file.with_name(file.name + "~"))
    file.write_text(text)


def through_a_link(file, text):
    real = file.with_name(f"{file.stem}.{random.random()}.txt")
    real.write_text(text)
    link = file.with_name(f".{file.name}.link")
    link.symlink_to(real)
    os.replace(link, file)


def test_no_call_fails_none_is_a_mix_and_each_runs_the_newest_code(world):
    world.settings(f"[limits]\nmax_agents = {AGENTS + 1}\nmax_turns = 5000\n")
    file = world.plugin("plugins/tools/stamp.lua", tool(0))
    model = world.scenario("storm", SCENARIO.format(last=SAVES, agents=AGENTS))
    with world.started("run", "--model", model, "--permissions", "full", "--output", "stream-json", "Begin.") as process:
        read_until(process, '"tool":"stamp"')
        ways = itertools.cycle([in_place, by_rename, in_pieces, with_a_backup, through_a_link])
        for version, save in zip(range(1, SAVES + 1), ways):
            save(file, tool(version))
            # At the pace of the work: so much happens between two saves.
            for _ in range(12):
                process.stdout.readline()
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
    signals = [
        (sequence, type, json.loads(data)) for sequence, type, data in world.rows(
            "SELECT sequence, type, data FROM signal WHERE type IN ('model.finished', 'tool.started', 'tool.finished', 'plugin.reload') ORDER BY sequence")]
    results = [data for _, type, data in signals if type == "tool.finished" and data["tool"] == "stamp"]
    assert all(result["status"] == "ok" for result in results), [r for r in results if r["status"] != "ok"][:3]
    assert all(text[0] == text[2] for text in (result["text"].split(" ") for result in results)), "a mix of versions"
    reloads = [data for _, type, data in signals if type == "plugin.reload" and data["plugin"] == "stamp"]
    assert not [data for data in reloads if data["status"] == "removed"], reloads[-5:]
    # A call takes the code of the moment at which its agent makes it, which is behind the model's reply.
    generation, began, at_reply = 0, 0, {}
    for _, type, data in signals:
        if type == "plugin.reload" and data["plugin"] == "stamp" and data["status"] == "reloaded":
            generation = data["to"]
        elif type == "tool.started" and data["tool"] == "stamp":
            began += 1
            assert data["generation"] >= at_reply[data["agent"]], (at_reply, data)
        elif type == "model.finished":
            at_reply[data["agent"]] = generation
    assert len(reloads) > SAVES / 20 and began > AGENTS * 10, (len(reloads), began)
    versions = {result["text"].split(" ")[0] for result in results}
    assert f"v{SAVES}" in versions and len(versions) > 10
