"""libinotifytools is GPL-2.0-only: one program links it, and that program links nothing else of ours."""

import subprocess

import pytest

from support import BINARY

WATCH = BINARY.with_name("loomkin-watch")
OURS = [BINARY, *(path for path in [BINARY.with_name("loomkin-bench")] if path.exists())]


def libraries(program):
    """The names of the shared libraries that the loader would bring in."""
    out = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return {line.split()[0].rsplit("/", 1)[-1] for line in out.splitlines()}


def test_the_watcher_links_the_c_library_and_libinotifytools_alone():
    assert WATCH.exists(), "build it first: make .build/debug/loomkin-watch"
    names = {name.split(".so")[0] for name in libraries(WATCH)}
    assert {"libinotifytools", "libc"} <= names
    assert not {name for name in names if not name.startswith(("libinotifytools", "libc", "ld-", "linux-vdso"))}


def test_nothing_of_swift_is_in_the_watcher():
    # Also what would be linked statically: its symbols, its sections and the names of its sources.
    assert b"swift" not in WATCH.read_bytes().lower()


@pytest.mark.parametrize("program", OURS, ids=lambda path: path.name)
def test_libinotifytools_is_in_nothing_else(program):
    assert not {name for name in libraries(program) if "inotifytools" in name}
    assert b"inotifytools_" not in program.read_bytes()
