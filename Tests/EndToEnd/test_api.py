"""What a tool of the user can do with `loom`: the network, processes, tasks, models and signals."""

import contextlib
import http.server
import threading

from support import call, say
from test_terminal import begin, leave


def tool(world, body, name="probe", **more):
    """A tool of the user whose `run` has this body; gives nothing."""
    fields = "".join(f"{key} = {value}, " for key, value in more.items())
    world.plugin(
        f"plugins/tools/{name}.lua",
        f'return {{ api = 1, description = "A test.", parameters = {{}}, {fields}run = function()\n{body}\nend }}\n')


def used(world, *flags, plugins=None):
    """Lets the lead call the tool once; gives the run and what the tool answered."""
    play = {"roles": {"lead": [call("probe"), say("Over.")]}}
    result = world.stream(world.script(**play, **({"plugins": plugins} if plugins else {})), "Begin.", *flags)
    (finished,) = result.of_type("tool.finished")
    return result, finished


@contextlib.contextmanager
def server(answer):
    """A server of this machine; `answer(handler)` deals with each request. Gives its address and what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.command, self.path, dict(self.headers)))
            answer(self)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.server_port}", asked
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def tea(handler):
    handler.send_response(418)
    handler.send_header("X-Kind", "green")
    handler.end_headers()
    handler.wfile.write(b"tea")


def redirect(place):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", place)
        handler.end_headers()

    return answer


def request(place):
    return f'local r = assert(loom.http.request{{ url = "http://{place}/x?q=1" }}) return r.status .. r.headers["x-kind"] .. r.body'


def test_a_rule_that_names_a_server_of_this_machine_lets_a_request_through(world):
    with server(tea) as (place, asked):
        tool(world, request(place))
        world.settings(f'[permissions]\nallow = ["network {place}"]\n')
        result, finished = used(world)
    assert result.code == 0 and finished["text"] == "418greentea"
    ((method, path, headers),) = asked
    assert (method, path, headers["User-Agent"]) == ("GET", "/x?q=1", "loomkin")
    (decided,) = [row for row in world.kept("permission.decided") if row["access"].startswith("network")]
    assert (decided["verdict"], decided["access"]) == ("allow", f"network {place}")


def test_without_such_a_rule_this_machine_is_out_of_reach_whatever_the_preset(world):
    with server(tea) as (place, asked):
        tool(world, request(place))
        _, finished = used(world, "--permissions", "full")
    assert finished["status"] == "denied" and "need a rule that names them" in finished["text"]
    assert not asked


def test_a_redirect_from_where_a_request_may_go_to_where_it_may_not_is_refused(world):
    with server(tea) as (inner, inside), server(redirect(f"http://localhost:{inner.split(':')[1]}/")) as (place, asked):
        tool(world, request(place))
        world.settings(f'[permissions]\nallow = ["network {place}", "network *"]\n')
        _, finished = used(world)
    assert finished["status"] == "denied" and "network localhost:" in finished["text"]
    assert len(asked) == 1 and not inside


def test_a_person_is_asked_about_a_request_and_may_refuse_it(world):
    with server(tea) as (place, asked):
        tool(world, request(place))
        world.settings(f'[permissions]\nask = ["network {place}"]\n')
        model = world.script(roles={"lead": [call("probe"), say("Round one."), call("probe"), say("Round two.")]})
        with world.terminal("--model", model, "--no-page") as child:
            begin(child)
            child.sendline("Begin.")
            child.expect(f"lead wants to reach {place}")
            child.sendline("n")
            child.expect("Round one.")
            assert not asked
            child.sendline("Again.")
            child.expect(f"lead wants to reach {place}")
            child.sendline("y")
            child.expect("Round two.")
            assert leave(child) == 0
    assert len(asked) == 1


def test_server_sent_events_come_one_by_one(world):
    def stream(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b"event: tick\ndata: 1\n\ndata: 2\n\n")

    with server(stream) as (place, _):
        tool(world, f"""
            local seen = {{}}
            local r = assert(loom.http.events({{ url = "http://{place}/" }}, function(e) seen[#seen + 1] = e.event .. e.data end))
            return r.status .. table.concat(seen, " ")
        """)
        world.settings(f'[permissions]\nallow = ["network {place}"]\n')
        _, finished = used(world)
    assert finished["text"] == "200tick1 message2"


def test_a_process_is_spoken_to_and_ends_with_its_call(world):
    tool(world, """
        local cat = assert(loom.process.start{ command = "cat; exit 3" })
        local left = assert(loom.process.start{ command = "echo here; sleep 1000 & sleep 1000" })
        assert(cat:write("one\\ntwo"))
        local first = cat:line()
        cat:close_input()
        return first .. cat:line() .. cat:wait().status .. left:line()
    """)
    result, finished = used(world, "--permissions", "full")
    assert finished["text"] == "onetwo3here"
    world.assert_no_process_left()
    effects = [row for row, in world.rows("SELECT effect FROM effect ORDER BY number")]
    assert len(effects) == 2 and "cat; exit 3" in effects[0]


def test_tasks_of_one_call_run_side_by_side(world):
    # Each end of the pipe waits for the other: one after the other they would wait for ever.
    tool(world, """
        assert(loom.process.run{ command = "mkfifo meeting" })
        local got = loom.task.all{
          function() return loom.process.run{ command = "cat meeting" }.output end,
          function() return loom.process.run{ command = "echo hello > meeting" }.status end,
        }
        local quick, at = loom.task.race{
          function() return loom.process.run{ command = "sleep 1000" } end,
          function() return "quick" end,
        }
        return got[1] .. got[2] .. quick .. at
    """)
    _, finished = used(world, "--permissions", "full")
    assert finished["text"] == "hello\n0quick2"
    world.assert_no_process_left()


def test_a_tool_asks_a_model_on_its_agent_s_budget(world):
    tool(world, """
        local whole = assert(loom.model.complete{ system = "Be brief.", prompt = "Tea?", purpose = "taste" })
        local pieces = {}
        local streamed = assert(loom.model.stream({ prompt = "More?" }, function(text) pieces[#pieces + 1] = text end))
        return whole.text .. " " .. whole.usage.output .. " " .. table.concat(pieces) .. " " .. streamed.stop
    """)
    answer = {"text": "Green.", "usage": {"input": 7, "output": 2}}
    result, finished = used(world, "--permissions", "edit", plugins={"probe": [answer]})
    assert result.code == 0 and finished["text"] == "Green. 2 Green. end"
    purposes = [purpose for purpose, in world.rows("SELECT purpose FROM model_call WHERE agent = 'lead' ORDER BY rowid")]
    assert purposes == ["turn", "plugin/probe/taste", "plugin/probe", "turn"]
    # Nobody took a plugin's answer for the agent's own words.
    assert not [row for row in result.signals if row["type"] == "agent.text" and "Green" in row["data"].get("text", "")]


def test_asking_a_model_is_asked_for_like_anything_that_costs(world):
    tool(world, 'return loom.model.complete{ prompt = "Tea?" }.text')
    result, finished = used(world, "--permissions", "ask", plugins={"probe": [say("Green.")]})
    assert finished["status"] == "denied" and "model scripted:play" in finished["text"]


def test_a_tool_hears_signals_while_it_runs(world):
    tool(world, """
        local heard = loom.signal.subscribe("**")
        assert(loom.signal.publish("poured", { cups = 2 }))
        for signal in heard do
          if signal.type == "probe.poured" then return signal.source .. signal.data.cups end
        end
    """)
    _, finished = used(world)
    assert finished["text"] == "agent/lead2"


def test_a_tool_looks_before_it_asks(world):
    tool(world, """
        local rights = {}
        for _, kind in ipairs{ "read", "write", "network", "model", "control" } do
          rights[#rights + 1] = loom.permission.check(kind, "x").verdict
        end
        local one = loom.plugin.generations("probe")[1]
        return table.concat(rights, " ") .. " " .. loom.agent.get("lead").role .. " " .. one.kind .. one.number
    """)
    _, finished = used(world)
    assert finished["text"] == "allow ask ask ask ask lead tool1"


LOOKS = """
local function named(list) local names = {} for index, one in ipairs(list) do names[index] = one.name end return table.concat(names, " ") end
assert(loom.store.set("b", 1)) assert(loom.store.set("a", { 2 })) assert(loom.store.delete("b"))
local stored = loom.store.list()
local live = 0
for _, plugin in ipairs(loom.plugin.list()) do if plugin.name == "probe" and plugin.status == "live" then live = plugin.generation end end
local task = assert(loom.board.assign{ agent = "lead", title = "Look" })
loom.progress("half way")
return table.concat({
  "self " .. loom.agent.self().name, "agents " .. named(loom.agent.list()), "team " .. loom.team.list()[1].agents[1],
  "task " .. assert(loom.board.get(task.id)).title .. #loom.board.list(), "inbox " .. #assert(loom.inbox.list()),
  "kept " .. #stored .. stored[1].key, "probe " .. live, "preset " .. tostring(loom.config.get("permissions.preset")),
  "may " .. tostring(loom.permission.require("read", "notes.txt")), "stat " .. assert(loom.fs.stat("notes.txt")).size,
  "glob " .. assert(loom.fs.glob("*.txt")).files[1], "json " .. loom.json.encode({ a = loom.json.array({}) }),
  "text " .. assert(loom.text.template("{{x}}!", { x = "hi" })) .. tostring(#loom.text.truncate(("x"):rep(999), 200) < 999),
  "diff " .. loom.text.diff("a", "b"):match("%+b"), "prompt " .. assert(loom.prompt.render("mine", { word = "well" })):match("^All well%."),
  "now " .. loom.time.now():match("^%d+-%d+-%d+T"):gsub("%d", "9") .. math.type(loom.time.monotonic()),
}, "\\n")
"""


def test_what_a_tool_can_look_at_is_there(world):
    world.write("notes.txt", "seven b")
    world.plugin("prompts/mine.md", "All {{ values.word }}.")
    tool(world, LOOKS)
    result, finished = used(world, "--permissions", "full")
    assert finished["text"].splitlines() == [
        "self lead", "agents lead", "team lead", "task Look1", "inbox 1", "kept 1a", "probe 1", "preset full", "may true", "stat 7",
        "glob notes.txt", 'json {"a":[]}', "text hi!true", "diff +b", "prompt All well.", "now 9999-99-99Tfloat"]
    assert [told["text"] for told in result.of_type("tool.progress")] == ["half way"]
