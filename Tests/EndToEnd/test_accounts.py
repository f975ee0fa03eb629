"""Where keys come from: private files, commands and sign-ins by the browser; and that nobody is ever shown one."""

import json
import os
import re
import signal
import stat
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import pytest

from authorisation import CLIENT, vendor as running_vendor
from support import assert_one_sentence, lua, read_until

KEY = "acme-secret-key-0123456789"


@pytest.fixture
def vendor():
    with running_vendor() as made:
        yield made


@pytest.fixture
def acme(world, vendor):
    """A vendor's plugin at which one can sign in, as a user would write it."""
    return plugin(world, vendor)


def plugin(world, vendor, **changes):
    sign_in = {
        "authorize_url": f"{vendor.url}/authorize", "token_url": f"{vendor.url}/token", "revoke_url": f"{vendor.url}/revoke",
        "client_id_env": "ACME_CLIENT", "scopes": ["models", "profile"], "headers": {"x-plan": "subscription"}, **changes}
    spec = {
        "vendor": "Acme", "credentials": {"key_env": ["ACME_KEY"], "base_url": f"{vendor.url}/v1"}, "default_model": "acme-1",
        "sign_in": sign_in}
    world.plugin("plugins/providers/acme.lua", f'return require("lib.openai_chat").provider({lua(spec)})\n')
    world.settings(f'[provider.acme]\nclient_id = "{CLIENT}"\n')
    return vendor


def credentials(world):
    return world.state / "loomkin/credentials.json"


def tokens(world):
    return json.loads(credentials(world).read_text())["accounts"]["acme"]


def status(world, provider="acme"):
    entries = world.run("auth", "status", "--json").json
    return next(entry for entry in entries if entry["provider"] == provider)


