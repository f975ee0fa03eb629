"""What goes wrong outside of loomkin: each is told in a sentence, the exit code is right, and the rest goes on."""

import contextlib
import os
import socket
import sqlite3
import stat

import pytest

from support import assert_one_sentence, call, calls, read_until, say, unsanitized

HELLO = {"roles": {"lead": [say("Hello there.")], "concierge": [say("Hello there.")]}}

# The superuser may write anywhere; without these capabilities the rights of files count for it too.
AS_ANYBODY = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"] if os.geteuid() == 0 else []


def notices(result):
    return [told["text"] for told in result.of_type("notice")]


# Folders and databases


@pytest.fixture
def sealed(world):
    """A project that cannot be written."""
    world.project.chmod(0o555)
    yield world
    world.project.chmod(0o755)


def test_a_folder_that_is_not_writable_gets_a_session_that_is_not_kept(sealed):
    result = sealed.stream(sealed.script(**HELLO), prefix=AS_ANYBODY)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Hello there."
    (notice,) = notices(result)
    assert_one_sentence(notice, "cannot be written", "not kept")
    assert os.listdir(sealed.project) == []


def test_a_pipe_is_told_of_a_folder_that_is_not_writable(sealed):
    result = sealed.run("--model", sealed.script(**HELLO), input="hello\n", prefix=AS_ANYBODY)
    assert result.code == 0 and "Hello there." in result.out and "cannot be written" in result.out


def test_a_tool_that_cannot_write_says_so_to_the_model(sealed):
    model = sealed.script(roles={
        "concierge": [call("file_write", file_path="x.txt", content="x"), {"expect": "x.txt", "text": "I could not write."}]})
    result = sealed.stream(model, "Begin.", "--role", "concierge", "--permissions", "full", prefix=AS_ANYBODY)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "I could not write."
    assert result.of_type("tool.finished")[0]["status"] == "error"


def test_resuming_in_a_folder_that_is_not_writable_is_refused(sealed):
    result = sealed.run("--resume", "--model", sealed.script(**HELLO), prefix=AS_ANYBODY)
    assert result.code == 1
    assert_one_sentence(result.err, "cannot be written")


def from_the_future(file):
    # What a later loomkin would have left: a step of which this one knows nothing.
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("INSERT INTO grdb_migrations (identifier) VALUES ('what nobody knows yet')")


def content(file):
    """All that a database says; where it says nothing any more, its bytes."""
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            return list(database.iterdump())
    except sqlite3.DatabaseError:
        return file.read_bytes()


def overwritten(file):
    file.write_bytes(b"This is no database at all. " * 4_000)


def cut_short(file):
    file.write_bytes(file.read_bytes()[:6_000])


@pytest.mark.parametrize("ruin, part", [(from_the_future, "newer loomkin"), (overwritten, "damaged"), (cut_short, "damaged")])
def test_a_database_that_cannot_be_used_is_told_and_left_alone(world, ruin, part):
    model = world.script(**HELLO)
    assert world.ask(model).code == 0
    file = world.project / ".loomkin/loomkin.db"
    for rest in (".db-wal", ".db-shm"):
        file.with_suffix(rest).unlink(missing_ok=True)
    ruin(file)
    before = content(file)

    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Hello there."
    (notice,) = notices(result)
    assert_one_sentence(notice, part, "not kept")

    for arguments in (["--resume", "--model", model], ["sessions"]):
        refused = world.run(*arguments)
        assert (refused.code, refused.out) == (1, "")
        assert_one_sentence(refused.err, part)
    findings = world.run("doctor", "--json")
    assert findings.code == 1
    assert any(part in finding["text"] for finding in findings.json if finding["grade"] == "error")
    assert content(file) == before


# Ports


