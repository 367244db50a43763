"""The people of the stories: residents with their phones, a facilitator with her console."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import FloatRect, Locator, Page, expect


class Resident:
    """Somebody with a phone, and what that person knows to have sent."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.said: list[str] = []
        self.dots: Counter[str] = Counter()

    def join(self, code: str, *, senior: bool = False) -> None:
        self.page.goto(f"/J/{code}")
        if senior:
            self.page.locator(".low button").click()
            expect(self.page.locator("html")).to_have_attribute("data-size", "senior")
        self.page.locator("#name").fill(self.name)
        self.page.locator("main button.primary").first.click()
        self.page.wait_for_url("**/w/*")
        self.is_live()

    def is_live(self) -> None:
        expect(self.page.locator("body")).to_have_attribute("data-line", "live", timeout=15_000)

    def type(self, text: str) -> None:
        self.page.locator("#text").press_sequentially(text)

    def press_send(self) -> None:
        self.page.locator(".write .primary").click()

    def send(self, text: str) -> None:
        self.page.locator("#text").fill(text)
        self.press_send()

    def say(self, text: str) -> None:
        """Send one idea and see it among one's own."""
        self.send(text)
        self.heard(text)

    def heard(self, text: str) -> None:
        expect(self.page.locator(".own-list li").first).to_contain_text(text)
        expect(self.page.locator("#text")).to_have_value("")
        self.said.append(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("#phone-stage")).to_contain_text(text)

    def place(self, title: str) -> None:
        """One tap on the plus; the dot is seen to lie there."""
        self.tap(title)
        self.dots[title] += 1
        self.has_dots_on(title)

    def tap(self, title: str, button: str = ".place") -> None:
        self._card(title).locator(button).click()

    def take_back(self, title: str) -> None:
        self._card(title).locator("button.back").click()
        self.dots[title] -= 1
        self.has_dots_on(title)

    def has_dots_on(self, title: str) -> None:
        expect(self._card(title).locator(".mine i")).to_have_count(self.dots[title])

    def _card(self, title: str) -> Locator:
        return self.page.locator("#mine .idea").filter(has_text=title)


class Facilitator:
    """Who runs the room from the console."""

    def __init__(self, page: Page, workshop: int) -> None:
        self.page = page
        page.goto(f"/workshops/{workshop}/console")
        expect(page.locator("body")).to_have_attribute("data-line", "live")

    def next(self) -> None:
        """Press next, and see that the room has moved on by one step."""
        self._move("#console-bar .go")

    def back(self) -> None:
        self._move("#console-bar button:has-text('Previous')")

    def _move(self, button: str) -> None:
        """Until the whole console knows it: a button that is a moment old is refused."""
        now, ahead = self.page.locator("#console-agenda .now"), self.page.locator("#console-bar .go")
        before, words = now.inner_text(), ahead.inner_text()
        with self._deed():
            self.page.locator(button).click()
        expect(now).not_to_have_text(before)
        expect(self.page.locator("#console-bar .go", has_text=words)).to_have_count(0)

    def reveal(self) -> None:
        button = self.page.locator("#console-bar .reveal")
        words = button.inner_text()
        with self._deed():
            button.click()
        expect(self.page.locator("#console-bar .reveal", has_text=words)).to_have_count(0)

    def add_theme(self, name: str) -> None:
        """With the keyboard alone."""
        self.page.locator(".stage-tools [data-panel-url*='themes']").focus()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#theme-name")).to_be_focused()
        self.page.keyboard.type(name)
        with self._deed():
            self.page.keyboard.press("Enter")
        # The theme may be seen over the socket before the answer closes the panel: nothing behind it can be pressed.
        expect(self.page.locator("#panel")).to_be_hidden()
        expect(self._theme(name)).to_be_visible()

    def move_by_keyboard(self, idea: str, theme: str) -> None:
        """Open the idea, tab to "move to…" and press Enter."""
        self.page.locator(".sort li button", has_text=idea).focus()
        self.page.keyboard.press("Enter")
        wanted = self.page.locator("#panel .moves button", has_text=theme)
        expect(wanted).to_be_visible()
        self._tab_to(wanted)
        with self._deed():
            self.page.keyboard.press("Enter")
        self.is_in(idea, theme)

    def drag(self, idea: str, theme: str) -> None:
        """With the mouse, as a hand moves it: let go once the idea is seen to lie there."""
        self._carry(idea, theme)
        with self._deed():
            self.page.mouse.up()
        self.is_in(idea, theme)

    def drag_in_vain(self, idea: str, theme: str) -> None:
        """The same, but the move never comes to be known."""
        self.page.route("**/move", lambda route: route.fulfill(status=204, headers={"X-Facilitator": "done"}))
        self._carry(idea, theme)
        with self.page.expect_response("**/move"):
            self.page.mouse.up()
        self.page.unroute("**/move")

    def _carry(self, idea: str, theme: str) -> None:
        start, end = _box(self.page.locator(".sort li", has_text=idea)), _box(self._theme(theme).locator("ul"))
        mouse = self.page.mouse
        mouse.move(start["x"] + 30, start["y"] + 12)
        mouse.down()
        mouse.move(start["x"] + 40, start["y"] + 20, steps=4)
        for wobble in range(40):
            mouse.move(end["x"] + end["width"] / 2 + wobble, end["y"] + 16, steps=5)
            if idea in self._theme(theme).locator("ul").inner_text():
                break

    def is_in(self, idea: str, theme: str) -> None:
        expect(self.page.locator("#panel")).to_be_hidden()
        expect(self._theme(theme)).to_contain_text(idea)

    def is_loose(self, idea: str) -> None:
        expect(self.page.locator("#sort-0")).to_contain_text(idea)

    def undo(self) -> None:
        with self._deed():
            self.page.locator("#undo form").first.locator("button").click()

    def redo(self) -> None:
        with self._deed():
            self.page.locator("#undo form").last.locator("button").click()

    @contextmanager
    def _deed(self) -> Iterator[None]:
        """Until the server has done it and the page knows how to undo it."""
        undoable = self.page.locator("#undo input[name=deed]").first
        before = undoable.input_value()
        yield
        expect(undoable).not_to_have_value(before)

    def _theme(self, name: str) -> Locator:
        heading = self.page.locator("h3", has_text=re.compile(re.escape(name)))
        return self.page.locator(".sort section").filter(has=heading)

    def _tab_to(self, wanted: Locator) -> None:
        for _ in range(20):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError("The keyboard doesn't get there.")


def _box(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box
    return box


def compose(page: Page, text: str, *, then_enter: bool) -> None:
    """Type through an input method: the candidate is chosen with Enter, as many people do."""
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    if then_enter:
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    keyboard.send("Input.insertText", {"text": text})
    keyboard.detach()
