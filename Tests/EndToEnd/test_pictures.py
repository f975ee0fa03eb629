"""Pictures and documents that a model looks at."""

import base64
import struct
import zlib

import pytest

from support import call
from streams import playing
from test_wire import WORD, check, served


def png(width=2, height=2):
    """The bytes of a small red picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PICTURE = base64.b64encode(png()).decode()


@pytest.mark.parametrize("dialect", WORD)
def test_a_picture_that_a_tool_read_reaches_the_model(world, dialect):
    world.write("shot.png", png())
    steps = [call("file_read", file_path="shot.png"), {"text": "I see."}]
    assert "I see." in world.run(
        "chat", "--no-page", "--model", world.script(roles={"lead": steps}), "--permissions", "full", input="Begin.\n").out
    # What was shown stays what it was.
    world.write("shot.png", b"something else")
    with playing([WORD[dialect]]) as server:
        model = served(world, dialect, server.url)
        result = world.run("chat", "--no-page", "--resume", "--model", model, input="Go on.\n")
    (body,) = server.requests
    check(dialect, body)
    assert PICTURE in str(body), result
    # The database holds what is said about it, not its bytes.
    assert not any(PICTURE in row[0] for row in world.rows("SELECT event FROM agent_event"))


def test_a_model_that_is_known_to_see_nothing_is_told_so(world):
    world.write("shot.png", png())
    steps = [call("file_read", file_path="shot.png"), {"text": "I see."}]
    world.run("chat", "--no-page", "--model", world.script(roles={"lead": steps}), "--permissions", "full", input="Begin.\n")
    with playing([WORD["openai-chat"]]) as server:
        world.environment |= {"GROQ_API_KEY": "test-key-value", "GROQ_BASE_URL": server.url}
        world.run("chat", "--no-page", "--resume", "--model", "groq:openai/gpt-oss-120b", input="Go on.\n")
    (body,) = server.requests
    assert "this model sees none" in str(body) and PICTURE not in str(body)


@pytest.mark.parametrize("dialect", ["anthropic", "gemini", "openai-responses"])
def test_a_document_reaches_the_models_that_take_one(world, dialect):
    world.write("paper.pdf", PDF)
    steps = [call("file_read", file_path="paper.pdf"), {"text": "Read."}]
    world.run("chat", "--no-page", "--model", world.script(roles={"lead": steps}), "--permissions", "full", input="Begin.\n")
    with playing([WORD[dialect]]) as server:
        model = served(world, dialect, server.url)
        world.run("chat", "--no-page", "--resume", "--model", model, input="Go on.\n")
    (body,) = server.requests
    check(dialect, body)
    assert base64.b64encode(PDF).decode() in str(body)


def test_what_is_no_picture_is_refused_whatever_its_name(world):
    world.write("fake.png", "just words")
    model = world.script(roles={"concierge": [
        call("file_read", file_path="fake.png"), {"expect": "no picture", "text": "I was told."}]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert result.signals[-1]["data"]["result"] == "I was told."


def test_a_picture_behind_a_denied_path_is_not_shown(world):
    world.write("secret/shot.png", png())
    world.settings('[permissions]\ndeny = ["read secret/**"]\n')
    model = world.script(roles={"concierge": [call("file_read", file_path="secret/shot.png"), {"text": "Refused."}]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert [done["status"] for done in result.of_type("tool.finished")] == ["denied"]
    assert not (world.project / ".loomkin/attachments").exists()
