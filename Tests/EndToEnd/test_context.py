"""The context window by zone: what people see of it, and what happens when a zone is over its budget."""

import json

from support import call, say
from test_serve import serving  # noqa: F401 (a fixture)

ZONES = ["system", "tools", "rules", "history", "tail", "reply"]


def scripted(world, **roles):
    return world.script(roles=roles)


def test_the_repl_shows_the_window_by_part(world):
    world.write("AGENTS.md", "Use tabs.\n")
    model = scripted(world, lead=[call("file_read", file_path="AGENTS.md"), say("Read.")])
    out = world.run("--model", model, input="Read it.\n/context\n/context nobody\n").out
    lines = [line.removeprefix("lead").split() for line in out.splitlines()]
    shown = {words[0]: words for words in lines if words and words[0] in ZONES}
    assert list(shown) == ZONES, out
    assert all(shown[zone][2] == "of" for zone in ZONES), out
    assert int(shown["rules"][1]) > 0 and shown["rules"][3] == "12k", out
    assert "There is no agent «nobody». /agents lists them." in out


def test_the_page_and_the_api_show_it_too(world, serving):  # noqa: F811
    with serving(scripted(world, lead=[say("Hello.")])) as page:
        page.api("messages", {"text": "hi"})
        stream = page.request("/api/v1/signals?after=0&limit=1000")
        while '"agent.finished"' not in stream[1]:
            stream = page.request("/api/v1/signals?after=0&limit=1000")
        agent, = page.api("agents")["agents"]
        assert [zone["zone"] for zone in agent["context"]] == ZONES
        assert sum(zone["used"] for zone in agent["context"]) == agent["context_used"] > 0
        text = page.request("/agents/lead")[1]
        assert "Window by part" in text
        assert all(f'data-key="zone-{zone}"' in text for zone in ZONES)


def test_rules_over_their_budget_are_cut_and_the_file_is_named(world):
    world.write("AGENTS.md", "Use tabs, not spaces.\n" * 2_000)
    world.settings("[context]\nlimit = 16000\nrules_percent = 5\n")
    model = world.scenario("play", """
        return { roles = { lead = { function(call)
          return { text = call.system:match("%(AGENTS%.md is cut here:[^)]*%)") or "not cut" }
        end } } }
    """)
    out = world.run("--model", model, input="go\n").out
    assert "(AGENTS.md is cut here: 3189 of 44000 bytes are shown. Read the file for the rest" in " ".join(out.split())
    assert "Shorten it, or give the rules more room with [context] rules_percent (now 5," in " ".join(out.split())


def test_results_that_are_too_much_at_once_are_shortened_and_the_model_is_told(world):
    for name in "abc":
        world.write(f"{name}.txt", "".join(f"line {number} of {name}\n" for number in range(1_500)))
    world.settings("[context]\nlimit = 16000\ntail_percent = 20\n")
    model = world.scenario("play", """
        local read = {}
        for _, name in ipairs { "a.txt", "b.txt", "c.txt" } do read[#read + 1] = { "file_read", { file_path = name } } end
        return { roles = { lead = { { calls = read }, function(call)
          local bytes, cut = 0, 0
          for _, part in ipairs(call.messages[#call.messages].parts) do
            local text = part.text or ""
            bytes = bytes + #text
            if text:find("too much at once for this window", 1, true) then cut = cut + 1 end
          end
          return { text = ("%d cut, %s"):format(cut, bytes < 20000 and "small" or tostring(bytes)) }
        end } } }
    """)
    result = world.ask(model, "go", "--output", "json", "--permissions", "full")
    assert json.loads(result.out)["result"] == "3 cut, small"


def test_a_share_that_is_none_is_refused_with_its_line(world):
    world.settings("[context]\nrules_percent = 0\n")
    result = world.run("run", "hi")
    assert result.code == 2
    assert "config.toml:2: context.rules_percent = 0 cannot be used: use 1 to 100." in result.err
