"""A screen that follows the rules of live.js: it ignores what is older, and comes back by itself after a gap."""

from __future__ import annotations

import json
import threading
import time

import socketio

from tests.live.running import GRACE


class Follower:
    """One open page: what it shows, fragment by fragment."""

    def __init__(self, browser, audience, key, fragments, port=None):
        self._browser, self._path = browser, fragments
        self._heard = threading.Condition()
        self.shown, self.versions = {}, {}
        self.joined = 0
        for patch in self.fetched():
            self._take(patch)
        self._page = max(self.versions.values())
        self._seat = {"audience": audience, "key": str(key)}
        self._client = socketio.Client(
            reconnection_delay=0.5, reconnection_delay_max=2, randomization_factor=0.5, handle_sigint=False
        )
        self._client.on("patch", self._take)
        self._client.on("connect", self._in)
        headers = {"Cookie": f"session={browser.cookie}", "Accept-Language": "en"}
        address = f"http://127.0.0.1:{port or browser.port}"
        self._client.connect(address, headers, self._auth, transports=["websocket"], wait_timeout=GRACE)
        self.until(lambda: self.joined)

    def fetched(self):
        """The fragments as the server draws them now."""
        return json.loads(self._browser.get(self._path))

    def until(self, holds):
        with self._heard:
            assert self._heard.wait_for(holds, GRACE), self.shown

    def until_it_shows(self, words):
        self.until(lambda: any(words in html for html in self.shown.values()))

    def until_it_is_like_the_server(self):
        end = time.monotonic() + GRACE
        while (drawn := {patch["id"]: patch["html"] for patch in self.fetched()}) != self.shown:
            assert time.monotonic() < end, {name: (html, self.shown[name]) for name, html in drawn.items()}
            time.sleep(0.05)

    def close(self):
        self._client.disconnect()

    def _auth(self):
        return {**self._seat, "page": self._page, "versions": self.versions}

    def _in(self):
        with self._heard:
            self.joined += 1
            self._heard.notify_all()

    def _take(self, patch):
        with self._heard:
            if patch["v"] >= self.versions.get(patch["id"], 0):
                self.versions[patch["id"]] = patch["v"]
                self.shown[patch["id"]] = patch["html"]
            self._heard.notify_all()