@contextlib.contextmanager
def taken(count):
    """So many neighbouring ports that are in use; gives the first."""
    for first in range(23_000, 60_000, 100):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    listener = stack.enter_context(socket.socket())
                    listener.bind(("127.0.0.1", port))
                    listener.listen()
            except OSError:
                continue
            yield first
            return
    pytest.fail("no free ports to take")


def test_a_port_in_use_gives_the_next(world):
    model = world.script(**HELLO)
    with taken(2) as port, world.started("serve", "--port", port, "--no-open", "--model", model) as process:
        assert f"http://127.0.0.1:{port + 2}/?token=" in process.stdout.readline()


def test_no_port_at_all_is_told(world):
    with taken(21) as port:
        result = world.run("serve", "--port", port, "--no-open", "--model", world.script(**HELLO))
    assert (result.code, result.out) == (1, "")
    assert_one_sentence(result.err, f"ports {port} to {port + 20} in use")


def test_a_port_that_is_none_is_told(world):
    for port in ["-1", "65536"]:
        result = world.run("serve", f"--port={port}", "--no-open", "--model", world.script(**HELLO))
        assert result.code == 2 and f"--port takes a number from 0 to 65535, not {port}." in result.err


# Plugins


BROKEN = "return {\n  api = 1,\n  description = \"broken\"\n  run = function() end,\n}\n"


def test_a_plugin_with_a_syntax_error_is_told_and_the_rest_goes_on(world):
    file = world.plugin("plugins/tools/broken.lua", BROKEN)
    result = world.run("--model", world.script(**HELLO), input="hello\n/plugins\n")
    assert result.code == 0 and "Hello there." in result.out
    assert f"{file}:4" in result.out
    assert world.ask(world.script(**HELLO)).code == 0
    check = world.run("plugin", "check")
    assert check.code == 1 and f"{file}:4" in check.out
    assert world.run("doctor").code == 1


@pytest.mark.parametrize(
    "text, part",
    [
        ("return 7\n", "table"), ("error('at load')\n", "at load"), ("while true do end\n", "deadline"),
        ("return { api = 1 }\n", "description"), ("return { api = 99, description = 'x', run = function() end }\n", "api"),
        (b"\xff\xfe\x00", "UTF-8"),
    ])
def test_a_plugin_that_is_none_is_told(world, text, part):
    file = world.plugin("plugins/tools/strange.lua", text)
    plugins = {plugin["name"]: plugin for plugin in world.run("plugin", "list", "--json").json}
    assert plugins["strange"]["status"] == "broken"
    assert str(file) in plugins["strange"]["error"]
    assert part in plugins["strange"]["error"]
    assert plugins["file_read"]["status"] == "live"
    assert world.ask(world.script(**HELLO)).code == 0


def test_a_tool_that_never_ends_or_eats_all_memory_fails_alone(world):
    def tool(body):
        return f"return {{ api = 1, description = 'hungry', parameters = {{}}, deadline = 1, run = function() {body} end }}\n"

    world.plugin("plugins/tools/endless.lua", tool("while true do end"))
    world.plugin("plugins/tools/hungry.lua", tool("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end"))
    world.plugin("roles/lead.lua", "return { api = 1, description = 'x', prompt = 'lead', tools = { 'endless', 'hungry' } }\n")
    model = world.script(roles={"lead": [{"calls": [["endless", {}], ["hungry", {}]]}, say("Still here.")]})
    result = world.stream(model, "Begin.", "--permissions", "full")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Still here."
    assert all(done["status"] in ("error", "timed_out") for done in result.of_type("tool.finished"))


# Large and strange texts


