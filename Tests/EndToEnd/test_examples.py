"""The plugins in examples/, copied as examples/README.md says and used."""

import re
import shutil

import pytest

from streams import cut, events, playing
from support import REPOSITORY, call, calls, eventually, say
from test_serve import serving  # noqa: F401 (a fixture)

EXAMPLES = REPOSITORY / "examples"
FOLDERS = ("plugins", "roles", "prompts")


@pytest.fixture
def copied(world):
    for folder in FOLDERS:
        shutil.copytree(EXAMPLES / folder, world.config / folder, dirs_exist_ok=True)
    return world


def plugins():
    """The files of all examples, without their specs."""
    files = [file for folder in FOLDERS for file in (EXAMPLES / folder).rglob("*.*")]
    return [file for file in files if not file.name.endswith(".spec.lua")]


def test_every_example_is_short_has_a_spec_and_is_in_the_list():
    listed = (EXAMPLES / "README.md").read_text()
    for file in plugins():
        assert len(file.read_text().splitlines()) < 80, file
        assert file.with_name(file.stem + ".spec.lua").exists(), file
        assert f"`{file.relative_to(EXAMPLES)}`" in listed, f"examples/README.md does not list {file.name}"
    kinds = {file.parent.name for file in plugins()}
    assert kinds >= {"tools", "providers", "services", "commands", "panels", "hooks", "lib", "scenarios", "roles", "prompts"}


def test_the_copied_examples_are_in_order_and_their_specs_pass(copied):
    checked = copied.run("plugin", "check")
    assert checked.code == 0 and re.search(r"^\d+ files are in order\.$", checked.out), checked
    tested = copied.run("plugin", "test", copied.config)
    assert tested.code == 0, tested.out
    assert re.search(r"^\d{2,} passed, 0 failed$", tested.lines[-1]), tested.out


def test_the_service_tells_the_coder_of_a_failed_test_and_the_panel_counts_it(copied, serving):  # noqa: F811
    copied.write("test.sh", "test -f fixed || { echo 'no file named fixed'; exit 1; }\n")
    with serving("scripted:rehearsal", "--permissions", "full") as page:
        panel = lambda: page.request("/fragments/panels/tests")[1]
        assert "No test has run yet." in panel()
        (listed,) = [one for one in page.api("panels")["panels"] if one["name"] == "tests"]
        assert listed["refresh_on"] == ["**/tests.counted"]
        page.api("messages", {"text": "Make the test pass."})
        said = lambda: [told["text"] for told in copied.kept("agent.said") if "Done" in told["text"]]
        assert eventually(said, "the team is done") == ["Done: ada made the test pass."]
        eventually(lambda: "1 of 2 runs passed" in panel(), "the panel counts both runs")
        rows = re.findall(r"<tr>.*?</tr>", panel(), re.DOTALL)
        assert len(rows) == 2 and "✓" in rows[0] and "ada" in rows[0] and "✗" in rows[1] and "lin" in rows[1], rows
    # Ada heard of it from the service, and lin, who had seen it, did not.
    (letter,) = [told for told in copied.kept("inbox.queued") if "lin ran «sh test.sh»" in told["text"]]
    assert (letter["from"], letter["to"]) == ("tests", "ada") and "no file named fixed" in letter["text"]
    assert [told["ok"] for told in copied.kept("tests.counted")] == [False, True]


def test_the_numbers_are_there_in_the_next_session(copied, serving):  # noqa: F811
    copied.write("test.sh", "exit 0\n")
    model = copied.script(roles={"concierge": [call("shell", command="sh test.sh"), say("It passes.")]})
    assert copied.ask(model, "Begin.", "--role", "concierge", "--permissions", "full").out == "It passes.\n"
    with serving(model) as page:
        assert "1 of 1 runs passed" in page.request("/fragments/panels/tests")[1]


def test_the_hook_refuses_a_push_by_force_and_a_secret_in_a_file(copied):
    model = copied.script(roles={"concierge": [
        call("shell", command="git push --force origin main"),
        {"expect": "a push by force can take away others' work", **calls(
            ("file_write", {"file_path": "key.txt", "content": "AKIAABCDEFGHIJKLMNOP\n"}))},
        {"expect": "the text holds an AWS access key", "text": "I leave both."}]})
    result = copied.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "I leave both.", result
    assert [done["status"] for done in result.of_type("tool.finished")] == ["denied", "denied"]
    assert not (copied.project / "key.txt").exists()


def chat(delta, reason):
    """A reply of chat completions, cut into small pieces."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    usage = {"prompt_tokens": 50, "completion_tokens": 5}
    return cut(events({"id": "c", "choices": [choice]}, {"id": "c", "choices": [], "usage": usage}, "[DONE]"), 7)


def test_a_session_through_the_gateway(copied):
    copied.write("poem.txt", "so much depends\nupon\n")
    counting = {"index": 0, "id": "c1", "function": {"name": "word_count", "arguments": '{"path": "poem.txt"}'}}
    with playing(chat({"tool_calls": [counting]}, "tool_calls"), chat({"content": "Four words."}, "stop")) as server:
        copied.environment |= {"GATEWAY_KEY": "a key", "GATEWAY_URL": server.url}
        result = copied.ask("gateway:large", "How long is it?", "--role", "concierge", "--output", "json")
    assert result.code == 0 and result.json["result"] == "Four words.", result
    assert (result.json["usage"]["input"], result.json["usage"]["output"]) == (100, 10)
    first, second = server.requests
    assert server.paths == ["/models/large/chat"] * 2 and first["user"].endswith("(concierge)")
    assert "word_count" in [tool["function"]["name"] for tool in first["tools"]]
    assert second["messages"][-1] == {"role": "tool", "tool_call_id": "c1", "content": "4 words"}


def test_an_agent_looks_for_what_was_left_for_later(copied):
    copied.write("src/shelf.py", "def add(book):\n    pass  # TODO: refuse a book twice\n")
    model = copied.script(roles={"concierge": [call("todo_scan"), {"expect": "2: TODO: refuse a book twice", "text": "One is open."}]})
    assert copied.ask(model, "Begin.", "--role", "concierge").out == "One is open.\n"


def test_standup_says_what_each_agent_did(copied):
    model = copied.script(roles={"lead": [call("directory_list", path="."), say("I looked around.")]})
    result = copied.run("--model", model, input="Look around.\n/standup\n/standup eve\n")
    assert "lead  lead  1 call · now " in result.out, result
    assert "There is no agent eve." in result.out + result.err, result


def test_the_role_s_prompt_is_shown_as_its_model_gets_it(copied):
    shown = copied.run("prompt", "show", "documenter")
    assert shown.code == 0 and "You keep the words of this project true." in shown.out, shown
