"""What every test needs: a person's machine of its own, ways to run loomkin on it, and ways to wait for what happens."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass, field

import pexpect
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("LOOMKIN_BIN", REPOSITORY / ".build/debug/loomkin")).resolve()
SAMPLE = REPOSITORY / "examples/sample"
# The text of a command, which the tests of the page have too.
GREET = (REPOSITORY / "Tests/greet.lua").read_text()
# What a build with a sanitizer is told. It keeps memory that is given back for a while, and takes a multiple of the time.
SANITIZERS = {name: os.environ[name] for name in ("ASAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ}
unsanitized = pytest.mark.skipif(bool(SANITIZERS), reason="under a sanitizer neither memory nor time is as usual")

# Bounds every wait; nothing waits as long when all is well.
PATIENCE = 60

# What a person must never see: the marks of a crash, or of an error that was not put into words.
CRASH = re.compile(r"Fatal error|Backtrace|💣|Segmentation|Error Domain|stack traceback|Swift/")


@dataclass
class Result:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def signals(self):
        """The lines of `--output stream-json`."""
        return [json.loads(line) for line in self.lines]

    @property
    def json(self):
        return json.loads(self.out)

    def of_type(self, type):
        return [signal["data"] for signal in self.signals if signal["type"] == type]


@dataclass
class World:
    """A home, a configuration, a state folder and one project, shared with nobody."""

    root: pathlib.Path
    environment: dict = field(default_factory=dict)

    def __post_init__(self):
        self.home = self.folder("home")
        self.project = self.folder("project")
        self.config = self.folder("config/loomkin")
        self.state = self.folder("state")
        self.temporary = self.folder("tmp")
        # Nothing of the outer environment but the path and what a sanitized build is told: no keys, no proxies, no settings of a
        # developer.
        self.environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color", "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.root / "config"), "XDG_STATE_HOME": str(self.state), "TMPDIR": str(self.temporary),
        } | SANITIZERS

    def folder(self, path):
        folder = self.root / path
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # Files

    def write(self, path, text):
        """A file of the project, or of the world when the path is absolute."""
        file = self.project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def read(self, path):
        return (self.project / path).read_text()

    def plugin(self, path, text):
        """A file of the user's own root, for example `plugins/tools/hello.lua`."""
        return self.write(self.config / path, text)

    def settings(self, text):
        return self.write(self.config / "config.toml", text)

    def scenario(self, name, text):
        """A script in Lua; returns the model that plays it."""
        self.plugin(f"plugins/scenarios/{name}.lua", text)
        return f"scripted:{name}"

    def script(self, name="play", **play):
        """A script given as roles, agents, delay …; returns the model that plays it."""
        return self.scenario(name, f"return {lua(play)}\n")

    def copy_sample(self):
        shutil.copytree(SAMPLE, self.project, dirs_exist_ok=True)

    def gate(self, name="gate"):
        """A named pipe: `read x < gate` in a command waits until the test opens it."""
        os.mkfifo(self.project / name)
        return Gate(self.project / name)

    # The program

    def command(self, *arguments):
        return [str(BINARY), *map(str, arguments)]

    def run(self, *arguments, input="", env=None, cwd=None, prefix=(), timeout=PATIENCE, traces=False):
        """Runs it to its end and checks that it did not crash. `traces`: it is asked for a traceback."""
        done = subprocess.run(
            [*prefix, *self.command(*arguments)], input=input if isinstance(input, bytes) else input.encode(), capture_output=True,
            cwd=cwd or self.project, env={**self.environment, **(env or {})}, timeout=timeout)
        result = Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        assert result.code >= 0, f"ended by signal {-result.code}\n{result.out}\n{result.err}"
        # The log of a plugin's own fault is for its author, with the traceback.
        shown = "\n".join(line for line in (result.out + result.err).splitlines() if '"type":"plugin.log"' not in line)
        assert traces or not CRASH.search(shown), shown
        return result

    def ask(self, model, prompt="Begin.", *flags, **options):
        """`loomkin run` as one reads it in a script."""
        return self.run("run", "--model", model, *flags, prompt, **options)

    def stream(self, model, prompt="Begin.", *flags, **options):
        return self.ask(model, prompt, "--output", "stream-json", *flags, **options)

    @contextlib.contextmanager
    def started(self, *arguments, env=None, stdin=subprocess.DEVNULL, prefix=()):
        """The running program with its output as lines; ended when the block is left."""
        process = subprocess.Popen(
            [*prefix, *self.command(*arguments)], cwd=self.project, env={**self.environment, **(env or {})}, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=PATIENCE)

    @contextlib.contextmanager
    def terminal(self, *arguments, columns=100, rows=24, env=None):
        """The program in a pseudo-terminal of its own."""
        child = pexpect.spawn(
            str(BINARY), list(map(str, arguments)), cwd=str(self.project), env={**self.environment, **(env or {})},
            dimensions=(rows, columns), encoding="utf-8", timeout=PATIENCE)
        child.transcript = Transcript()
        child.logfile_read = child.transcript
        try:
            yield child
        finally:
            child.close(force=True)

    # What it kept

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.project / ".loomkin/loomkin.db", timeout=PATIENCE)) as database:
            return database.execute(sql, values).fetchall()

    def kept(self, type):
        """The data of all signals of a type, oldest first."""
        return [json.loads(data) for data, in self.rows("SELECT data FROM signal WHERE type = ? ORDER BY sequence", type)]

    def processes(self):
        """Living processes that were started in this world, loomkin's and its children's."""
        mark = f"HOME={self.home}".encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
        return found

    def assert_no_process_left(self):
        try:
            eventually(lambda: not self.processes(), "no process is left", seconds=10)
        finally:
            for process, _ in self.processes():
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)


