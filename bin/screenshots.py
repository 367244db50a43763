"""Draws docs/screenshots/ from the running product: the demo on a free port, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screenshots"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, PROJECTOR, CONSOLE = (390, 844), (1920, 1080), (1440, 900)
# What the room would read on its screens; the pictures are taken from this machine itself.
HALL = "http://192.168.1.20:8000"
PAGES_OF_PROPOSAL = (1, 5, 6)
COLOURS = 160


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with _server() as (address, told), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        Evening(browser, address, told).draw()
        Cafe(browser, address, told, place=1).draw()
        browser.close()


class Evening:
    """One of the demo's workshops, the first unless `place` says another, with everyone's screens."""

    def __init__(self, browser: Browser, address: str, told: str, place: int = 0) -> None:
        self.browser = browser
        self.address = address
        self.password = re.search(r"demo@\S+\s+(\S+)", told)[1]
        self.console_path, self.screen_path = (
            re.findall(rf"{HALL}(/{part}/\S+)", told)[place] for part in ("workshops", "screen")
        )
        self.join_path = re.findall(rf"{HALL}(/j/\S+)", told)[place]

    def draw(self) -> None:
        self.console = self._signed_in()
        self.projector = self._open(PROJECTOR, "zh-CN", self.screen_path)
        self._draw_voting()
        self._draw_wall()
        self._draw_writing()
        self._draw_result()
        self._draw_proposal()

    def _draw_voting(self) -> None:
        phone = self._open(PHONE, "zh-CN", self.join_path)
        _keep(phone, "phone-welcome-zh")
        self._join(phone, "王阿姨")
        for _dot in range(2):
            phone.locator("button.vote:not(.back):not(.on):not([disabled])").first.click()
            phone.wait_for_timeout(300)
        phone.evaluate("scrollTo(0, 0)")
        _keep(phone, "phone-vote-zh")
        phone.click("form[action$='/senior'] button")
        _keep(phone, "phone-senior-zh")

    def _draw_wall(self) -> None:
        self._go_to("sort")
        _keep(self.projector, "projector-wall")
        _keep(self.console, "console")

    def _draw_writing(self) -> None:
        self._go_to("collect")
        phone = self._open(PHONE, "en-GB", self.join_path)
        self._join(phone, "Emma")
        phone.fill("textarea[name=text]", "A bench near the bus stop, in the shade")
        phone.click("form.write button.primary")
        phone.wait_for_selector(".received")
        _keep(phone, "phone-write-en")

    def _draw_result(self) -> None:
        self._go_to("result")
        _keep(self.projector, "projector-result")

    def _draw_proposal(self) -> None:
        """Some printed pages, come by as a facilitator comes by them."""
        with tempfile.TemporaryDirectory() as folder:
            pdf = Path(folder) / "proposal.pdf"
            _make_proposal(self.console, pdf)
            subprocess.run(["pdftoppm", "-r", "72", "-png", pdf, pdf.with_name("page")], check=True)
            drawn = sorted(pdf.parent.glob("page-*.png"))
            for number in PAGES_OF_PROPOSAL:
                _shrink(drawn[number - 1], OUT / f"proposal-{number}.png")

    def _signed_in(self) -> Page:
        page = self._open(CONSOLE, "en-GB", "/sign-in")
        page.fill("[name=email]", "demo@facilitator.example")
        page.fill("[name=password]", self.password)
        page.click("form.card button.primary")
        page.goto(self.address + self.console_path)
        return page

    def _join(self, phone: Page, name: str) -> None:
        phone.fill("#name", name)
        phone.click("button.primary")
        phone.wait_for_selector("#mine")

    def _go_to(self, step: str) -> None:
        self.console.locator(f"#console-agenda button[hx-vals*='-{step}\"']").last.click()
        self.console.wait_for_timeout(1500)

    def _open(self, size: tuple[int, int], language: str, path: str) -> Page:
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale=language)
        page = context.new_page()
        page.goto(self.address + path)
        page.wait_for_timeout(600)
        return page


class Cafe(Evening):
    """The World Café on its way to the last round, and in it."""

    def draw(self) -> None:
        self.console = self._signed_in()
        self.projector = self._open(PROJECTOR, "zh-CN", self.screen_path)
        self._go_to("move-3")
        _keep(self.projector, "cafe-tables")
        self._go_to("round-3")
        self._draw_seat()
        _keep(self.console, "cafe-console")

    def _draw_seat(self) -> None:
        """A late-comer finds a table."""
        phone = self._open(PHONE, "zh-CN", self.join_path)
        self._join(phone, "王阿姨")
        phone.click("form[action$='/seat'] button")
        phone.wait_for_timeout(600)
        phone.evaluate("scrollTo(0, 0)")
        _keep(phone, "cafe-phone-zh")


def _make_proposal(console: Page, pdf: Path) -> None:
    console.locator("#console-side button[hx-post$='/proposals']").click()
    console.wait_for_url("**/proposals/*")
    _keep(console, "proposal-draft")
    console.locator("form[action$='/exports'] button.primary").click()
    with console.expect_download(timeout=120_000) as downloading:
        console.locator("a[download]").first.click(timeout=120_000)
    downloading.value.save_as(pdf)


def _keep(page: Page, name: str) -> None:
    page.wait_for_timeout(800)
    path = OUT / f"{name}.png"
    page.screenshot(path=path)
    _shrink(path, path)


def _shrink(source: Path, target: Path) -> None:
    """Few colours are enough for a page, and make a small file."""
    Image.open(source).convert("RGB").quantize(COLOURS).save(target, optimize=True)


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    """The demo, served: its address on this machine and what it told the terminal."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "facilitator", "serve", "--demo", "--host", "127.0.0.1", "--port", str(port)]
        with log.open("w") as out:
            server = subprocess.Popen([*command, "--data", folder, "--base-url", HALL], stdout=out, stderr=out)
        try:
            yield f"http://127.0.0.1:{port}", _told(log)
        finally:
            server.terminate()
            server.wait(20)


def _told(log: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        text = log.read_text(encoding="utf-8")
        if "Ctrl+C" in text:
            return text
        time.sleep(0.2)
    sys.exit(f"The server did not start:\n{log.read_text(encoding='utf-8')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
