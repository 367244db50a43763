"""One browser for all stories, a server with a fresh data folder for each file of them."""

import os

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.hall import CHROMIUM, FLAGS, ROOT, Cable, Hall, Server

# As patient as with clicks: other tests may have the machine's other half.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser():
    fonts = {**os.environ, "FONTCONFIG_FILE": str(ROOT / "tests" / "fonts.conf")}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS, env=fonts)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("data"))
    yield started
    complaints = started.stop()
    assert "Traceback" not in complaints, complaints


@pytest.fixture(scope="module")
def hall(server, browser):
    opened = Hall(server, browser)
    yield opened
    opened.close()


@pytest.fixture
def cable(server):
    laid = Cable(server)
    yield laid
    laid.close()
