"""Starts loomkin in a project of its own, and a browser to look at it."""

import contextlib
import functools
import os
import pathlib
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

# The superuser may write anywhere; without these capabilities the rights of files count for it too.
AS_ANYBODY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all") if os.geteuid() == 0 else ()

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 30


@dataclass
class Page:
    """A running `loomkin serve`."""

    address: str
    project: pathlib.Path
    plugins: pathlib.Path
    process: subprocess.Popen

    @property
    def port(self) -> int:
        return int(re.search(r":(\d+)/", self.address).group(1))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.address.split("token=")[1]

    def plugin(self, path: str, text: str) -> pathlib.Path:
        """A file of the user's own plugins, for example `panels/tally.lua`; loaded while the page runs."""
        file = self.plugins / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


def first_line(process: subprocess.Popen) -> str:
    """The first line of the process, or a failure that shows what it said instead."""
    lines = []
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True)
    reader.start()
    reader.join(PATIENCE)
    if not lines or not lines[0]:
        process.kill()
        pytest.fail(f"loomkin serve printed no address: {process.communicate()[1]}")
    return lines[0].strip()


@contextlib.contextmanager
def serving(folder: pathlib.Path, permissions: str, **variables: str):
    """A page on a home of its own in the folder."""
    binary = pathlib.Path(os.environ.get("LOOMKIN_BIN", ".build/debug/loomkin")).resolve()
    if not binary.exists():
        pytest.fail(f"{binary} does not exist: run swift build, or name the program in LOOMKIN_BIN")
    project, config = folder / "project", folder / "config"
    scenarios = config / "loomkin" / "plugins" / "scenarios"
    scenarios.mkdir(parents=True)
    project.mkdir()
    shutil.copy(HERE / "scenario.lua", scenarios / "page.lua")
    environment = dict(
        os.environ, HOME=str(folder), XDG_CONFIG_HOME=str(config), XDG_STATE_HOME=str(folder / "state"),
        XDG_DATA_HOME=str(folder / "data"), XDG_CACHE_HOME=str(folder / "cache"), **variables)
    command = [*AS_ANYBODY, binary, "serve", "--port", "0", "--no-open", "--model", "scripted:page", "--permissions", permissions]
    process = subprocess.Popen(
        command, cwd=project, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = first_line(process)
        address = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)
        assert address, f"the first line has no address: {line}"
        yield Page(address.group(0), project, scenarios.parent, process)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail("loomkin serve did not end when it was told to")


@pytest.fixture
def serve(tmp_path):
    """Starts a page whose team must ask before it does anything."""
    return functools.partial(serving, tmp_path, "ask")


@pytest.fixture
def page(serve):
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium):
    """A browser without cookies, at desk width, in the light."""
    chromium.delete_all_cookies()
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    yield chromium
    # Leaving the page ends its event stream before the next test begins.
    chromium.get("about:blank")