class Gate:
    """The test's end of a named pipe that a command of an agent waits at."""

    def __init__(self, path):
        self.path = path

    def open(self):
        # Opening for writing waits for the reader; whoever waits here knows that the command has begun.
        with self.path.open("w") as pipe:
            pipe.write("go\n")


class Transcript:
    """What a terminal showed, without the codes that move and colour."""

    CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()=>][0-9A-B]?")

    def __init__(self):
        self.raw = ""

    def write(self, text):
        self.raw += text

    def flush(self):
        pass

    @property
    def text(self):
        # What stood before a carriage return was drawn over: the line being typed gives way to what is told.
        lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in self.raw.split("\n")]
        return self.CODES.sub("", "\n".join(lines))


def eventually(condition, what, seconds=PATIENCE):
    """Polls, for the few things that can be learned in no other way; gives what the condition gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"in {seconds} s it did not come about that {what}"
        time.sleep(0.02)
    return value


def read_until(process, text):
    """Reads lines of a running process up to the first that contains the text; gives all of them."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"«{text}» did not come:\n{''.join(lines)}\n{process.stderr.read()}")


def lua(value):
    """A Python value as Lua text."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{ " + ", ".join(f"[{lua(key)}] = {lua(item)}" for key, item in value.items()) + " }"
        case list() | tuple():
            return "{ " + ", ".join(map(lua, value)) + " }"
    raise TypeError(f"{value!r} cannot be written in Lua")


def say(text, **more):
    """A step of a script that only talks, and so ends the turn."""
    return {"text": text, **more}


def call(tool, /, **arguments):
    """A step of a script that makes one call."""
    return calls((tool, arguments))


def calls(*made, **more):
    return {"calls": [[tool, arguments] for tool, arguments in made], **more}


def spawn(**members):
    """A step that starts agents: name = role."""
    roles = [{"name": name, "role": role} for name, role in members.items()]
    return call("team_spawn", purpose="help", roles=roles)


def assert_one_sentence(text, *parts):
    """What a person is told: short, whole, and about the thing itself."""
    lines = [line for line in text.splitlines() if line.strip()]
    assert lines, "nothing was said"
    assert not CRASH.search(text), text
    for part in parts:
        assert part in text, f"«{part}» is missing in: {text}"
    assert lines[0].rstrip().endswith((".", "?", "»")), f"no whole sentence: {text}"
