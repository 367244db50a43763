"""The people of a World Café: guests with their phones, who hear what is sent to them; and the café they sit in."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.hall import Hall, Server
from tests.browser.people import Resident


class Ear:
    """Everything that a page is told over its sockets."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("websocket", self._listen)

    def has_heard(self, text: str) -> bool:
        # JSON may spell a character by its number.
        spelled = text.encode("ascii", "backslashreplace").decode()
        return any(text in said or spelled in said for said in self.heard)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(_words(frame)))


def _words(frame: str | bytes) -> str:
    return frame.decode(errors="replace") if isinstance(frame, bytes) else frame


class Guest(Resident):
    """Somebody at the tables, and what that person knows to have written."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, name)
        self.ear = Ear(page)

    def stands_before(self, number: int) -> None:
        """The phone names this table."""
        expect(self.page.locator(".table-number b")).to_have_text(str(number))

    def sits_down(self) -> None:
        button = self.page.locator("form[action$='/here'] button")
        button.click()
        expect(self.page.locator("#mine .arrived, #mine .received")).to_be_visible()

    def writes(self, text: str) -> None:
        """A note to the table, and it is seen to lie there."""
        self.send(text)
        self.has_written(text)

    def has_written(self, text: str) -> None:
        expect(self.page.locator("#mine .notes li", has_text=text)).to_have_count(1)
        expect(self.page.locator("#text")).to_have_value("")
        self.said.append(text)

    def asks(self, text: str) -> None:
        self.send(text)
        expect(self.page.locator(".questions li", has_text=text)).to_be_visible()

    def carries(self, text: str, voices: int) -> None:
        button = self.page.locator(".questions li", has_text=text).locator(".voice")
        button.click()
        expect(button).to_have_text(str(voices))

    def knows_of(self, text: str) -> bool:
        """Is it on the page, or has it ever come over the sockets?"""
        return text in self.page.content() or self.ear.has_heard(text)


class Cafe:
    """What the database holds of the only café of a server."""

    def __init__(self, hall: Hall, server: Server) -> None:
        self.hall = hall
        self.server = server

    @property
    def id(self) -> int:
        return int(self.server.value("SELECT id FROM activity"))

    @property
    def code(self) -> str:
        return str(self.server.value("SELECT code FROM workshop"))

    @property
    def step(self) -> str:
        return str(self.server.value("SELECT step FROM workshop"))

    def person(self, name: str) -> int:
        return int(self.server.value("SELECT id FROM participant WHERE name = ?", name))

    def seats(self, number: int) -> dict[str, int]:
        """Name → table of a round."""
        query = (
            "SELECT p.name, t.number FROM cafe_seat s JOIN participant p ON p.id = s.participant_id"
            " JOIN cafe_table t ON t.id = s.cafe_table_id WHERE s.round = ? AND s.deleted_at IS NULL"
        )
        return dict(self.server.rows(query, number))

    def hosts(self) -> dict[int, str]:
        query = "SELECT t.number, p.name FROM cafe_table t JOIN participant p ON p.id = host_id"
        return dict(self.server.rows(query))

    def notes(self) -> list[tuple[str, int, int, str]]:
        """(text, round, table, author) of each."""
        query = (
            "SELECT s.text, n.round, t.number, p.name FROM cafe_note n JOIN statement s ON s.id = n.id"
            " JOIN cafe_table t ON t.id = n.cafe_table_id JOIN participant p ON p.id = s.participant_id"
            " WHERE n.slot = 0 AND s.deleted_at IS NULL"
        )
        return sorted(self.server.rows(query))

    def cards(self) -> dict[int, tuple[str, str, list[str]]]:
        """Table → title, open question, insights."""
        lines = (
            "SELECT s.text FROM cafe_note n JOIN statement s ON s.id = n.id"
            " WHERE n.cafe_table_id = ? AND n.slot > 0 AND s.deleted_at IS NULL ORDER BY n.slot"
        )
        found = (
            "SELECT t.number, t.id, h.title, h.question FROM cafe_harvest h JOIN cafe_table t ON t.id = cafe_table_id"
        )
        return {
            number: (title, question, [text for (text,) in self.server.rows(lines, table)])
            for number, table, title, question in self.server.rows(found)
        }

    def questions(self) -> dict[str, tuple[str, int]]:
        """Text → what became of it, and how many carry it."""
        query = (
            "SELECT text, status, (SELECT count(*) FROM question_vote WHERE question_id = id AND withdrawn_at IS NULL)"
            " FROM question WHERE deleted_at IS NULL"
        )
        return {text: (status, voices) for text, status, voices in self.server.rows(query)}


def until(fact: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what the database is about to hold."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "It didn't come to that."
        time.sleep(0.05)
