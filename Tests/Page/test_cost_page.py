"""The page of what model calls used and cost, followed while it is open."""

from test_page import request, shown


def say(page, text):
    answer = request(
        page, "POST", "/api/v1/agents/lead/messages", '{"text": "%s"}' % text, Authorization="Bearer " + page.token,
        Content_Type="application/json")
    assert answer[0] < 300, answer


def test_costs_are_grouped_as_asked_and_follow_the_calls(page, browser):
    browser.get_log("browser")
    browser.get(page.address)
    shown(browser, "nav a[href='/cost']").click()
    shown(browser, "#cost", "No model was called yet.")
    say(page, "hello")
    row = shown(browser, "#cost tbody tr", "scripted:page")
    assert "without a known price" in row.text
    shown(browser, ".filters a[href='/cost?by=agent']").click()
    shown(browser, "#cost tbody tr", "lead")
    assert browser.get_log("browser") == []


def test_programs_read_the_costs_too(page):
    code, body = request(page, "GET", "/api/v1/cost?by=purpose", Authorization="Bearer " + page.token)[:2]
    assert code == 200 and '"by":"purpose"' in str(body).replace(" ", "")
    assert request(page, "GET", "/api/v1/cost?by=colour", Authorization="Bearer " + page.token)[0] == 400
