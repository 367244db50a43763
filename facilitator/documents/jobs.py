"""Exports, one after the other, each in a process of its own. The server only starts, watches and ends them."""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import gevent
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from gevent import subprocess
from sqlalchemy.exc import DBAPIError

from facilitator.documents.models import CANCELLED, DONE, FAILED, RUNNING, Export
from facilitator.documents.sheets import common, has_prints, label_of, offered
from facilitator.documents.writing.pdf import PACKAGE
from facilitator.extensions import db
from facilitator.metrics import JOBS
from facilitator.workers.roll import roll

GLANCE = 0.2
"""Seconds between two looks at the running process."""
PATIENCE = 600
"""Seconds after which an export is given up."""
REST = 2.0
"""Seconds until the database is told again what it could not be told."""
REASONS = {
    "restart": _l("The server was stopped while this was being made. Please export again."),
    "memory": _l("This would need more memory than an export may take. Export the data as a workbook instead."),
    "time": _l("This took too long and was stopped."),
    "broken": _l("The file could not be made. Please try again; if it fails again, export the data as a workbook."),
}
_log = logging.getLogger(__name__)


class Jobs:
    """The line of exports of one server."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._process: Any = None
        self._running: int | None = None
        self._worker: Any = None
        self._began = 0.0
        self._settled = False

    def settle(self) -> None:
        """Once after the start: what waited goes on."""
        if not self._settled:
            self._settled = True
            self.sweep()

    def sweep(self) -> None:
        """What a dead worker was making has failed; what waits for one goes on here."""
        if roll().is_sure:
            lost = Export.give_up_lost(roll().alive(), "restart")
            db.session.commit()
            for export_id in lost:
                _tidy(self.folder(export_id), keep=False)
        if Export.anybody_waits():
            self.wake()

    def wake(self) -> None:
        """See to it that the line moves."""
        if self._worker is None or self._worker.dead:
            self._worker = gevent.spawn(self._work)

    def cancel(self, export: Export) -> None:
        """Take it out of the line, or end its process."""
        if not export.is_open:
            return
        export.end(CANCELLED)
        db.session.commit()
        if self._running != export.id:
            _tidy(self.folder(export.id), keep=False)
        elif self._process is not None and self._process.poll() is None:
            self._process.kill()

    def close(self) -> None:
        """End what runs: a server that stops leaves no process behind."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    def folder(self, export_id: int) -> Path:
        return exports_folder(self._app) / str(export_id)

    def unfinished(self) -> int:
        """Exports that wait or are being made."""
        return Export.count_open()

    def progress(self, export: Export) -> int:
        """Percent done, as the process said last."""
        said = _read(self.folder(export.id) / "progress.json")
        return 100 if export.status == DONE else int(said.get("percent", 0))

    def _work(self) -> None:
        while (export_id := self._take_next()) is not None:
            folder = self.folder(export_id)
            self._process = _start(folder)
            in_time = self._watch(folder)
            while not self._try_to_finish(export_id, folder, in_time):
                gevent.sleep(REST)

    def _take_next(self) -> int | None:
        """Mark the next in line as running; None if nothing waits."""
        with self._app.app_context():
            export = Export.next_in_line()
            if export is None:
                return None
            export.status, export.worker = RUNNING, roll().me
            self._running, self._began = export.id, time.monotonic()
            db.session.commit()
            return self._running

    def _watch(self, folder: Path) -> bool:
        """Wait for the process, holding nothing of the database; False if it had to be ended."""
        for _glance in range(int(PATIENCE / GLANCE)):
            if self._process.poll() is not None:
                return True
            if not folder.is_dir():  # cancelled at another worker, which took it away
                break
            gevent.sleep(GLANCE)
        self._process.kill()
        self._process.wait()
        return False

    def _try_to_finish(self, export_id: int, folder: Path, in_time: bool) -> bool:
        """False while the database can't be told."""
        try:
            self._finish(export_id, folder, in_time)
        except DBAPIError:
            _log.warning("An export is ready, but the database could not be told.")
            return False
        return True

    def _finish(self, export_id: int, folder: Path, in_time: bool) -> None:
        with self._app.app_context():
            export = db.session.get(Export, export_id)
            # It may have been cancelled meanwhile.
            if export and export.status == RUNNING:
                _settle_result(export, folder, in_time)
                db.session.commit()
                JOBS.labels(export.format, export.status).observe(time.monotonic() - self._began)
            self._running = self._process = None
            _tidy(folder, keep=bool(export and export.status == DONE))


def init_app(app: Flask) -> None:
    app.extensions["exports"] = jobs = Jobs(app)
    app.extensions["roll"].when_beating(jobs.sweep)
    atexit.register(jobs.close)
    app.add_template_global(jobs.progress, "export_progress")
    app.add_template_global(reason, "export_reason")
    for helper, name in (
        (common, "common_papers"),
        (offered, "offered"),
        (has_prints, "has_prints"),
        (label_of, "document_label"),
    ):
        app.add_template_global(helper, name)


def reason(export: Export) -> str:
    """Why an export failed, in the reader's language; a line about this machine stays as it is."""
    return str(REASONS.get(export.message, export.message))


def line() -> Jobs:
    jobs: Jobs = current_app.extensions["exports"]
    return jobs


def exports_folder(app: Flask) -> Path:
    return Path(app.config["SETTINGS"].data).resolve() / "exports"


def prepare(folder: Path, job: dict[str, Any], photos: Path) -> None:
    """Lay ready what the process needs: the data, and its own copies of the photos that the job names."""
    # A server that died before its commit left a folder, and this export was given the number anew.
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "photos").mkdir(parents=True)
    (folder / "job.json").write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    for name in job["photos"]:
        source = photos / Path(name).name
        if source.is_file():
            shutil.copyfile(source, folder / "photos" / source.name)


def _start(folder: Path) -> Any:
    search = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
    log = (folder / "log.txt").open("wb")
    with log:
        return subprocess.Popen(
            [sys.executable, "-m", "facilitator.documents.render", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": search},
        )


def _settle_result(export: Export, folder: Path, in_time: bool) -> None:
    report = _read(folder / "report.json")
    target = f"out.{export.format}"
    if report and "error" not in report and (folder / target).is_file():
        export.missing = " ".join(report.get("missing", ()))
        export.file_name = target
        export.end(DONE)
    else:
        export.end(FAILED, report.get("error", "broken" if in_time else "time"))


def _tidy(folder: Path, keep: bool) -> None:
    """Keep the file; what it was made of stands in the export's row."""
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
        return
    shutil.rmtree(folder / "photos", ignore_errors=True)
    for name in ("job.json", "log.txt"):
        (folder / name).unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