def visit(address):
    """A browser: follows redirects, and gives status and text of the last page."""
    try:
        with urllib.request.urlopen(address, timeout=20) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def redirected(address):
    """Where the vendor sends the browser, without going there."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        urllib.request.build_opener(Stay).open(address, timeout=20)
    except urllib.error.HTTPError as error:
        return error.headers["Location"]
    raise AssertionError("the vendor sent the browser nowhere")


def printed_address(process):
    return re.search(r"Sign in here: (\S+)", read_until(process, "Sign in here:")[-1])[1]


def login(world, *flags):
    with world.started("login", "acme", *flags) as process:
        address = printed_address(process)
        code, page = visit(address)
        out, err = process.communicate(timeout=30)
    assert (code, process.returncode) == (200, 0), (page, out, err)
    assert "go back to the terminal" in page and "Signed in at acme as ada@example.org." in out
    return out


def assert_nowhere(world, *secrets, besides=()):
    """None of them is in any file of this machine but these."""
    allowed = {credentials(world), *besides}
    for file in world.root.rglob("*"):
        if file.is_file() and file not in allowed:
            content = file.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, f"{secret} is in {file}"


# Signing in


def test_signing_in_by_the_browser(world, acme):
    login(world)
    kept = tokens(world)
    assert stat.S_IMODE(credentials(world).stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials(world).parent.stat().st_mode) == 0o700
    assert acme.redirects[0].startswith("http://127.0.0.1:") and acme.redirects[0].endswith("/callback")
    assert len(acme.forms[0]["code_verifier"][0]) == 43
    found = status(world)
    assert (found["source"], found["detail"], found["usable"], found["can_sign_in"]) == ("sign_in", "ada@example.org", True, True)
    result = world.ask("acme:acme-1", "Begin.", "--output", "stream-json")
    assert result.code == 0, result
    key, headers, _ = acme.asked[-1]
    assert key == kept["access_token"] and headers["x-plan"] == "subscription"
    shown = world.run("auth", "status").out + result.out + result.err + world.run("doctor").out
    for secret in (kept["access_token"], kept["refresh_token"], acme.forms[0]["code_verifier"][0], acme.forms[0]["code"][0]):
        assert secret not in shown
        assert_nowhere(world, secret)


def test_another_state_is_refused_and_the_right_one_still_counts(world, acme):
    with world.started("login", "acme") as process:
        address = printed_address(process)
        back = redirected(address)
        forged = re.sub(r"state=[^&]+", "state=forged", back)
        code, page = visit(forged)
        assert code == 400 and "no answer to the sign-in" in page
        assert visit(back.replace("/callback", "/other"))[0] == 404
        assert visit(urllib.request.Request(back, headers={"Host": "evil.test"}))[0] == 400
        assert process.poll() is None and not credentials(world).exists()
        assert visit(back)[0] == 200
        assert process.wait(30) == 0
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            urllib.request.urlopen(back, timeout=20)


def test_a_vendor_that_says_no(world, acme):
    with world.started("login", "acme") as process:
        address = printed_address(process)
        query = urllib.parse.parse_qs(urllib.parse.urlparse(address).query)
        refused = urllib.parse.urlencode({"error": "access_denied", "state": query["state"][0]})
        assert "was refused" in visit(f"{query['redirect_uri'][0]}?{refused}")[1]
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1 and not credentials(world).exists()
    assert_one_sentence(err, "access_denied")


def test_ctrl_c_ends_the_waiting(world, acme):
    with world.started("login", "acme") as process:
        printed_address(process)
        read_until(process, "Ctrl-C")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and not credentials(world).exists()
    assert_one_sentence(err, "Cancelled")


@pytest.mark.parametrize("pasted", ["code#state", "address"])
def test_pasting_what_the_vendor_shows(world, vendor, pasted):
    shown = "https://vendor.test/shown"
    plugin(world, vendor, redirect="paste", redirect_url=shown, token_format="json")
    with world.started("login", "acme", stdin=subprocess.PIPE) as process:
        back = redirected(printed_address(process))
        assert back.startswith(shown)
        query = urllib.parse.parse_qs(urllib.parse.urlparse(back).query)
        text = back if pasted == "address" else f"{query['code'][0]}#{query['state'][0]}"
        out, err = process.communicate(text + "\n", timeout=30)
    assert process.returncode == 0, (out, err)
    assert "Signed in" in out and vendor.forms[0]["state"] == query["state"]


def test_pasting_where_the_browser_cannot_come_back(world, acme):
    with world.started("login", "acme", "--paste", stdin=subprocess.PIPE) as process:
        back = redirected(printed_address(process))
        process.communicate(back + "\n", timeout=30)
    assert process.returncode == 0 and status(world)["source"] == "sign_in"


@pytest.mark.parametrize("change", [lambda text: text.replace("state=", "state=x"), lambda text: "just words", lambda text: ""])
def test_pasting_something_else(world, acme, change):
    with world.started("login", "acme", "--paste", stdin=subprocess.PIPE) as process:
        back = redirected(printed_address(process))
        _, err = process.communicate(change(back) + "\n", timeout=30)
    assert process.returncode == 1 and not acme.forms and not credentials(world).exists()
    assert "loomkin login acme" in err


def test_a_client_id_is_needed(world, acme):
    world.settings("")
    result = world.run("login", "acme")
    assert result.code == 1
    assert_one_sentence(result.err, "client id of your own", "provider.acme.client_id", "ACME_CLIENT")
    for provider in ("anthropic", "openai", "google"):
        assert "client id of your own" in world.run("login", provider).err


def test_a_key_of_the_environment_comes_before_the_sign_in(world, acme):
    login(world)
    world.environment["ACME_KEY"] = KEY
    acme.access.add(KEY)
    assert status(world)["detail"] == "ACME_KEY"
    assert world.ask("acme:acme-1").code == 0
    assert acme.asked[-1][0] == KEY and "x-plan" not in acme.asked[-1][1]


# What becomes of tokens


def test_a_token_near_its_end_is_renewed_by_one_of_many_processes(world, acme):
    acme.lifetime = 60
    login(world)
    before = tokens(world)
    acme.lifetime = 3600
    started = [
        subprocess.Popen(
            world.command("run", "--model", "acme:acme-1", "Begin."), cwd=world.folder(f"project{number}"), env=world.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for number in range(4)
    ]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    assert acme.grants.count("refresh_token") == 1
    after = tokens(world)
    assert after["access_token"] != before["access_token"] and after["refresh_token"] != before["refresh_token"]
    assert {key for key, _, _ in acme.asked} == {after["access_token"]}
    assert stat.S_IMODE(credentials(world).stat().st_mode) == 0o600
    assert_nowhere(world, after["access_token"], after["refresh_token"], before["access_token"])


def test_a_token_that_is_refused_before_its_time_is_renewed_once(world, acme):
    login(world)
    acme.access.clear()
    assert world.ask("acme:acme-1").code == 0
    assert len(acme.asked) == 2 and acme.grants.count("refresh_token") == 1


def expire(world):
    """As if the token had ended a while ago."""
    kept = json.loads(credentials(world).read_text())
    kept["accounts"]["acme"]["expires"] = "2026-01-01T00:00:00Z"
    credentials(world).write_text(json.dumps(kept))


def test_a_token_is_used_to_its_end_when_it_cannot_be_renewed(world, acme):
    acme.lifetime = 60
    login(world)
    acme.refresh.clear()
    assert world.ask("acme:acme-1").code == 0
    assert world.ask("acme:acme-1").code == 0 and acme.grants.count("refresh_token") == 1
    acme.access.clear()
    assert "sign in again: loomkin login acme" in world.ask("acme:acme-1").err


def test_a_sign_in_that_has_ended(world, acme):
    login(world)
    expire(world)
    acme.refresh.clear()
    result = world.ask("acme:acme-1")
    assert result.code == 5 and "sign in again: loomkin login acme" in result.err
    assert not acme.asked
    # Nobody asks again with what is not taken any more.
    assert world.ask("acme:acme-1").code == 5 and acme.grants.count("refresh_token") == 1
    assert status(world)["missing"] == "sign in again: loomkin login acme"
    login(world)
    assert world.ask("acme:acme-1").code == 0


def test_tokens_go_to_no_other_server_than_they_came_from(world, acme):
    acme.lifetime = 60
    login(world)
    plugin(world, acme, token_url=f"{acme.url}/elsewhere")
    assert status(world)["source"] == "none"
    assert world.ask("acme:acme-1").code == 5 and acme.grants.count("refresh_token") == 0 and not acme.asked


def test_signing_out(world, acme):
    login(world)
    kept = tokens(world)
    result = world.run("logout")
    assert (result.code, result.out) == (0, "Signed out at acme.\n")
    assert acme.revoked == [kept["refresh_token"]]
    assert kept["access_token"] not in credentials(world).read_text() and status(world)["source"] == "none"
    assert world.run("logout").out == "Nobody is signed in.\n"


def test_a_store_that_others_can_read_does_not_count(world, acme):
    login(world)
    credentials(world).chmod(0o644)
    found = status(world)
    assert not found["usable"] and f"chmod 600 {credentials(world)}" in found["missing"]
    for arguments in (["--model", "acme:acme-1"], []):
        result = world.run("run", *arguments, "Begin.")
        assert result.code == 5 and f"chmod 600 {credentials(world)}" in result.err, result
    credentials(world).chmod(0o600)
    assert status(world)["usable"]


# Files and commands


def endpoint(world, vendor, line):
    world.settings(f'[provider.endpoints.there]\nurl = "{vendor.url}/v1"\n{line}\n')
    return "there:m"


def test_a_key_file(world, vendor):
    vendor.access.add(KEY)
    file = world.write(world.home / "keys/there", f"{KEY}\nsecond line\n")
    file.chmod(0o600)
    model = endpoint(world, vendor, 'key_file = "~/keys/there"')
    # The model has it read, and is not shown it.
    vendor.replies.append({"tool_calls": [{"index": 0, "id": "c1", "function": {
        "name": "shell", "arguments": json.dumps({"command": f"cat {file}"})}}]})
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert result.code == 0, result
    assert [key for key, _, _ in vendor.asked] == [KEY, KEY]
    told = json.dumps(vendor.asked[-1][2], ensure_ascii=False)
    assert "«key of there»" in told and "second line" in told and KEY not in told
    assert KEY not in result.out + result.err
    assert_nowhere(world, KEY, besides=[file])
    found = status(world, "there")
    assert (found["source"], found["detail"]) == ("file", "~/keys/there")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_file_that_others_can_read_does_not_count(world, vendor, mode):
    file = world.write(world.home / "key", KEY)
    file.chmod(mode)
    model = endpoint(world, vendor, f'key_file = "{file}"')
    result = world.ask(model)
    assert result.code == 5 and not vendor.asked
    assert_one_sentence(result.err, f"chmod 600 {file}")
    assert f"chmod 600 {file}" in world.run("doctor").out


def test_a_key_file_that_is_not_there(world, vendor):
    model = endpoint(world, vendor, 'key_file = "~/none"')
    assert "~/none does not exist" in world.ask(model).err
    assert "must begin with / or ~/" in (endpoint(world, vendor, 'key_file = "key"'), world.run("auth", "status").err)[1]


def test_a_key_command(world, vendor):
    vendor.access.add(KEY)
    world.write(world.home / "half", KEY[:10])
    # A pipe, a quote, a dollar: the shell gets the line as it stands, at home and not in the project.
    command = f"echo run >> runs; pwd > where; printf '%s' \"$(cat half)\" | cat; echo '{KEY[10:]}'; echo more"
    model = endpoint(world, vendor, f"key_command = '''{command}'''")
    vendor.replies.append({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "shell", "arguments": json.dumps({
        "command": f"cat {world.home}/half; echo {KEY[10:]}"})}}]})
    assert status(world, "there")["source"] == "command" and not (world.home / "runs").exists()
    result = world.stream(model, "Begin.", "--role", "concierge", "--permissions", "full")
    assert result.code == 0, result
    assert [key for key, _, _ in vendor.asked] == [KEY, KEY]
    assert (world.home / "runs").read_text() == "run\n" and (world.home / "where").read_text().strip() == str(world.home)
    told = json.dumps(vendor.asked[-1][2], ensure_ascii=False)
    assert KEY not in told


def test_a_key_command_runs_once_more_when_its_key_is_refused(world, vendor):
    vendor.access.add(KEY)
    command = f"echo run >> runs; if [ -e old ]; then echo {KEY}; else touch old; echo an-older-key; fi"
    model = endpoint(world, vendor, f"key_command = '''{command}'''")
    result = world.ask(model)
    assert result.code == 0, result
    assert [key for key, _, _ in vendor.asked] == ["an-older-key", KEY]
    vendor.access.clear()
    refused = world.ask(model)
    assert refused.code == 5 and KEY not in refused.out + refused.err
    assert len(vendor.asked) == 3 and (world.home / "runs").read_text().count("run") == 4
    assert_nowhere(world, "an-older-key", besides=[world.config / "config.toml"])


@pytest.mark.parametrize("command, words", [
    ("echo whispered-secret >&2; exit 3", "exit status 3"), ("true", "printed no key"), ("echo; echo late", "printed no key")])
def test_a_key_command_that_fails(world, vendor, command, words):
    model = endpoint(world, vendor, f"key_command = '{command}'")
    result = world.ask(model)
    assert result.code == 5 and not vendor.asked
    assert words in result.err and "whispered-secret" not in result.out + result.err


def test_a_project_that_is_not_trusted_runs_no_command(world, vendor):
    mark = world.home / "ran"
    world.write(".loomkin.toml", f"[provider.anthropic]\nkey_command = 'touch {mark}; echo {KEY}'\nbase_url = '{vendor.url}'\n")
    result = world.ask("anthropic:claude-sonnet-5-5")
    assert result.code == 5 and not mark.exists() and not vendor.asked
    assert status(world, "anthropic")["source"] == "none"


def test_the_order(world, vendor):
    file = world.write(world.home / "key", "key-of-the-file")
    os.chmod(file, 0o600)
    vendor.access |= {"key-of-the-file", "key-of-the-variable", "key-of-the-command"}
    lines = f"key_command = 'echo key-of-the-command'\nkey_file = '{file}'\nkey_env = 'THERE_KEY'"
    model = endpoint(world, vendor, lines)
    assert world.ask(model, env={"THERE_KEY": "key-of-the-variable"}).code == 0
    assert world.ask(model).code == 0
    assert world.ask(endpoint(world, vendor, "key_env = 'THERE_KEY'\nkey_command = 'echo key-of-the-command'")).code == 0
    assert [key for key, _, _ in vendor.asked] == ["key-of-the-variable", "key-of-the-file", "key-of-the-command"]
