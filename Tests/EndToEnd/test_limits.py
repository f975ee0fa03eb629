"""What plugins may take, what becomes of one that goes wrong, and that nothing is left of those that were replaced."""

import concurrent.futures
import contextlib
import json
import pathlib
import threading
import urllib.request

import pytest

from support import call, calls, eventually, read_until, say, unsanitized

ROLE = 'return { api = 1, description = "works", prompt = "lead", tools = { "work", "shell" } }\n'


def tool(body, fields="", parameters="{}"):
    return f'return {{ api = 1, description = "works", parameters = {parameters}, {fields} run = function(args) {body} end }}\n'


class Page:
    """A served session, spoken to as a program does."""

    def __init__(self, process):
        self.process = process
        address = process.stdout.readline().strip()
        self.base, self.token = address.split("/?token=")

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}", data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def plugin(self, name="work"):
        return next(plugin for plugin in self.ask("plugins")["plugins"] if plugin["name"] == name)

    def health(self):
        return self.ask("health")


@contextlib.contextmanager
def served(world, model):
    with world.started("serve", "--model", model, "--permissions", "full", "--port", "0", "--no-open") as process:
        yield Page(process)


def test_a_plugin_with_faults_is_quarantined_until_it_is_saved(world):
    world.plugin("roles/lead.lua", ROLE)
    file = world.plugin("plugins/tools/work.lua", tool("local n = nil return n.field"))
    steps = [call("work") for _ in range(5)]
    steps += [call("work"), {"expect": "quarantined after 5 faults", "text": "It is quarantined."}]
    steps += [call("work"), {"expect": "It works.", "text": "Well again."}]
    with served(world, world.script(roles={"lead": steps})) as page:
        page.ask("messages", {"text": "Begin."})
        eventually(lambda: page.plugin()["status"] == "quarantined" and page.ask("agents")["agents"][0]["state"] == "idle", "quarantine")
        row = page.plugin()
        assert row["error"].endswith("(5 times)") and f"{file}:1:" in row["error"]
        (told,) = [report for report in world.kept("plugin.reload") if report["status"] == "quarantined"]
        assert "/reload work" in told["error"]
        assert page.health()["plugins"]["quarantined"] == 1
        file.write_text(tool("return 'It works.'"))
        eventually(lambda: page.plugin()["status"] == "live", "the repair is live")
        page.ask("messages", {"text": "Again."})
        eventually(lambda: any(said["text"] == "Well again." for said in world.kept("agent.said")), "it works again")


def test_a_service_hears_after_its_quarantine_what_came_meanwhile(world):
    source = 'return { api = 1, description = "hears", subscribe = { ["**/user.said"] = function(signal) BODY end } }\n'
    file = world.plugin("plugins/services/work.lua", source.replace("BODY", "return signal.nothing.here"))
    said = [f"message {number}" for number in range(8)]
    with served(world, world.script(roles={"lead": [say("Noted.") for _ in said]})) as page:
        for text in said:
            page.ask("messages", {"text": text})
        eventually(lambda: page.plugin()["status"] == "quarantined", "quarantine")
        file.write_text(source.replace("BODY", 'loom.signal.publish("heard", { text = signal.data.text })'))
        heard = lambda: [signal["text"] for signal in world.kept("work.heard")]
        eventually(lambda: len(heard()) == 3, "it hears what it missed")
        assert heard() == said[5:]


def test_limits_are_the_plugin_s_own_and_the_host_s_ceiling(world):
    world.plugin("roles/lead.lua", ROLE)
    world.plugin("plugins/tools/work.lua", tool("return string.rep('x', 5000)", "limits = { output_kb = 4 },"))
    model = world.script(roles={"lead": [call("work"), {"expect": "limits.output_kb allows 4", "text": "Too much."}]})
    assert world.ask(model).out == "Too much.\n"
    world.settings("[plugins]\noutput_kb = 2\n")
    checked = world.run("plugin", "check")
    assert checked.code == 1 and "limits.output_kb is 4, and the configuration allows 2 (plugins.output_kb)" in checked.out


def test_one_that_loops_and_one_that_eats_memory_end_their_own_calls_only(world):
    world.plugin("plugins/tools/loop.lua", tool("while true do end", "limits = { seconds = 1 }, parallel = true,"))
    world.plugin("plugins/tools/eat.lua", tool("local t = {} while true do t[#t + 1] = string.rep('x', 1e6) end", "parallel = true,"))
    world.plugin("plugins/tools/work.lua", tool("return 'worked'", "parallel = true,"))
    model = world.script(roles={"lead": [calls(("loop", {}), ("eat", {}), ("work", {})), say("All came back.")]})
    assert world.ask(model).out == "All came back.\n"
    done = {done["tool"]: done["text"] for done in world.kept("tool.finished")}
    assert done["work"] == "worked" and "did not end within 1 s" in done["loop"] and "more memory" in done["eat"]


