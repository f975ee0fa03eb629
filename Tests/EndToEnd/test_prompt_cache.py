"""Roles, prompts and tools edited while agents work: what a vendor is sent, byte for byte, and what people see of it."""

import contextlib
import hashlib
import json
import os
import subprocess

import pytest
from llmock.scenarios import Reply, ToolCall

from streams import events, playing
from support import PATIENCE, read_until

DIALECTS = {"openai": "openai:gpt-4o", "anthropic": "anthropic:claude-sonnet-4-5", "google": "google:gemini-3.8-flash"}

TOOL = """
return {
  api = 1,
  description = "Count the words of a file%s.",
  parameters = { %s = { type = "string", required = true } },
  roles = { "lead", "concierge" },
  run = function(args) return "%s " .. args.%s end,
}
"""
FIRST = TOOL % ("", "path", "v1", "path")


@pytest.fixture(params=DIALECTS)
def model(request, world, llmock):
    llmock.tool_mode("off")
    world.environment |= {key: value for key, value in llmock.env().items() if request.param.upper() in key}
    return DIALECTS[request.param]


@contextlib.contextmanager
def session(world, model, *flags):
    """A REPL that reads from a pipe; `tell` sends a line and waits for what it is answered."""
    with world.started("--model", model, *flags, stdin=subprocess.PIPE) as process:
        process.shown = []

        def tell(line, until):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            process.shown += read_until(process, until)

        def save(path, text, until):
            world.plugin(path, text)
            process.shown += read_until(process, until)

        process.tell, process.save = tell, save
        yield process


def without_marks(value):
    """Marks of what to cache move with the conversation and are no part of what is cached."""
    if isinstance(value, dict):
        return {key: without_marks(item) for key, item in value.items() if key != "cache_control"}
    return [without_marks(item) for item in value] if isinstance(value, list) else value


def conversation(body):
    return body["contents"] if "contents" in body else body["messages"]


def prefix(request, messages=None):
    """A hash of what a vendor caches of a request, up to so many messages."""
    body = without_marks(request.body)
    kept = [body.get("tools"), body.get("system"), body.get("systemInstruction"), conversation(body)[:messages]]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def system(body):
    """The role's prompt, where each dialect has it."""
    text = body.get("system") or body.get("systemInstruction", {}).get("parts") or body["messages"][0]["content"]
    return text if isinstance(text, str) else "".join(part["text"] for part in text)


def names(body):
    """The tools in the order in which they are sent."""
    listed = [function for tool in body["tools"] for function in tool.get("functionDeclarations", [tool])]
    return [tool.get("name") or tool["function"]["name"] for tool in listed]


def tools(request):
    return set(names(request.body))


def test_the_prefix_stands_still_while_a_tool_is_edited(world, llmock, model):
    world.plugin("plugins/tools/word_count.lua", FIRST)
    for number in range(1, 5):
        llmock.reply(f"answer {number}")
    with session(world, model) as repl:
        repl.tell("one", "answer 1")
        repl.save("plugins/tools/word_count.lua", FIRST.replace("v1", "v2"), "word_count 1")
        repl.tell("two", "answer 2")
        repl.save("plugins/tools/word_count.lua", TOOL % (" or folder", "file_path", "v3", "file_path"), "word_count 2")
        repl.tell("three", "answer 3")
        repl.tell("four", "answer 4")
    sent = llmock.requests
    for before, after in zip(sent, sent[1:]):
        count = len(conversation(before.body))
        assert prefix(after, count) == prefix(before, count)
    last = json.dumps(sent[-1].body)
    assert last.count("Your tools have changed.") == 1 and "- Changed: word_count." in last
    assert "Your tools have changed." not in json.dumps(sent[1].body)


def piece(*parts, finish=None):
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish}], "responseId": "R"}


def test_gemini_is_sent_the_same_bytes_up_to_what_is_new(world):
    # What Gemini's implicit cache finds again is what begins with the same bytes: thoughts, their signatures and calls too.
    call = {"functionCall": {"name": "directory_list", "args": {"path": "."}}, "thoughtSignature": "c2ln"}
    replies = [
        events(piece({"text": "hm", "thought": True}), piece(call, finish="STOP")),
        events(piece({"text": "answer 1"}), piece({"text": "", "thoughtSignature": "dGV4dA=="}, finish="STOP")),
        events(piece({"text": "answer 2"}, finish="STOP")),
    ]
    with playing(*[[reply] for reply in replies]) as server:
        world.environment |= {"GEMINI_API_KEY": "test-key-value", "GEMINI_BASE_URL": server.url}
        with session(world, DIALECTS["google"], "--permissions", "full") as repl:
            repl.tell("one", "answer 1")
            repl.tell("two", "answer 2")
    assert len(server.bodies) == 3
    for before, after in zip(server.bodies, server.bodies[1:]):
        # The later request is the earlier one with something put in at one place: behind its last content.
        head = os.path.commonprefix([before, after])
        tail = before[len(head):]
        assert after.endswith(tail) and len(after) > len(before)
        assert tail.startswith(b"]") and json.loads(head + b"]}")["contents"] == json.loads(before)["contents"]