@unsanitized
def test_a_file_of_100_megabytes_is_read_in_part(world):
    line = b"x" * 999 + b"\n"
    world.write("large.txt", line * 100_000)
    model = world.script(roles={
        "lead": [
            call("file_read", file_path="large.txt"),
            {"expect": "of 100000", "calls": [["file_read", {"file_path": "large.txt", "offset": 99_999, "limit": 10}]]},
            {"expect": "lines 99999 to 100000 of 100000", "text": "I read its end."},
        ]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "I read its end.", result.out[-2000:]
    assert all(len(done["text"]) < 100_000 for done in result.of_type("tool.finished"))


def test_a_large_file_without_lines_and_a_binary_one_are_told_apart(world):
    world.write("one-line.txt", b"y" * 6_000_000)
    world.write("program", b"\x7fELF\x00\x01" * 1_000)
    world.write("old.txt", "Grüße\n".encode("latin-1"))
    model = world.script(roles={
        "lead": [
            {"calls": [["file_read", {"file_path": path}] for path in ("one-line.txt", "program", "old.txt", "missing.txt", ".")]},
            say("Done."),
        ]})
    finished = {done["summary"]: done for done in world.stream(model).of_type("tool.finished")}
    assert finished["one-line.txt"]["status"] == "ok" and len(finished["one-line.txt"]["text"]) < 100_000
    assert "binary" in finished["program"]["text"]
    assert "Grüße" in finished["old.txt"]["text"] and "latin-1" in finished["old.txt"]["text"]
    assert finished["missing.txt"]["status"] == "error" and "missing.txt" in finished["missing.txt"]["text"]
    assert finished["."]["status"] == "error"


LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def test_numbers_of_any_size_from_a_model_are_taken(world):
    world.write("notes.txt", "one\ntwo\n")
    world.write("large.txt", b"y\n" * 3_000_000)
    model = world.script(roles={
        "lead": [
            calls(*(("file_read", {"file_path": path, "offset": LARGEST}) for path in ("notes.txt", "large.txt"))),
            calls(
                ("content_search", {"pattern": "one", "context": LARGEST, "limit": 1}),
                ("file_search", {"pattern": "*", "limit": LARGEST})),
            say("I read on."),
        ]})
    result = world.stream(model)
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "I read on.", result.out[-2000:]
    told = {done["summary"].split()[0]: done["text"] for done in result.of_type("tool.finished") if done["tool"] == "file_read"}
    assert f"notes.txt has 2 lines; line {LARGEST} is past its end." in told["notes.txt"]
    assert f"large.txt has 3000000 lines; line {LARGEST} is past its end." in told["large.txt"]


def test_numbers_of_any_size_from_a_plugin_are_taken(world):
    # Its table, its limits and what it calls with: a deadline without an end is as good as one that is far away.
    world.settings("[plugins]\nseconds = 1e9\n")
    world.write("notes.txt", "one\ntwo\n")
    world.plugin("plugins/tools/odd.lua", f"""
        return {{
          api = 1, description = "x", parameters = {{}}, deadline = math.huge, limits = {{ seconds = 1e9 }},
          access = function() return {{}} end,
          run = function()
            local told = {{}}
            local function tell(value, err) told[#told + 1] = err and err.message or loom.json.encode(value) end
            for _, limit in ipairs {{ -1, math.mininteger, 0, math.maxinteger }} do tell(loom.fs.glob("*.txt", {{ limit = limit }})) end
            for _, number in ipairs {{ math.mininteger, math.maxinteger }} do
              tell(loom.fs.read("notes.txt", {{ offset = number, limit = number }}))
              tell(loom.fs.read("notes.txt", {{ offset = number }}))
              tell(loom.fs.read("notes.txt", {{ limit = number }}))
              tell(loom.fs.search({{ pattern = "one|two", context = number, limit = number }}))
              tell(loom.fs.search({{ pattern = "one|two", context = math.maxinteger, limit = 1 }}))
              tell(loom.signal.history({{ after = number, limit = 1 }}))
              tell(loom.text.truncate("text", number))
            end
            for _, seconds in ipairs {{ -1e300, 0.0, 1e30, 1e300 }} do
              tell(loom.process.run({{ command = "true", timeout = seconds }}))
              tell(loom.http.request({{ url = "http://127.0.0.1:1/", timeout = seconds, max_bytes = math.mininteger }}))
            end
            return tostring(#told) .. " answers: " .. table.concat(told, " | ")
          end,
        }}
        """)
    world.plugin("roles/odd.lua", 'return { api = 1, description = "x", prompt = "lead", tools = { "odd" } }')
    model = world.script(roles={"odd": [call("odd"), say("Done.")]})
    result = world.stream(model, "Begin.", "--role", "odd", "--permissions", "full")
    (done,) = result.of_type("tool.finished")
    assert result.code == 0 and done["status"] == "ok" and done["text"].startswith("26 answers"), done["text"]


def test_a_file_that_is_not_utf_8_keeps_its_encoding_when_it_is_edited(world):
    world.write("old.txt", "Grüße\r\naus Köln\r\n".encode("latin-1"))
    model = world.script(roles={
        "concierge": [
            call("file_read", file_path="old.txt"),
            call("file_edit", file_path="old.txt", old_string="aus Köln", new_string="von überall"),
            say("Done."),
        ]})
    assert world.ask(model, "Begin.", "--role", "concierge", "--permissions", "full").code == 0
    assert (world.project / "old.txt").read_bytes() == "Grüße\r\nvon überall\r\n".encode("latin-1")


def test_a_prompt_of_2_megabytes_is_taken(world):
    prompt = "A long story. " * 150_000
    model = world.scenario("long", """
        return { roles = { lead = { function(call, came) return { text = "I read " .. #came .. " characters." } end } } }
        """)
    result = world.ask(model, "-", input=prompt)
    assert result.code == 0, result.err[:2000]
    assert result.out.startswith("I read ")


def test_a_prompt_that_is_too_large_is_told(world):
    result = world.ask(world.script(**HELLO), "-", input="x" * (5 << 20))
    assert result.code in (1, 2)
    assert_one_sentence(result.err, "4 MB")


@pytest.mark.parametrize("arguments", [("run", "-"), ()])
def test_invalid_utf_8_on_standard_input_is_read_with_marks(world, arguments):
    model = world.script(roles={"lead": [{"expect": "caf\ufffd au lait", "text": "With milk."}]})
    result = world.run(*arguments[:1], "--model", model, *arguments[1:], input=b"caf\xe9 au lait\n")
    assert result.code == 0, result
    assert "With milk." in result.out


def test_invalid_utf_8_in_a_command_s_output_is_read_with_marks(world):
    model = world.script(roles={
        "concierge": [call("shell", command="printf 'caf\\351 au lait'"), {"expect": "au lait", "text": "With milk."}]})
    assert world.ask(model, "Begin.", "--role", "concierge", "--permissions", "full").out == "With milk.\n"


def test_output_that_nobody_reads_ends_quietly(world):
    model = world.script(roles={"lead": [say("word " * 200_000)]})
    with world.started("run", "--model", model, "--output", "stream-json", "Begin.") as process:
        read_until(process, "session.started")
        process.stdout.close()
        assert process.wait(60) in (0, 1, 141)
        assert "Fatal" not in process.stderr.read()


# Configuration and command line


@pytest.mark.parametrize(
    "text, place, part",
    [
        ("[model]\ndefalt = \"scripted:play\"\n", "config.toml:2", "model.default"),
        ("[permissions]\n\npreset = \"wild\"\n", "config.toml:3", "ask, read-only, edit or full"),
        ("[limits]\nmax_turns = \"many\"\n", "config.toml:2", "integer"),
        ("[budget\n", "config.toml:1", ""),
        ("[provider.endpoints]\nx = { url = \"ftp://x\" }\n", "config.toml:2", "http://"),
        ("[colours]\nx = 1\n", "config.toml:2", "colours.x"),
        ("[budgett]\n", "config.toml:1", "The nearest known section is budget."),
        ("[limits]\nmax_turns = 3\n[limits.more]\n", "config.toml:3", "there is no section «limits.more»"),
        ("[provider.endpoints]\nhere = { key_env = \"KEY\" }\n", "config.toml:2", "the endpoint «here» has no url"),
        ("[provider.endpoints.here]\n", "config.toml:1", "the endpoint «here» has no url"),
        ("[provider.endpoints.here]\nurl = \"http://x\"\nconcurrent = 2\n", "config.toml:3", "provider.here.concurrent"),
        ("[limits]\nstall_seconds = 9223372036854775807\n", "config.toml:2", "1000000000"),
        ("[context]\nlimit = 9223372036854775807\n", "config.toml:2", "1000000000"),
        ("[plugins]\nseconds = 1e30\n", "config.toml:2", "1000000000"),
        ("[plugins]\nseconds = inf\n", "config.toml", ""),
        ("[plugins]\ngrace = 9223372036854775807\n", "config.toml:2", "1000000000"),
    ])
def test_a_mistake_in_the_configuration_names_line_and_remedy(world, text, place, part):
    world.settings(text)
    for arguments in (["run", "Begin."], ["doctor"], ["tools"]):
        result = world.run(*arguments)
        assert (result.code, result.out) == (2, "")
        assert_one_sentence(result.err, place, part)


@pytest.mark.parametrize(
    "text, told",
    [
        (
            '[permissions]\nallow = ["read *"]\ndeny = ["shel rm *"]\n',
            "config.toml:3: the rule «deny shel rm *» never matches, for there is no tool or access «shel». Did you mean shell?",
        ),
        (
            '[permissions]\nallow = ["Bash(git log)"]\n',
            "config.toml:2: the rule «allow Bash(git log)» never matches, for there is no tool or access «Bash(git». "
            "See «loomkin tools» and docs/permissions.md.",
        ),
        (
            '[provider.endpoints.here]\nurl = "http://127.0.0.1:1/v1"\ndialect = "gemni"\n',
            "config.toml:3: no plugin speaks the dialect «gemni», so the endpoint «here» cannot be used. Did you mean gemini?",
        ),
        (
            '[provider.antropic]\nbase_url = "http://127.0.0.1:1"\n',
            "config.toml:2: there is no provider «antropic», so provider.antropic.base_url has no effect. Did you mean anthropic?",
        ),
        (
            '[model]\nfast = "opnai:small"\n',
            "config.toml:2: there is no provider «opnai», so its models in model.fast cannot be used. Did you mean openai?",
        ),
    ])
def test_a_name_in_the_settings_that_nobody_has_is_told_when_a_session_starts_and_by_doctor(world, text, told):
    world.settings(text)
    model = world.script(**HELLO)
    assert [line for line in notices(world.stream(model)) if "config.toml" in line] == [f"{world.config}/{told}"]
    assert told in " ".join(world.run("--model", model, input="/agents\n").out.split())
    findings = [(finding["grade"], finding["text"]) for finding in world.run("doctor", "--json").json if finding["what"] == "settings"]
    assert findings == [("warning", f"{world.config}/{told}")]


def test_names_that_somebody_has_are_not_told(world):
    world.plugin("plugins/hooks/watchful.lua", 'return { api = 1, description = "x", tool = function() end }\n')
    world.plugin("plugins/tools/broken.lua", BROKEN)
    world.settings("""
        [permissions]
        allow = ["* x", "read x", "extend y", "watchful x", "broken x", "plugins .loomkin/**", "file_edit src/**"]
        [provider.here]
        concurrent = 1
        [provider.groq]
        concurrent = 1
        [provider.endpoints.here]
        url = "http://127.0.0.1:1/v1"
        dialect = "openai-responses"
        [provider.endpoints.there]
        url = "http://127.0.0.1:1/v1"
        [model]
        fast = "here:small"
        strong = "scripted:play"
        [model.fallback]
        "scripted:play" = ["groq:x"]
        """)
    result = world.stream(world.script(**HELLO))
    assert result.code == 0 and not [line for line in notices(result) if "config.toml" in line]


def test_a_mistake_in_a_variable_names_it(world):
    result = world.run("tools", env={"LOOMKIN_PORT": "many"})
    assert result.code == 2 and "LOOMKIN_PORT" in result.err


@pytest.mark.parametrize(
    "arguments, part",
    [
        (["rnu", "Begin."], "Did you mean «run»?"), (["pluign"], "Did you mean «plugin»?"),
        (["--modle", "x:y"], "Unknown option '--modle'. Did you mean '--model'?"), (["doctr", "--models"], "Did you mean «doctor»?"),
        (["run", "--max-turn", "3", "Begin."], "--max-turns"), (["run", "--outputt", "json", "Begin."], "Did you mean '--output'?"), (["plugin", "shwo", "x"], "Did you mean «show»?"),
        (["plugin", "show", "file_raed"], "file_read"),
        (["models", "--provider", "opnai"], "Did you mean openai?"), (["login", "antropic"], "Did you mean anthropic?"),
        (["completions", "tcsh"], "bash, zsh or fish"), (["run"], "prompt"),
        (["help", "frob"], "There is no command «frob»."), (["help", "rnu"], "Did you mean «run»?"),
        (["help", "plugin", "shwo"], "There is no command «plugin shwo». Did you mean «plugin show»?"),
        (["help", "run", "--bad"], "Unknown option '--bad'"),
        (["repair the test"], "For one prompt without a person: loomkin run \"repair the test\""),
        (["repair", "the", "test"], "loomkin run \"repair the test\""),
        (["rnu", "--resume", "01KB3F"], "Did you mean «run»?"),
        (["--resume", "01KB3F", "go", "on"], "loomkin run --resume 01KB3F \"go on\""),
        (["Why?"], "loomkin run \"Why?\""),
    ])
def test_a_mistake_on_the_command_line_gets_a_suggestion(world, arguments, part):
    result = world.run(*arguments)
    assert (result.code, result.out) == (2, ""), result
    assert part in result.err


@pytest.mark.parametrize(
    "arguments", [
        ["run", "--model", "acme:nope", "Begin."], ["models", "--provider", "opnai"], ["plugin", "show", "file_raed"], ["frob"],
        ["repair", "the", "test"],
    ])
def test_a_mistake_in_a_value_is_one_sentence_without_the_usage(world, arguments):
    result = world.run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1 and result.err.startswith("Error: "), result.err


def test_help_about_what_there_is(world):
    for arguments, part in [
        (["help"], "USAGE: loomkin <subcommand>"), (["help", "run"], "USAGE: loomkin run"),
        (["help", "plugin", "show"], "USAGE: loomkin plugin show"), (["help", "help"], "USAGE: loomkin help"),
    ]:
        result = world.run(*arguments)
        assert result.code == 0 and part in result.out and result.err == "", arguments


def test_a_state_folder_that_cannot_be_written_is_told(world):
    world.write(".loomkin.toml", "[model]\ndefault = \"scripted:play\"\n")
    world.state.chmod(0o555)
    try:
        result = world.run("trust", "--yes", prefix=AS_ANYBODY)
    finally:
        world.state.chmod(0o755)
    assert result.code == 1
    assert_one_sentence(result.err, "could not be stored")


def test_files_keep_their_mode(world):
    script = world.write("tool.sh", "#!/bin/sh\necho old\n")
    script.chmod(0o750)
    model = world.script(roles={
        "concierge": [
            call("file_read", file_path="tool.sh"), call("file_edit", file_path="tool.sh", old_string="old", new_string="new"),
            say("Done."),
        ]})
    assert world.ask(model, "Begin.", "--role", "concierge", "--permissions", "edit").code == 0
    assert world.read("tool.sh") == "#!/bin/sh\necho new\n" and stat.S_IMODE(script.stat().st_mode) == 0o750
