"""`facilitator serve` on a folder that outlives it: ended in good order, killed without warning, started again."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlencode

from facilitator.app import create_app
from facilitator.config import Settings
from facilitator.extensions import db
from facilitator.migrations import upgrade
from tests.factories import Factories
from tests.live.raw_phone import free_port
from tests.visitors import Visitor

GRACE = 30  # seconds until a test gives up
_CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


class Gone(Exception):
    """No whole answer came: nobody knows whether the server took what it was sent."""


class Running:
    """One data folder, the server that runs on it, and beside it an application that makes rows and cookies."""

    away = ()
    """Answers after which nobody knows whether the server took what it was sent."""

    def __init__(self, folder, *, before=(), database="", **environment):
        self.folder = folder
        self.port = free_port()
        self.process = None
        self._browsers = []
        self._before = before  # words that stand before the command
        self._environment = {**os.environ, **environment}
        settings = Settings(data=folder, database_url=database)
        folder.mkdir(exist_ok=True)
        upgrade(settings.database)
        self.app = create_app(settings)
        self.make = Factories(self.app)

    def launch(self):
        """Begin to start; what the server says goes to a file beside the folder."""
        self.let_go()
        command = [sys.executable, "-m", "facilitator", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        with self.folder.with_suffix(".log").open("a") as log:
            self.process = subprocess.Popen(
                [*self._before, *command, "--data", str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._environment,
                start_new_session=True,
            )

    def start(self):
        self.launch()
        while "Ctrl+C" not in (line := self.process.stdout.readline()):
            assert line, self.log()
        return self

    def kill(self, group=True):
        """End it without a word, as a pulled plug does; with everything that it started, or alone."""
        (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=GRACE)

    def stop(self):
        """End it in good order."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.communicate(timeout=GRACE)
        return self.process.returncode

    def let_go(self):
        """Close our own connections: while one is open, no server that starts repairs the database."""
        with self.app.app_context():
            db.engine.dispose()

    def hang_up(self):
        """Let every browser open its connection anew."""
        for browser in self._browsers:
            browser.close()

    def log(self):
        return self.folder.with_suffix(".log").read_text()

    def rows(self, query, *values):
        """What the database holds, read from outside; only while a server runs, which has repaired it."""
        with closing(sqlite3.connect(self.folder / "facilitator.db")) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query, *values):
        return self.rows(query, *values)[0][0]

    def staff(self, staff):
        visitor = Visitor(self.app)
        visitor.is_signed_in_as(staff)
        return self._browser(visitor)

    def resident(self, person):
        return self._browser(Visitor(self.app).get(f"/r/{person.token}"))

    def _browser(self, visitor):
        browser = Browser(self.port, self.away)
        self._browsers.append(browser)
        browser.cookie = visitor.client.get_cookie("session").value
        browser.csrf = visitor.page.csrf
        return browser


class Browser:
    """One person's browser, with one connection that is opened again when it broke."""

    def __init__(self, port, away=()):
        self.port = port
        self._away = away
        self.cookie = ""
        self.csrf = ""
        self._line = None

    def get(self, path):
        """The page; its form token is kept."""
        status, body, _where = self.ask("GET", path)
        found = _CSRF.search(body)
        self.csrf = found[1] if found else self.csrf
        assert status == 200, f"{path}: {status}"
        return body

    def post(self, path, **form):
        """Send a form as the page's script does; gives the status."""
        return self.ask("POST", path, **form)[0]

    def ask(self, method, path, **form):
        """(status, body, location). Raises Gone."""
        self.begin(method, path, **form)
        return self.finish()

    def begin(self, method, path, **form):
        """Send a request, and don't wait."""
        self._begin(method, path, urlencode(form).encode() if form else None, "application/x-www-form-urlencoded")

    def _begin(self, method, path, body, kind):
        headers = {"Cookie": f"session={self.cookie}", "Accept-Language": "en", "X-CSRFToken": self.csrf}
        if body is not None:
            headers |= {"HX-Request": "true", "Content-Type": kind}
        self._line = self._line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=GRACE)
        try:
            self._line.request(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone from error

    def upload(self, path, name, content, **form):
        """Send a form with one file; gives the status."""
        edge = "edge-of-a-part"
        parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}' for key, value in form.items()]
        file = f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
        body = "".join(f"--{edge}\r\n{part}\r\n" for part in parts).encode()
        body += f"--{edge}\r\n{file}".encode() + content + f"\r\n--{edge}--\r\n".encode()
        self._begin("POST", path, body, f"multipart/form-data; boundary={edge}")
        return self.finish()[0]

    def finish(self):
        """The answer to what was begun."""
        try:
            answer = self._line.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone from error
        cookie = re.search(r"session=([^;]+)", answer.headers.get("Set-Cookie", ""))
        self.cookie = cookie[1] if cookie else self.cookie
        if answer.status in self._away:
            raise Gone(answer.status)
        return answer.status, body, answer.headers.get("Location", "")

    def twin(self):
        """The same person's browser with another connection."""
        other = Browser(self.port, self._away)
        other.cookie, other.csrf = self.cookie, self.csrf
        return other

    def close(self):
        if self._line:
            self._line.close()
        self._line = None