def test_changed_arguments_count_at_once(world, llmock, model):
    world.plugin("plugins/tools/word_count.lua", FIRST)
    llmock.reply("answer 1")
    llmock.add(Reply(tool_calls=(ToolCall("word_count", {"path": "old"}), ToolCall("word_count", {"file_path": "new"}))))
    llmock.reply("answer 2")
    with session(world, model, "--permissions", "full") as repl:
        repl.tell("one", "answer 1")
        repl.save("plugins/tools/word_count.lua", TOOL % ("", "file_path", "v2", "file_path"), "word_count 1")
        repl.tell("two", "answer 2")
    answers = json.dumps(llmock.requests[-1].body)
    assert "v2 new" in answers and "word_count: " in answers and "v1" not in answers


def test_a_new_tool_is_found_and_called_before_it_is_in_the_list(world, llmock, model):
    llmock.reply("answer 1")
    llmock.add(Reply(tool_calls=(ToolCall("find_tool", {"query": "count words"}),)))
    llmock.add(Reply(tool_calls=(ToolCall("call_tool", {"name": "word_count", "arguments": {"path": "a.txt"}}),)))
    llmock.reply("answer 2")
    llmock.reply("answer 3")
    with session(world, model, "--permissions", "full") as repl:
        repl.tell("one", "answer 1")
        repl.save("plugins/tools/word_count.lua", FIRST, "word_count 1")
        repl.tell("two", "answer 2")
        assert any("word_count  a.txt" in line for line in repl.shown), repl.shown
        repl.tell("/reload --now", "new list of tools")
        repl.tell("three", "answer 3")
    assert "word_count" not in tools(llmock.requests[-2]) and "word_count" in tools(llmock.requests[-1])
    assert "v1 a.txt" in json.dumps(llmock.requests[-2].body)
    assert [started["tool"] for started in world.kept("tool.started")] == ["find_tool", "word_count"]


def test_a_deleted_tool_stays_in_the_list_and_answers_that_it_is_gone(world, llmock, model):
    path = world.plugin("plugins/tools/word_count.lua", FIRST)
    llmock.reply("answer 1")
    llmock.add(Reply(tool_calls=(ToolCall("word_count", {"path": "a.txt"}),)))
    llmock.reply("answer 2")
    with session(world, model) as repl:
        repl.tell("one", "answer 1")
        path.unlink()
        repl.shown += read_until(repl, "word_count removed")
        repl.tell("two", "answer 2")
    assert "word_count" in tools(llmock.requests[-1])
    assert "The tool word_count is gone" in json.dumps(llmock.requests[-1].body)


def test_a_restart_sends_the_same_bytes(world, llmock, model):
    world.plugin("plugins/tools/word_count.lua", FIRST)
    for number in range(1, 4):
        llmock.reply(f"answer {number}")
    with session(world, model) as repl:
        repl.tell("one", "answer 1")
        repl.save("plugins/tools/word_count.lua", TOOL % ("", "file_path", "v2", "file_path"), "word_count 1")
        repl.tell("two", "answer 2")
        repl.stdin.write("/quit\n")
        repl.stdin.flush()
        assert repl.wait(PATIENCE) == 0
    with session(world, model, "--resume") as repl:
        repl.tell("three", "answer 3")
    before, after = llmock.requests[-2:]
    count = len(conversation(before.body))
    assert prefix(after, count) == prefix(before, count)
    assert json.dumps(after.body).count("Your tools have changed.") == 1


def test_an_edited_prompt_is_in_the_next_call_and_a_deleted_role_goes_on(world, llmock, model):
    role = world.plugin("roles/lead.lua", 'return { api = 1, description = "leads", prompt = "mine", tools = { "file_read" } }')
    world.plugin("prompts/mine.md", "You lead. {{ agent }} is your name.\n")
    for number in range(1, 5):
        llmock.reply(f"answer {number}")
    with session(world, model) as repl:
        repl.tell("one", "answer 1")
        repl.save("prompts/mine.md", "You lead gently.\n", "mine 1")
        repl.tell("two", "answer 2")
        # The bundled role of this name comes out from behind it: that is an edit as well.
        role.unlink()
        repl.shown += read_until(repl, "lead")
        repl.tell("three", "answer 3")
    first, second, third = [json.dumps(request.body) for request in llmock.requests]
    assert "You lead. lead is your name." in first and "You lead gently." in second
    assert "You lead a team of agents" in third
    assert all('"one"' in body or "one" in body for body in (second, third))


