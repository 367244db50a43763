"""What axe-core finds on a page that stands still."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
STILL = "Promise.allSettled(document.getAnimations().map(motion => motion.finished))"


def axe_finds(page: Page, where: str) -> list[str]:
    """A line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Halfway through a fade a text has no contrast yet, and an answer may come in while axe looks: it looks again.
    return _found(page, where) and _found(page, where)


def _found(page: Page, where: str) -> list[str]:
    page.evaluate(STILL)
    found = page.evaluate(RUN, TAGS)["violations"]
    return [f"{where}: {each['id']} {node['html'][:160]}" for each in found for node in each["nodes"]]
