"""The page as people use it: a real browser on the built program, with a script in place of the model."""

import http.client
import json

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

PATIENCE = 20


def wait(browser, condition, message):
    return WebDriverWait(browser, PATIENCE, 0.1, ignored_exceptions=(StaleElementReferenceException,)).until(condition, message)


def shown(browser, selector, text=""):
    """The first element that matches and contains the text, once there is one."""
    def found(driver):
        return next((e for e in driver.find_elements(By.CSS_SELECTOR, selector) if text in e.text), None)
    return wait(browser, found, f"nothing matches {selector} with the text «{text}»")


def gone(browser, selector):
    wait(browser, lambda driver: not driver.find_elements(By.CSS_SELECTOR, selector), f"{selector} is still there")


def say(browser, text, to=None):
    if to:
        Select(browser.find_element(By.ID, "to")).select_by_value(to)
    browser.find_element(By.ID, "text").send_keys(text)
    browser.find_element(By.CSS_SELECTOR, "form[data-reset] button.main").click()


def press(browser, label):
    shown(browser, "#questions button", label)
    # The page may fit new content in between looking and clicking.
    def click(driver):
        button = next((b for b in driver.find_elements(By.CSS_SELECTOR, "#questions button") if b.text == label), None)
        if button:
            button.click()
        return button
    wait(browser, click, f"no button {label}")