def test_a_role_whose_file_is_deleted_goes_on_with_its_last_one(world, llmock, model):
    role = world.plugin("roles/scout.lua", 'return { api = 1, description = "looks", prompt = "scout", tools = { "file_read" } }')
    world.plugin("prompts/scout.md", "You look around.\n")
    for number in range(1, 4):
        llmock.reply(f"answer {number}")
    with session(world, model) as repl:
        repl.tell("/spawn scout sam", "sam")
        repl.tell("@sam one", "answer 1")
        role.unlink()
        repl.shown += read_until(repl, "scout removed")
        repl.tell("@sam two", "answer 2")
        repl.tell("@sam three", "answer 3")
    assert all("You look around." in json.dumps(request.body) for request in llmock.requests)
    assert all(tools(request) == {"file_read"} for request in llmock.requests)
    said = [notice["text"] for notice in world.kept("notice") if "goes on with the last one it had" in notice["text"]]
    assert said == ["The role scout is gone; sam goes on with the last one it had."]


def test_edited_rules_of_the_project_count_from_the_next_model_call(world, llmock, model):
    def is_sent(text):
        return text in json.dumps(llmock.last_request.body)

    world.write("AGENTS.md", "Use tabs.\n")
    for number in range(1, 5):
        llmock.reply(f"answer {number}")
    with session(world, model) as repl:
        repl.tell("one", "answer 1")
        assert is_sent("Use tabs.")
        world.write("AGENTS.md", "Use spaces.\n")
        repl.tell("two", "answer 2")
        assert is_sent("Use spaces.") and not is_sent("Use tabs.")
        (world.project / "AGENTS.md").unlink()
        repl.tell("three", "answer 3")
        assert not is_sent("Use spaces.")
        world.write("CLAUDE.md", "Use neither.\n")
        repl.tell("four", "answer 4")
        assert is_sent("Use neither.")


def test_prompt_show_prints_what_a_model_gets(world, llmock, model):
    world.write("AGENTS.md", "Use tabs.\n")
    llmock.reply("answer")
    world.ask(model)
    shown = world.run("prompt", "show", "lead", "--json").json
    body = llmock.last_request.body
    assert shown["system"].strip() == system(body).strip()
    assert [tool["name"] for tool in shown["tools"]] == names(body)
    parts = [part["name"] for part in shown["parts"]]
    assert parts[0] == "prompts/lead.md" and "prompts/principles.md" in parts and parts[-1] == "the project's rules"
    assert abs(sum(part["tokens"] for part in shown["parts"]) - shown["system_tokens"]) <= len(parts)
    assert shown["tokens"] == shown["system_tokens"] + shown["tool_tokens"] == shown["system_tokens"] + sum(
        tool["tokens"] for tool in shown["tools"])


def test_prompt_show_as_text_and_its_mistakes(world):
    text = world.run("prompt", "show", "coder", "--agent", "ada").out
    assert "Your name is ada." in text and "--- tokens, estimated ---" in text and "call_tool" in text
    total = int(text.rsplit("\n", 2)[-2].split()[0])
    assert total < 3_000
    wrong = world.run("prompt", "show", "codr")
    assert wrong.code == 2 and "There is no role «codr». Did you mean coder?" in wrong.err
    listed = {prompt["name"]: prompt for prompt in world.run("prompt", "list", "--json").json}
    assert listed["coder"]["description"] == "how a coder works" and listed["coder"]["roles"] == ["coder"]
    assert "principles" in listed["coder"]["includes"]
    heading, *rows = world.run("prompt", "list").lines
    assert heading.split() == ["PROMPT", "ROLES", "INCLUDES", "WHAT", "IT", "IS", "FOR"]
    (row,) = [row for row in rows if row.startswith("coder ")]
    assert "principles" in row and row.endswith("how a coder works")


def test_an_unknown_key_of_front_matter_is_an_error_with_its_line(world):
    world.plugin("prompts/mine.md", "---\ndescription: mine\ndescripton: again\n---\nHi.\n")
    result = world.run("plugin", "check")
    assert result.code == 1
    assert 'prompts/mine.md:3: front matter has no key "descripton"; did you mean "description"?' in result.out
