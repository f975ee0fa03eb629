import signal

import pytest

from support import BINARY, World

# Under nohup it would be ignored, by every program that the tests start too, whose manners at a hangup they look at.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def binary():
    if not BINARY.exists():
        pytest.exit(f"{BINARY} does not exist: run swift build, or name the program in LOOMKIN_BIN", returncode=2)


@pytest.fixture
def world(tmp_path):
    """A machine of its own; nothing may still run on it when the test is over."""
    world = World(tmp_path)
    yield world
    world.assert_no_process_left()