def request(page, method="GET", path="/", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=PATIENCE)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def cookie(page):
    """What a browser gets that opens the printed address."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=PATIENCE)
    connection.request("GET", f"/?token={page.token}")
    shown = connection.getresponse().getheader("Set-Cookie").split(";")[0]
    connection.close()
    return shown


def api(page, path, **body):
    status, text = request(
        page, "POST" if body else "GET", "/api/v1/" + path, json.dumps(body) if body else None,
        Authorization="Bearer " + page.token, **({"Content_Type": "application/json"} if body else {}))
    assert status == 200, text
    return json.loads(text)


def questions_answered_by_program(page, browser, until):
    """Allows everything by the API until the page shows what is waited for."""
    def step(driver):
        for question in api(page, "questions")["questions"]:
            api(page, f"questions/{question['id']}", answer="allow")
        return until(driver)
    wait(browser, step, "the team did not get so far")


def test_the_address_leads_to_a_clean_page_and_the_browser_has_no_complaint(page, browser):
    browser.get_log("browser")
    browser.get(page.address)
    shown(browser, "header", "project")
    assert browser.current_url == page.origin + "/"
    assert page.token not in browser.page_source
    shown(browser, "#agents li")
    assert browser.get_log("browser") == []


def test_agents_appear_and_work_without_reload_and_a_permission_is_answered_on_the_page(page, browser):
    browser.get(page.address)
    browser.execute_script("window.sameDocument = true")
    say(browser, "Begin")
    shown(browser, "#lines", "Begin")
    question = shown(browser, ".question", "ada")
    assert "Why you are asked" in question.text
    press(browser, "Allow")
    shown(browser, "#agents .agent", "ada")
    shown(browser, "#board .task", "Write notes.txt")
    shown(browser, ".question", "notes.txt")
    assert not (page.project / "notes.txt").exists()
    press(browser, "Allow")
    shown(browser, "#board .task .pill", "done")
    gone(browser, ".question")
    assert (page.project / "notes.txt").read_text().startswith("hello\n")
    assert browser.execute_script("return window.sameDocument") is True


def test_a_refusal_on_the_page_is_a_refusal(page, browser):
    browser.get(page.address)
    say(browser, "Begin")
    press(browser, "Refuse")
    gone(browser, ".question")
    assert [agent["name"] for agent in api(page, "agents")["agents"] if agent["name"] == "ada"] == []


def test_what_is_typed_survives_what_happens(page, browser):
    browser.get(page.address)
    text = browser.find_element(By.ID, "text")
    text.send_keys("half a sen")
    api(page, "messages", text="Begin")
    shown(browser, ".question")
    shown(browser, "#lines", "Begin")
    text.send_keys("tence")
    assert text.get_attribute("value") == "half a sentence"
    assert browser.switch_to.active_element == text


def test_two_windows_agree(page, browser):
    browser.get(page.address)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(page.origin + "/")
    second = browser.current_window_handle
    browser.switch_to.window(first)
    say(browser, "Begin")
    press(browser, "Allow")
    shown(browser, "#agents .agent", "ada")
    browser.switch_to.window(second)
    shown(browser, "#agents .agent", "ada")
    browser.close()
    browser.switch_to.window(first)


def test_a_message_reaches_an_agent_and_its_page_shows_the_answer(page, browser):
    browser.get(page.address)
    say(browser, "Begin")
    done = lambda driver: any("done" in e.text for e in driver.find_elements(By.CSS_SELECTOR, "#board .pill"))
    questions_answered_by_program(page, browser, done)
    browser.get(page.origin + "/agents/ada")
    say(browser, "Well done")
    shown(browser, "#transcript .entry.user", "Well done")
    shown(browser, "#transcript .entry.said", "Thank you, I read that.")


def test_hostile_text_is_text_everywhere(page, browser):
    browser.get_log("browser")
    browser.get(page.address)
    say(browser, "Begin")
    questions_answered_by_program(
        page, browser, lambda driver: any("done" in e.text for e in driver.find_elements(By.CSS_SELECTOR, "#board .pill")))
    for path in ("/", "/agents/ada", "/plugins"):
        browser.get(page.origin + path)
        shown(browser, "main")
        assert "owned" not in browser.title
        assert browser.find_elements(By.CSS_SELECTOR, "main img, main script") == []
    browser.get(page.origin + "/")
    shown(browser, "#lines", "<script>document.title='owned'</script>")
    links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "#lines a.outcome")]
    assert links
    for link in links:
        browser.get(link)
        shown(browser, "#call")
        assert "owned" not in browser.title
    assert [entry for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]] == []


@pytest.mark.parametrize("path", ["/", "/agents/ada", "/plugins"])
def test_phone_width_needs_no_sideways_scrolling(page, browser, path):
    browser.get(page.address)
    say(browser, "Begin")
    questions_answered_by_program(
        page, browser, lambda driver: any("done" in e.text for e in driver.find_elements(By.CSS_SELECTOR, "#board .pill")))
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    browser.get(page.origin + path)
    shown(browser, "main")
    for details in browser.find_elements(By.CSS_SELECTOR, "main details"):
        browser.execute_script("arguments[0].open = true", details)
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_dark_mode_is_dark_and_readable(page, browser):
    def contrast():
        return browser.execute_script("""
            const light = (selector, property) => {
                const [r, g, b] = getComputedStyle(document.querySelector(selector))[property].match(/[\\d.]+/g).map((value) => {
                    const part = value / 255;
                    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const pairs = [['body', 'body'], ['.card h2', '.card'], ['.soft', '.top'], ['.agent .who', '.card']];
            return { paper: light('body', 'backgroundColor'), ratios: pairs.map(([ink, paper]) => {
                const [a, b] = [light(ink, 'color'), light(paper, 'backgroundColor')];
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            }) };
        """)
    for scheme, is_dark in (("light", False), ("dark", True)):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        browser.get(page.address)
        shown(browser, ".agent .who")
        measured = contrast()
        assert (measured["paper"] < 0.1) == is_dark
        assert min(measured["ratios"]) >= 4.5, f"{scheme}: {measured}"


def test_without_script_forms_and_links_work(page, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page.address)
    say(browser, "Begin")
    def asked(driver):
        driver.get(page.origin + "/")
        return driver.find_elements(By.CSS_SELECTOR, ".question button")
    wait(browser, asked, "no question without script")[0].click()
    assert browser.current_url == page.origin + "/"
    def joined(driver):
        driver.get(page.origin + "/")
        return [e for e in driver.find_elements(By.CSS_SELECTOR, "#agents .who") if e.text == "ada"]
    wait(browser, joined, "ada did not appear without script")[0].click()
    assert browser.current_url == page.origin + "/agents/ada"


def test_a_lost_connection_is_said(page, browser):
    browser.get(page.address)
    shown(browser, "#agents li")
    page.process.terminate()
    page.process.wait(PATIENCE)
    shown(browser, "#connection", "Connection to loomkin lost")


def test_a_message_that_is_too_long_is_refused_with_a_sentence_and_stays_in_its_field(page, browser):
    browser.get(page.address)
    paste = "document.getElementById('text').value = 'ü'.repeat(arguments[0])"
    browser.execute_script(paste, 2_000_000)
    browser.find_element(By.CSS_SELECTOR, "form[data-reset] button.main").click()
    assert "Put long text into a file" in shown(browser, "#said.bad", "larger than 1 MB").text
    assert browser.execute_script("return document.getElementById('text').value.length") == 2_000_000
    browser.execute_script(paste, 0)
    say(browser, "Begin")
    shown(browser, "#lines", "Begin")


def test_the_keyboard_reaches_everything_and_the_page_has_landmarks(page, browser):
    browser.get(page.address)
    shown(browser, "#agents li")
    for selector in ("header", "main#main", "nav[aria-label]", "h1", "#questions[aria-live=polite]", "#connection[role=status]"):
        assert browser.find_elements(By.CSS_SELECTOR, selector), selector
    unnamed = browser.execute_script("""
        return [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
            .filter((field) => !field.labels?.length && !field.textContent.trim() && !field.getAttribute('aria-label'))
            .map((field) => field.outerHTML);
    """)
    assert unnamed == []
    assert browser.find_elements(By.CSS_SELECTOR, "[tabindex]:not([tabindex='0'])") == []


@pytest.mark.parametrize("headers, status", [
    ({"Host": "evil.example"}, 421),
    ({"Host": "127.0.0.1.evil.example:{port}"}, 421),
    ({}, 401),
    ({"Cookie": "loomkin-{port}=wrong"}, 401),
    ({"Authorization": "Bearer wrong"}, 401),
    ({"Cookie": "loomkin-{port}={token}"}, 401),
    ({"Cookie": "{cookie}", "Origin": "http://evil.example"}, 403),
    ({"Cookie": "{cookie}"}, 200),
    ({"Authorization": "Bearer {token}"}, 200),
])
def test_strangers_stay_outside(page, headers, status):
    filled = {name: value.format(port=page.port, token=page.token, cookie=cookie(page)) for name, value in headers.items()}
    answer, text = request(page, **filled)
    assert answer == status
    assert status == 200 or page.token not in text


def test_a_forged_command_is_refused(page):
    shown = cookie(page)
    assert request(page, "POST", "/api/v1/stop", Cookie=shown)[0] == 403
    assert request(page, "POST", "/api/v1/stop", Cookie=shown, Origin="http://evil.example")[0] == 403
    assert request(page, "POST", "/api/v1/stop", Cookie=shown, Origin=page.origin)[0] == 200
