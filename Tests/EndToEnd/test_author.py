"""What an author of plugins has: specs, checks, the reference, definitions for editors."""

import json
import shutil
import subprocess

import pytest

from support import REPOSITORY, call, read_until, say

TOOL = """
return {
  api = 1, description = "Greet somebody.", parameters = { name = { type = "string", required = true } },
  run = function(args) return "Hello, " .. args.name end,
}
"""

SPEC = """return {
  { "greets", function(t)
    t.equal(t.run({ name = "Ada" }).text, "WANTED")
  end },
  { "needs a name", function(t) t.ok(t.run({}).error) end },
}
"""


def greeter(world, wanted="Hello, Ada"):
    tool = world.plugin("plugins/tools/greet.lua", TOOL)
    return tool, world.plugin("plugins/tools/greet.spec.lua", SPEC.replace("WANTED", wanted))


# Specs


def test_the_specs_of_everything_bundled_pass(world):
    tested = world.run("plugin", "test")
    assert tested.code == 0, tested.out
    passed, failed = tested.lines[-1].split(", ")
    assert int(passed.removesuffix(" passed")) > 100 and failed == "0 failed"
    assert list(world.project.iterdir()) == []


def test_a_spec_is_found_by_its_plugin_by_itself_and_below_a_folder(world):
    tool, spec = greeter(world)
    for path in (tool, spec, tool.parent, world.config):
        tested = world.run("plugin", "test", path)
        assert tested.code == 0 and tested.out == "2 passed, 0 failed\n"
    assert "greets" in [row["name"] for row in world.run("plugin", "test", "--json").json]


def test_a_failing_case_says_where_what_was_wanted_and_what_came(world):
    tool, spec = greeter(world, "Good day, Ada")
    tested = world.run("plugin", "test", tool)
    assert tested.code == 1
    assert tested.lines == [
        f"✗ {spec}:3: greets", "    wanted Good day, Ada", "    got    Hello, Ada", "1 passed, 1 failed"]
    failed, passed = world.run("plugin", "test", "--json", tool).json
    assert failed["status"] == "failed" and failed["line"] == 3 and failed["wanted"] == "Good day, Ada"
    assert passed["status"] == "passed" and passed["name"] == "needs a name" and passed["milliseconds"] > 0


def test_paths_of_the_project_are_told_as_one_would_type_them(world):
    world.write(".loomkin/plugins/tools/greet.lua", TOOL)
    world.write(".loomkin/plugins/tools/greet.spec.lua", SPEC)
    tested = world.run("plugin", "test", ".loomkin")
    assert tested.code == 1 and "✗ .loomkin/plugins/tools/greet.spec.lua:3: greets" in tested.lines
    assert not any("greet" in row["spec"] for row in world.run("plugin", "test", "--json").json), "nobody has trusted the project"


@pytest.mark.parametrize("path", ["nowhere.lua", "notes.txt", "plugins/tools/lonely.lua"])
def test_a_wrong_path_is_wrong_usage(world, path):
    world.write("notes.txt", "words\n")
    world.write("plugins/tools/lonely.lua", TOOL)
    tested = world.run("plugin", "test", path)
    assert tested.code == 2 and path in tested.err and not tested.out


def test_colours_are_for_terminals_only(world):
    tool, _ = greeter(world, "Good day, Ada")
    assert "\x1b" not in world.run("plugin", "test", tool).out
    for env, coloured in ((None, True), ({"NO_COLOR": "1"}, False)):
        with world.terminal("plugin", "test", str(tool), env=env) as child:
            child.expect("failed")
            child.read()
            assert ("\x1b[31m" in child.transcript.raw) == coloured
    assert "FAIL" in world.run("plugin", "test", tool, env={"LANG": "C", "LC_ALL": "C"}).out


def test_watching_runs_again_what_a_save_concerns(world):
    tool, spec = greeter(world)
    other = world.plugin("plugins/tools/other.lua", TOOL)
    world.plugin("plugins/tools/other.spec.lua", SPEC.replace("WANTED", "Hello, Ada"))
    with world.started("plugin", "test", "--watch", str(world.config)) as process:
        assert "4 passed, 0 failed\n" in read_until(process, "Waiting for a save")
        tool.write_text(TOOL.replace("Hello", "Good day"))
        lines = read_until(process, "Waiting for a save")
        assert f"✗ {spec}:3: greets\n" in lines and "1 passed, 1 failed\n" in lines
        other.write_text("return {\n")
        assert any("other.lua:2: " in line for line in read_until(process, "0 passed, 1 failed"))
        tool.write_text(TOOL)
        lines = read_until(process, "2 passed, 1 failed")


# Checks


def test_check_finds_globals_that_nobody_declared(world):
    bad = world.plugin("plugins/tools/greet.lua", TOOL.replace("return \"Hello, \"", "\n    greeting = 'x'\n    return greting"))
    checked = world.run("plugin", "check", bad)
    assert checked.code == 1
    assert checked.lines == [f'{bad}:5: undeclared global "greeting" is assigned (write `local greeting`)']
    bad.write_text(TOOL.replace("\"Hello, \"", "stirng.format('x')"))
    assert f'{bad}:4: undeclared global "stirng" is read; did you mean "string"?' in world.run("plugin", "check", bad).out


def test_check_finds_functions_that_do_not_exist(world):
    bad = world.plugin("plugins/tools/greet.lua", TOOL.replace("\"Hello, \"", "loom.fs.raed('x').text"))
    checked = world.run("plugin", "check", bad)
    assert checked.code == 1 and f'{bad}:4: there is no loom.fs.raed; did you mean "loom.fs.read"?' in checked.out


# The reference


