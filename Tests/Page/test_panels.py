"""What plugins add to the page: panels and commands, while it is open."""

import json
import pathlib

from selenium.webdriver.common.by import By
from test_page import api, gone, press, questions_answered_by_program, request, say, shown, wait

TALLY = """
local html = loom.html
return {
  api = 1,
  title = "TITLE",
  refresh_on = { "**/tool.finished" },
  render = function(snapshot)
    local calls = assert(loom.signal.history{ pattern = "**/tool.finished" })
    return { html.p{ html.b{ #calls }, " calls" }, html.a{ href = "/plugins", "all plugins" } }
  end,
}
"""

ENDLESS = """
return { api = 1, title = "Endless", render = function() while true do end end }
"""

HOSTILE = """
local evil = "</pre><script>document.title='owned'</script><img src=x onerror=\\"document.title='owned'\\">"
local html = loom.html
return {
  api = 1,
  title = evil,
  render = function() return { html.p{ class = evil, title = evil, evil }, html.pre{ evil } } end,
}
"""

FORGED = """
return {
  api = 1,
  title = "Forged",
  render = function() return { { tag = "SCRIPT", attributes = {}, children = { "document.title = 'owned'" } } } end,
}
"""

GREET = (pathlib.Path(__file__).parents[1] / "greet.lua").read_text()


def same_document(browser):
    return browser.execute_script("return window.sameDocument") is True


def test_a_panel_appears_follows_its_signals_changes_and_goes_without_reload(page, browser):
    browser.get(page.address)
    browser.execute_script("window.sameDocument = true")
    file = page.plugin("panels/tally.lua", TALLY)
    shown(browser, ".panel", "0 calls")
    say(browser, "Begin")
    questions_answered_by_program(
        page, browser, lambda driver: any("4 calls" in panel.text for panel in driver.find_elements(By.CSS_SELECTOR, ".panel")))
    file.write_text(TALLY.replace("TITLE", "Work so far"))
    shown(browser, ".panel h2", "Work so far")
    file.write_text(TALLY.replace("#calls", "#calls.none"))
    problem = shown(browser, ".panel .bad", "has a fault of its own")
    assert "tally.lua:9" in problem.text
    shown(browser, "#lines", "ada writes the note.")
    file.write_text("return {")
    shown(browser, "#lines", "panel tally failed")
    shown(browser, ".panel .bad", "has a fault of its own")
    file.unlink()
    gone(browser, ".panel")
    assert same_document(browser)


def test_a_panel_without_end_does_not_hold_up_the_page(page, browser):
    page.plugin("panels/endless.lua", ENDLESS)
    page.plugin("panels/tally.lua", TALLY)
    browser.get(page.address)
    shown(browser, ".panel", "0 calls")
    first = browser.execute_async_script("fetch('/').then((answer) => answer.text()).then(arguments[0])")
    assert "It takes its time." in first
    # What becomes of it comes by itself.
    shown(browser, ".panel .bad", "endless")


def test_what_a_panel_draws_is_never_markup(page, browser):
    page.plugin("panels/evil.lua", HOSTILE)
    page.plugin("panels/forged.lua", FORGED)
    browser.get_log("browser")
    browser.get(page.address)
    drawn = shown(browser, ".panel", "<img src=x")
    assert drawn.find_element(By.TAG_NAME, "pre").text.startswith("</pre><script>")
    assert "«SCRIPT»" in shown(browser, ".panel .bad").text
    assert browser.find_elements(By.CSS_SELECTOR, ".panel script, .panel img") == []
    assert "owned" not in browser.title
    assert browser.get_log("browser") == []


def test_a_command_is_completed_and_run_on_the_page(page, browser):
    browser.get(page.address)
    browser.execute_script("window.sameDocument = true")
    file = page.plugin("commands/greet.lua", GREET)
    line = shown(browser, "#commands", "/greet [AGENT]").find_element(By.ID, "line")
    line.send_keys("/greet le")
    options = lambda driver: driver.execute_script("return [...document.querySelectorAll('#line-words option')].map((o) => o.value)")
    wait(browser, lambda driver: options(driver) == ["/greet lead"], "the argument is not completed")
    line.send_keys("ad\n")
    assert shown(browser, "#command-output", "Hello").text == "Hello <b>lead</b>, 1 words"
    line.clear()
    line.send_keys("/greet\n")
    shown(browser, "#said.bad", "Say whom to greet.")
    file.write_text(GREET.replace("Hello", "Salve"))
    shown(browser, "#lines", "command greet reloaded")
    assert shown(browser, "#command-output").text == "Hello <b>lead</b>, 1 words"
    assert api(page, "commands/greet", text="you")["text"] == "Salve <b>you</b>, 1 words"
    assert "greet" in [command["name"] for command in api(page, "commands")["commands"]]
    assert request(page, "POST", "/api/v1/commands/greet", "{}", Content_Type="application/json")[0] == 403
    file.unlink()
    gone(browser, "[data-command=greet]")
    assert same_document(browser)


AUTHOR = """
local source = [[
return {
  api = 1, description = "Say it loud.", parameters = { text = { type = "string", required = true } },
  run = function(args) return args.text:upper() end,
}
]]
return {
  roles = {
    lead = {
      { calls = { { "team_spawn", { purpose = "loud", roles = { { name = "ada", role = "coder", model = "scripted:author" } } } } } },
      { calls = { { "team_assign", { agent_name = "ada", title = "Make a tool", description = "shout" } } } },
      { when = "made: ", calls = { { "call_tool", { name = "shout", arguments = { text = "it is loud" } } } } },
      function(_, came) return { text = "The tool says: " .. came } end,
    },
    coder = {
      { calls = { { "plugin_write", { kind = "tool", name = "shout", source = source } } } },
      function(_, came) return { calls = { { "peer_complete_task", { result = "made: " .. came } } } } end,
      { text = "Handed in." },
    },
  },
}
"""


def ask_for_a_tool(page, browser):
    page.plugin("scenarios/author.lua", AUTHOR)
    browser.get(page.address)
    wait(browser, lambda _: "author" in json.dumps(api(page, "plugins")), "the scenario is not there")
    api(page, "agents/lead/model", model="scripted:author")
    say(browser, "We need to be louder.")
    shown(browser, ".question h3", "start")
    press(browser, "Allow")
    shown(browser, ".question h3", "take .loomkin/plugins/tools/shout.lua into use")
    shown(browser, ".question details summary").click()
    shown(browser, ".question pre", "calls nothing of loom that acts")


def test_a_tool_that_an_agent_wrote_counts_when_the_person_says_yes(page, browser):
    ask_for_a_tool(page, browser)
    assert not (page.project / ".loomkin/plugins").exists()
    press(browser, "Allow")
    shown(browser, "#feed-panel", "The tool says: IT IS LOUD")
    assert (page.project / ".loomkin/plugins/tools/shout.lua").exists()


def test_a_tool_that_an_agent_wrote_is_nothing_when_the_person_says_no(page, browser):
    ask_for_a_tool(page, browser)
    press(browser, "Refuse")
    shown(browser, "#feed-panel", "There is no tool «shout»")
    assert not (page.project / ".loomkin/plugins").exists()
