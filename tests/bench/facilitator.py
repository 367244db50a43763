"""The member of staff who runs the room, one request after the other."""

from __future__ import annotations

import secrets

from tests.bench.phones import Answer, Crowd, Flow, Phone, Request
from tests.bench.product import Product

QUESTION = "我们住的地方，最先应该改变什么？"


class Facilitator(Phone):
    def __init__(self, crowd: Crowd, product: Product) -> None:
        super().__init__(crowd, 0, audience="console")
        self._product = product
        self.language = "en"  # the words of the console are read by the bench

    def arrive(self) -> None:
        """Accept the invitation of the first start."""
        password = secrets.token_urlsafe(12)
        about = {"name": "主持", "email": "bench@example.org", "password": password, "again": password}
        self._fill_in(f"/invitations/{self._product.invitation}", **about)

    def prepare(self) -> int:
        """Make a workshop with one board; gives its id."""
        details = {"title": "压力测试", "language": "zh_Hans", "neighbourhood_id": "0", "project_id": "0"}
        self._fill_in("/workshops/new/brainstorm", **details)
        workshop = int(self._product.value("SELECT max(id) FROM workshop"))
        self.seat["key"] = str(workshop)
        return workshop

    def lengthen_agenda(self, activity: int, copies: int) -> None:
        for _each in range(copies):
            self._post(f"/workshops/{self.code}/activities/{activity}/copies")

    def move(self, to: str) -> None:
        moves = self._product.value(f"SELECT moves FROM workshop WHERE id = {self.code}")
        self._post(f"/workshops/{self.code}/moves", to=to, moves=str(moves))

    def say(self, message: str) -> None:
        self._post(f"/workshops/{self.code}/message", message=message)

    def export_pdf(self) -> None:
        """Begin to make the proposal as a PDF."""
        made = self._post(f"/workshops/{self.code}/proposals")
        proposal = made.location.rpartition("/proposals/")[2].partition("?")[0]
        self._post(f"/proposals/{proposal}/exports", format="pdf", variant="zh")

    def _post(self, path: str, **form: str) -> Answer:
        if not self.csrf:
            self.csrf = self._request("GET", f"/workshops/{self.code}/console").csrf
        return self._request("POST", path, {"csrf_token": self.csrf, **form})

    def _fill_in(self, path: str, **form: str) -> None:
        """Open a form, fill it in and send it; it must be accepted."""
        csrf = self._request("GET", path).csrf
        answer = self._request("POST", path, {"csrf_token": csrf, **form})
        if answer.status != 303:
            raise RuntimeError(f"{path} was not accepted.\n{answer.body[:4000]}")
        self.csrf = ""

    def _request(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        answers: list[Answer] = []

        def flow() -> Flow:
            answers.append((yield Request(method, path, form or {})))

        self.do(flow())
        self.crowd.run(lambda: answers)
        if not answers[0].is_taken:
            raise RuntimeError(f"{method} {path}: {answers[0].status}\n{answers[0].body[:2000]}")
        return answers[0]