def test_one_that_opens_a_thousand_handles_ends_its_own_call_with_a_clear_error(world):
    sleeper = "loom.task.spawn(function() loom.time.sleep(60) end)"
    world.plugin("plugins/tools/hoard.lua", tool(f"for number = 1, 1000 do assert({sleeper}) end", "parallel = true,"))
    world.plugin("plugins/tools/work.lua", tool("return loom.task.spawn(function() return 'worked' end):await()", "parallel = true,"))
    again = calls(("hoard", {}), ("work", {}))
    model = world.script(roles={"lead": [again, again, say("All came back.")]})
    assert world.ask(model).out == "All came back.\n"
    ended = lambda name: [done["text"] for done in world.kept("tool.finished") if done["tool"] == name]
    assert ended("work") == ["worked"] * 2
    assert all("limits.handles allows" in text and text.startswith("64 ") for text in ended("hoard")) and len(ended("hoard")) == 2


BROKEN = {
    "syntax": ("return {\n", "work.lua:"),
    "load error": ("local x = nil\nlocal y = x.z\nreturn {}\n", "work.lua:2:"),
    "endless loop at load": ("while true do end\n", "work.lua:1:"),
    "memory bomb at load": ("local t = {}\nwhile true do t[#t + 1] = string.rep('x', 1e6) end\n", "work.lua:2:"),
    "invalid schema": (tool("return 'x'", parameters="{ a = { type = 'strin' } }"), "work.lua:1:"),
    "unknown role": (tool("return 'x'", "roles = { 'nobody' },"), "work.lua:1:"),
    "wrong api": ("return { api = 2, description = 'x', run = function() end }\n", "work.lua:1:"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_save_changes_nothing_but_an_error_with_file_and_line(world, kind):
    source, place = BROKEN[kind]
    file = world.plugin("plugins/tools/work.lua", tool("return 'worked'"))
    with served(world, world.script(roles={"lead": [say("Hello.")]})) as page:
        before = page.ask("plugins")["plugins"]
        file.write_text(source)
        eventually(lambda: page.plugin()["status"] == "failed", "the save is refused")
        after = page.ask("plugins")["plugins"]
        assert place in page.plugin()["error"], page.plugin()["error"]
        changing = ("status", "error", "report", "versions")
        bare = lambda rows: [{key: value for key, value in row.items() if key not in changing} for row in rows]
        assert bare(after) == bare(before)
        assert page.health()["plugins"]["generations"] == page.health()["plugins"]["live"]


def test_a_save_under_a_name_that_is_taken_changes_nothing_else(world):
    with served(world, world.script(roles={"lead": [say("Hello.")]})) as page:
        before = page.ask("plugins")["plugins"]
        file = world.plugin("plugins/commands/help.lua", tool("return 'x'", parameters="nil"))
        eventually(lambda: len(page.ask("plugins")["plugins"]) > len(before), "the file is seen")
        (row,) = [row for row in page.ask("plugins")["plugins"] if row not in before]
        assert row["status"] == "broken" and row["error"] == f"{file}: /help is a command of loomkin's own; give the file another name"


def test_the_list_says_what_the_last_reload_of_a_session_changed(world):
    file = world.plugin("plugins/tools/work.lua", tool("return 'x'", parameters="{ a = { type = 'string' } }"))
    with served(world, world.script(roles={"lead": [say("Hello.")]})) as page:
        file.write_text(tool("return 'x'", "parallel = true,", "{ b = { type = 'string' } }"))
        eventually(lambda: page.plugin()["generation"] == 2, "the save is live")
    (row,) = [row for row in world.run("plugin", "list", "--json").json if row["name"] == "work"]
    assert row["generation"] == 2 and row["report"]["status"] == "reloaded" and (row["report"]["from"], row["report"]["to"]) == (1, 2)
    assert (row["report"]["added"], row["report"]["changed"], row["report"]["removed"]) == (["parameters.b"], ["parallel"], ["parameters.a"])


def test_three_files_that_depend_on_each_other_are_saved_all_or_none(world):
    world.plugin("roles/lead.lua", ROLE)
    lib = world.plugin("plugins/lib/words.lua", "return { greet = function() return 'hello' end }\n")
    tools = [world.plugin(f"plugins/tools/{name}.lua", tool("return require('lib.words').greet()")) for name in ("work", "other")]
    gate = world.gate()
    wait = ("shell", {"command": "read x < gate"})
    steps = [call("work"), {"expect": "hello", **calls(wait)}, call("work"), {"expect": "hello", **calls(wait)}, call("work"),
             {"expect": "good day", "text": "As it should be."}]
    with world.started(
        "run", "--model", world.script(roles={"lead": steps}), "--permissions", "full", "--output", "stream-json", "Begin."
    ) as process:
        read_until(process, '"tool":"shell"')

        def save(last):
            lib.write_text("return { welcome = function() return 'good day' end }\n")
            tools[0].write_text(tool("return require('lib.words').welcome()"))
            tools[1].write_text(last)

        reports = lambda status: [report["plugin"] for report in world.kept("plugin.reload") if report["status"] == status]
        save("return {\n")
        eventually(lambda: "other" in reports("failed"), "the three are refused")
        gate.open()
        read_until(process, '"tool":"shell"')
        assert reports("reloaded") == []
        tools[1].write_text(tool("return require('lib.words').welcome()"))
        eventually(lambda: {"words", "work", "other"} <= set(reports("reloaded")), "the three are live")
        gate.open()
        assert json.loads(process.stdout.readlines()[-1])["data"]["result"] == "As it should be."


def children(process):
    """Processes that the served program has started, with what they have open."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) if entry.name.isdigit() else 0
            if parent == process.pid:
                found[int(entry.name)] = len(list((entry / "fd").iterdir()))
    return found


FILL = """
return {
  api = 1, description = "Fills what the program remembers of signals.",
  run = function()
    local report = { plugin = "work", kind = "command", from = 1, to = 2, status = "reloaded", milliseconds = 1.5 }
    for _ = 1, 2100 do assert(loom.signal.publish("report", report)) end
    return "filled"
  end,
}
"""


@unsanitized
def test_a_thousand_reloads_under_load_leave_nothing_behind(world):
    """Calls run all the time, so that most reloads replace a generation that has some. They are commands, since what a tool says stays in
    its agent's memory: it is the reloads that are to cost nothing."""

    def source(number):
        body = f"loom.state.set('n', (loom.state.get('n') or 0) + 1) loom.time.sleep(0.1) return '{number} ' .. #held"
        return f"local held = string.rep('x', 100000) .. '{number}' return {{ api = 1, description = 'works', run = function() {body} end }}\n"

    file = world.plugin("plugins/commands/work.lua", source(0))
    world.plugin("plugins/commands/fill.lua", FILL)
    with served(world, world.script(roles={"lead": [say("Hello.")]})) as page, concurrent.futures.ThreadPoolExecutor(4) as workers:
        done = threading.Event()

        def work():
            answers = []
            while not done.is_set():
                answers.append(page.ask("commands/work", {"text": ""})["text"])
            return answers

        load = [workers.submit(work) for _ in range(4)]

        def reload(until):
            number = page.plugin()["generation"]
            while number < until:
                file.write_text(source(number))
                reports = page.ask("plugins/command/work/reload", {})["reports"]
                # The watcher may have been first; then this reload is another one.
                number = max([number, *(report["to"] for report in reports)])

        try:
            # The last two thousand kept signals are in memory: what fills that place is no leak.
            assert page.ask("commands/fill", {"text": ""})["text"] == "filled"
            reload(200)
            warm, watched = page.health(), children(page.process)
            reload(1_200)
        finally:
            done.set()
        answers = [answer for worker in load for answer in worker.result()]
        assert len(answers) > 100 and len(set(answers)) > 50, "the load ran, on many generations"
        eventually(lambda: page.plugin()["running"] == 0 and page.plugin()["older"] == [], "every older generation is closed")
        after = page.health()
        assert after["plugins"]["generations"] == after["plugins"]["live"] == warm["plugins"]["live"]
        assert after["plugins"]["owned"] == 0
        # The database opens a reader when two read at once, and a connection of the page may still be closing.
        assert after["descriptors"] <= warm["descriptors"] + 4 and after["subscriptions"] <= warm["subscriptions"]
        assert children(page.process) == watched, "the watcher holds no more than before"
        assert after["rss_bytes"] <= warm["rss_bytes"] * 1.05, (warm, after)
