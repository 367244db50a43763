"""The wheel stands alone: installed in an empty environment it serves from any folder."""

import http.client
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import venv
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from pypdf import PdfReader

from tests.pages import Page

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60
SECONDS_TO_EXPORT = 120


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
def elsewhere(tmp_path_factory):
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def address(python, elsewhere):
    """Where the installed command serves the demo; its working folder and its data are elsewhere."""
    port = _free_port()
    log = (elsewhere / "log").open("w+")
    command = [python.with_name("facilitator"), "serve", "--demo", "--host", "127.0.0.1", "--port", str(port)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen([*command, "--data", "data"], cwd=elsewhere, stdout=log, stderr=log, env=env)
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


def test_a_facilitator_signs_in_and_gets_the_proposal(address, elsewhere):
    desk = _Desk(address)
    password = (elsewhere / "data" / "demo_password").read_text(encoding="utf-8")
    desk.get("/sign-in")
    assert desk.post("/sign-in", email="demo@facilitator.example", password=password).endswith("/workshops")
    proposal = desk.post("/workshops/1/proposals")
    desk.post(f"/proposals/{proposal.rpartition('/')[2]}/exports", format="pdf", variant="zh")
    pdf = PdfReader(io.BytesIO(desk.wait_for_file()))
    assert "共和九村紫竹苑" in pdf.metadata.title
    assert "坡道太陡，轮椅推上去要两个人。" in "".join(page.extract_text() for page in pdf.pages).replace("\n", "")


class _Desk:
    """A browser reduced to cookies, pages and their form tokens."""

    def __init__(self, address):
        self.root = "http://{}:{}".format(*address)
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.csrf = ""

    def get(self, path):
        return self._open(path)

    def post(self, path, **fields):
        """Send a form; gives the address that it led to."""
        return self._open(path, urlencode({"csrf_token": self.csrf, **fields}).encode()).url

    def wait_for_file(self):
        until = time.monotonic() + SECONDS_TO_EXPORT
        while time.monotonic() < until:
            found = re.search(r'/exports/\d+/file"', self.html)
            if found:
                return self.opener.open(self.root + found[0].rstrip('"'), timeout=60).read()
            time.sleep(0.5)
            self._open(self.path)
        pytest.fail(f"no file came:\n{Page(self.html).text}")

    def _open(self, path, data=None):
        answer = self.opener.open(self.root + path, data, timeout=60)
        self.html = answer.read().decode("utf-8")
        self.path = answer.url.removeprefix(self.root)
        self.csrf = Page(self.html).csrf or self.csrf
        return answer


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
    connection = http.client.HTTPConnection(*address, timeout=60)
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
