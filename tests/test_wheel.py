"""The wheel stands alone: installed in an empty environment it serves from any folder."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The built wheel; built by our own hatchling, so that nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """The interpreter of an empty environment with the wheel in it."""
    home = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(home, with_pip=True)
    inside = home / "bin" / "python"
    pip = (inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt")
    _run(*pip, "--no-deps", "--no-index", wheel)
    return inside


@pytest.fixture(scope="module")
def address(python, tmp_path_factory):
    """Where the installed command serves; its working folder and its data are elsewhere."""
    port, elsewhere = _free_port(), tmp_path_factory.mktemp("elsewhere")
    log = (elsewhere / "log").open("w+")
    command = [python.with_name("facilitator"), "serve", "--host", "127.0.0.1", "--port", str(port), "--data", "data"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(command, cwd=elsewhere, stdout=log, stderr=log, env=env)
    try:
        _wait_for(server, port, log)
        yield "127.0.0.1", port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
        log.close()


def test_everything_is_inside(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert _wanted() - inside == set()


def test_it_brings_no_tests_and_no_tools(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"facilitator"}


def test_the_sign_in_page_is_served_in_both_languages(address):
    assert 'type="password"' in _get(address, "/sign-in", "en")
    assert "登录" in _get(address, "/sign-in", "zh-CN")


def test_static_files_are_served_as_they_are(address):
    assert _get(address, "/static/css/app.css", "en") == (ROOT / "static/css/app.css").read_text(encoding="utf-8")


def _wanted():
    """Templates, static files, migrations, translations and the demo's content, as the wheel should name them."""
    beside = [path for part in ("templates", "static") for path in (ROOT / part).rglob("*") if path.is_file()]
    package = [path for path in (ROOT / "facilitator").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    names = {f"facilitator/{path.relative_to(ROOT)}" for path in beside} | {
        str(path.relative_to(ROOT)) for path in package
    }
    assert any(name.endswith(".ttf") for name in names)
    assert any("/migrations/versions/" in name for name in names)
    assert "facilitator/translations/zh_Hans/LC_MESSAGES/messages.mo" in names
    return names


def _get(address, path, language):
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request("GET", path, headers={"Accept-Language": language})
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode("utf-8")


def _wait_for(server, port, log):
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    log.seek(0)
    pytest.fail(f"the server did not start:\n{log.read()}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(*command):
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
