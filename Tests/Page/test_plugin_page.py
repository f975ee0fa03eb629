"""The page of one plugin: its source and generations, followed and put back while it is open."""

import pathlib
import shutil

from selenium.webdriver.common.by import By
from test_page import request, shown, wait

GREETING = """
return {
  api = 1,
  usage = "/greet",
  description = "Greets.",
  run = function() return "<b>one</b>" end,
}
"""


def test_a_plugin_is_followed_and_rolled_back_on_its_page(page, browser):
    browser.get_log("browser")
    browser.get(page.address)
    file = page.plugin("commands/greet.lua", GREETING)
    shown(browser, "#lines", "command greet")
    shown(browser, "nav a[href='/plugins']").click()
    shown(browser, "#plugins a[href='/plugins/command/greet']", "greet").click()
    shown(browser, "h1", "greet")
    browser.execute_script("window.sameDocument = true")
    assert "<b>one</b>" in shown(browser, "#source", "run = function").text
    about = shown(browser, "#plugin dl")
    assert "commands/greet.lua" in about.text and "user" in about.text
    shown(browser, "[data-key=version-1]", "live")
    file.write_text(GREETING.replace("one", "two"))
    shown(browser, "[data-key=version-2]", "live")
    shown(browser, "#source", "<b>two</b>")
    file.write_text("return {")
    shown(browser, "#plugin dd.bad", "greet.lua")
    assert "<b>two</b>" in shown(browser, "#source").text
    shown(browser, "[data-key=version-1] button", "Roll back").click()
    shown(browser, "#source", "<b>one</b>")
    wait(browser, lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#plugin dd.bad"), "the old error is still shown")
    wait(browser, lambda _: file.read_text() == GREETING, "the file does not have its old text")
    assert browser.execute_script("return window.sameDocument") is True
    browser.get(page.origin + "/?show=reload")
    shown(browser, "#lines", "greet has its text of generation 1 again, by page")
    assert browser.get_log("browser") == []


def test_the_feed_of_an_open_page_tells_a_rollback(page, browser):
    browser.get(page.address)
    file = page.plugin("commands/greet.lua", GREETING)
    shown(browser, "#lines", "command greet")
    file.write_text(GREETING.replace("one", "two"))
    shown(browser, "#lines", "command greet reloaded 1 → 2")
    answer = request(
        page, "POST", "/api/v1/plugins/command/greet/rollback", '{"to": 1}', Authorization="Bearer " + page.token,
        Content_Type="application/json")
    assert answer[0] == 200
    shown(browser, "#lines", "greet has its text of generation 1 again, by page")


def test_a_deleted_plugin_is_still_shown_and_brought_back_on_its_page(page, browser):
    browser.get(page.address)
    file = page.plugin("commands/greet.lua", GREETING)
    shown(browser, "#lines", "command greet")
    browser.get(page.origin + "/plugins/command/greet")
    shown(browser, "[data-key=version-1]", "live")
    file.unlink()
    shown(browser, "#plugin .pill", "deleted")
    assert "<b>one</b>" in shown(browser, "#source").text
    browser.get(page.origin + "/plugins")
    shown(browser, "[data-key=plugin-command-user-greet]", "deleted").find_element(By.LINK_TEXT, "greet").click()
    shown(browser, "#plugin", "Its file is gone.")
    shown(browser, "[data-key=version-1] button", "Roll back").click()
    shown(browser, "#plugin .pill", "live")
    shown(browser, "[data-key=version-1]", "live")
    assert file.read_text() == GREETING


def test_a_rollback_in_a_folder_that_cannot_be_written_says_what_to_do(serve, tmp_path, browser):
    installed, source = tmp_path / "installed", pathlib.Path(__file__).parents[2]
    for folder in ("plugins", "prompts", "roles"):
        shutil.copytree(source / folder, installed / folder)
    file = installed / "plugins/commands/greet.lua"
    file.write_text(GREETING)
    with serve(LOOMKIN_HOME=str(installed)) as page:
        browser.get(page.address)
        file.write_text(GREETING.replace("one", "two"))
        shown(browser, "#lines", "command greet reloaded")
        file.parent.chmod(0o555)
        file.chmod(0o444)
        browser.get(page.origin + "/plugins/command/greet")
        back = "[data-key=version-1] button"
        shown(browser, back, "Roll back").click()
        sentence = "put a copy into .loomkin/plugins/commands/greet.lua and change that."
        said = shown(browser, "#said.bad", sentence).text
        assert said.startswith("The old text cannot be put back.") and "permission denied" in said
        # Without the script it is a page of its own.
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        browser.refresh()
        shown(browser, back, "Roll back").click()
        assert "The old text cannot be put back." in shown(browser, "main", sentence).text
        file.parent.chmod(0o755)
    assert "two" in file.read_text()


def test_an_unknown_plugin_is_not_found(page, browser):
    browser.get(page.address)
    browser.get(page.origin + "/plugins/tool/nothing")
    shown(browser, "body", "The plugin tool/nothing does not exist.")
