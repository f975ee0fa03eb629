"""Skills: folders of instructions in a project, read by agents when a task calls for them, and by people."""

import pytest

from support import call, calls, eventually, read_until

SKILL = """---
name: release
description: >
  How a release of this project is made.
allowed-tools: Bash(git tag:*) Read
metadata:
  author: somebody
---
Run the checks first: see checks.md. WORDS
"""


def skill(world, folder, text=SKILL, name="release"):
    world.write(f"{folder}/skills/{name}/SKILL.md", text.replace("WORDS", "Then tag."))
    world.write(f"{folder}/skills/{name}/checks.md", "make check\n")


@pytest.mark.parametrize("folder", [".loomkin", ".agents", ".claude"])
def test_an_agent_reads_a_skill_of_a_trusted_project_and_its_files(world, folder):
    skill(world, folder)
    assert world.run("trust", "--yes").code == 0
    model = world.script(roles={"lead": [
        call("load_skill"), {"expect": "- release: How a release of this project is made.", **calls(("load_skill", {"name": "release"}))},
        {"expect": "Then tag.", **calls(("load_skill", {"name": "release", "file": "checks.md"}))},
        {"expect": "make check", "text": "Read."}]})
    assert world.ask(model).out == "Read.\n"


def test_a_skill_of_a_project_that_is_not_trusted_is_not_there(world):
    skill(world, ".claude")
    model = world.script(roles={"lead": [call("load_skill"), {"expect": "There are no skills.", "text": "None."}]})
    assert world.ask(model).out == "None.\n"
    shown = world.run("trust")
    assert ".claude/skills/release/SKILL.md" in shown.out


def test_other_files_of_those_folders_are_not_ours(world):
    world.write(".agents/plugins/tools/eager.lua", "return { api = 1 }")
    skill(world, ".agents")
    world.run("trust", "--yes")
    assert "eager" not in world.run("plugin", "list").out and "release" in world.run("plugin", "list").out


@pytest.mark.parametrize("old, new, problem", [
    ("name: release", "name: other", "they must be the same"),
    ("description: >", "descripton: >", "unknown field \"descripton\"; did you mean \"description\"?"),
    ("metadata:", "metadata: [", "no YAML"),
    ("---\nname", "name", "begins with front matter"),
])
def test_a_skill_that_is_written_wrong_is_told_with_its_line(world, old, new, problem):
    skill(world, ".loomkin", SKILL.replace(old, new, 1))
    world.run("trust", "--yes")
    checked = world.run("plugin", "check")
    assert checked.code == 1 and ".loomkin/skills/release/SKILL.md:" in checked.out and problem in checked.out


def test_a_skill_that_is_saved_is_read_anew_and_one_that_comes_is_there(world):
    skill(world, ".agents")
    world.run("trust", "--yes")
    gate = world.gate()
    wait = ("shell", {"command": "read x < gate"})
    model = world.script(roles={"concierge": [
        call("load_skill", name="release"), {"expect": "Then tag.", **calls(wait)}, call("load_skill", name="release"),
        {"expect": "Then push.", "text": "Seen."}]})
    with world.started(
        "run", "--model", model, "--role", "concierge", "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        read_until(process, '"tool":"shell"')
        world.write(".agents/skills/release/SKILL.md", SKILL.replace("WORDS", "Then push."))
        eventually(lambda: any(told["kind"] == "skill" and told["status"] == "reloaded" for told in world.kept("plugin.reload")), "the save is noticed")
        gate.open()
        assert '"result":"Seen."' in process.stdout.readlines()[-1]


def test_a_skill_cannot_lead_out_of_its_folder(world):
    skill(world, ".loomkin")
    world.write("secret.txt", "hidden")
    world.run("trust", "--yes")
    model = world.script(roles={"lead": [
        call("load_skill", name="release", file="../../../secret.txt"), {"expect": "outside", "text": "Closed."}]})
    assert world.ask(model).out == "Closed.\n"


def test_agents_know_names_and_descriptions_beforehand(world):
    skill(world, ".agents")
    assert "How a release" not in world.run("prompt", "show", "coder").out
    world.run("trust", "--yes")
    shown = world.run("prompt", "show", "coder").out
    assert "- release: How a release of this project is made." in shown and "Then tag." not in shown