def test_the_api_is_told_by_function_part_and_kind(world):
    everything = world.run("plugin", "api")
    assert everything.code == 0 and "loom.fs.read(path, options?)" in everything.out and "loom.log(level, text)" in everything.out
    one = world.run("plugin", "api", "fs.read")
    assert one.lines[0] == "loom.fs.read(path, options?)" and one.lines[-1].startswith("May be called in a tool's run")
    assert world.run("plugin", "api", "loom.fs.read").out == one.out
    assert len(world.run("plugin", "api", "fs").lines) == len([line for line in everything.lines if line.startswith("loom.fs.")])
    assert "parameters?: table<string, loom.Parameter>" in world.run("plugin", "api", "tool").out
    (read,) = world.run("plugin", "api", "fs.read", "--json").json
    assert read["phases"] == ["tool", "hook", "command", "service"] and read["arguments"][0] == {"name": "path", "type": "string", "required": True}


def test_an_unknown_function_is_answered_with_the_nearest(world):
    asked = world.run("plugin", "api", "fs.raed")
    assert asked.code == 2 and "There is no function loom.fs.raed. Did you mean fs.read?" in asked.err


def test_what_is_checked_in_is_what_the_program_writes(world):
    written = world.run("plugin", "api", "--write", world.project)
    assert written.code == 0 and len(written.lines) == 3
    for path in ("plugins/meta/loom.lua", "plugins/meta/luacheck.lua", "docs/lua-api.md"):
        assert world.read(path) == (REPOSITORY / path).read_text(), f"{path} is out of date: run «make api»"


def luacheck(folder, *paths):
    return subprocess.run(["luacheck", "--no-color", "--quiet", *map(str, paths)], cwd=folder, capture_output=True, text=True)


@pytest.mark.skipif(not shutil.which("luacheck"), reason="luacheck is not installed")
def test_luacheck_knows_what_plugins_may_use(world):
    bundled = luacheck(REPOSITORY, "plugins", "roles", "examples")
    assert bundled.returncode == 0, bundled.stdout
    shutil.copy(REPOSITORY / ".luacheckrc", world.project)
    world.run("plugin", "api", "--write", world.project)
    planted = world.write("plugins/tools/bad.lua", "local M = loom.fs.raed('x')\nio.write('x')\nreturn M\n")
    found = luacheck(world.project, planted)
    assert found.returncode == 1 and "raed" in found.stdout and "io" in found.stdout


# Beginning


KINDS = ["tool", "provider", "service", "command", "panel", "hook", "role", "prompt", "lib", "scenario"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_of_each_kind_is_in_order_and_passes_its_spec(world, kind):
    made = world.run("plugin", "new", kind, "fresh-one")
    assert made.code == 0, made.err
    written = [line.removeprefix("Wrote ").split(",")[0] for line in made.lines if line.startswith("Wrote ")]
    assert all(path.startswith(str(world.config)) for path in written) and f"{world.config}/.luarc.json" in written
    assert f"loomkin plugin test --watch {written[0]}" in made.lines[-1]
    checked = world.run("plugin", "check")
    assert checked.code == 0, checked.out
    tested = world.run("plugin", "test", written[0])
    assert tested.code == 0 and not tested.lines[-1].startswith("0 passed"), tested.out
    listed = {(plugin["kind"], plugin["name"]) for plugin in world.run("plugin", "list", "--json").json}
    assert (kind, "fresh-one") in listed


def test_a_new_skill_is_in_order(world):
    made = world.run("plugin", "new", "skill", "release-notes")
    assert made.code == 0 and "loomkin plugin check" in made.lines[-1]
    checked = world.run("plugin", "check")
    assert checked.code == 0, checked.out
    assert ("skill", "release-notes") in {(plugin["kind"], plugin["name"]) for plugin in world.run("plugin", "list", "--json").json}


def test_a_new_plugin_of_the_project_waits_for_trust(world):
    made = world.run("plugin", "new", "tool", "fresh", "--project")
    assert made.code == 0 and "loomkin trust" in made.out
    assert (world.project / ".loomkin/plugins/tools/fresh.spec.lua").exists() and not list(world.config.iterdir())
    assert "fresh" not in world.run("plugin", "list").out
    world.run("trust", "--yes")
    assert "fresh" in world.run("plugin", "list").out


def test_nothing_is_written_over(world):
    file = world.plugin("plugins/tools/mine.lua", TOOL)
    made = world.run("plugin", "new", "tool", "mine")
    assert made.code == 1 and str(file) in made.err and "--force" in made.err and file.read_text() == TOOL
    assert not file.with_name("mine.spec.lua").exists()
    settings = world.write(world.config / ".luarc.json", "{}\n")
    assert world.run("plugin", "new", "tool", "mine", "--force").code == 0
    assert file.read_text() != TOOL and settings.read_text() == "{}\n"


def test_a_new_plugin_says_what_it_hides(world):
    assert "It stands in front of the bundled tool of this name." in world.run("plugin", "new", "tool", "shell").lines


@pytest.mark.parametrize("kind, name, part", [
    ("tol", "x", "Did you mean «tool»?"), ("tool", "my tool", "letters, digits, _ and -"), ("tool", "../x", "letters, digits"),
    ("tool", "1st", "begins with a letter"), ("tool", "", "letters"),
])
def test_what_cannot_begin_is_told_in_a_sentence(world, kind, name, part):
    made = world.run("plugin", "new", kind, name)
    assert made.code == 2 and part in made.err and not list(world.config.iterdir())


def test_the_settings_for_editors_point_at_the_definitions(world):
    world.run("plugin", "new", "lib", "words")
    settings = json.loads((world.config / ".luarc.json").read_text())
    (library,) = settings["workspace.library"]
    assert "function loom.fs.read(path, options) end" in (REPOSITORY / library / "loom.lua").read_text()
