"""Killed half-way through something long: the next start finds it whole, or not there at all."""

import json
import os
import signal
import time
from contextlib import suppress

import openpyxl
import psutil
import pytest

from tests.live.running import GRACE, Running


def until(holds):
    end = time.monotonic() + GRACE
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


@pytest.fixture
def server(tmp_path):
    server = Running(tmp_path / "data")
    yield server
    if server.process and server.process.poll() is None:
        server.kill()


@pytest.mark.parametrize("written", [0, 60_000])
def test_a_first_start_that_was_cut_short_can_be_begun_again(server, written):
    for file in server.folder.iterdir():
        file.unlink()
    server.launch()
    until(lambda: size_of_database(server.folder) > written)
    server.kill()
    server.start()
    assert server.value("SELECT count(*) FROM invitation") == 1
    assert server.rows("SELECT * FROM pragma_integrity_check") == [("ok",)]


def size_of_database(folder):
    """Bytes in the file and its log, which is gone again once the first tables stand."""
    sizes = []
    for name in ("facilitator.db", "facilitator.db-wal"):
        with suppress(FileNotFoundError):
            sizes.append((folder / name).stat().st_size)
    return sum(sizes)


class Office:
    """A member of staff with a proposal that can be exported."""

    def __init__(self, server):
        self.server = server
        owner = server.make.staff()
        workshop = server.make.workshop(owner)
        board = server.make.board(workshop)
        for number in range(20):
            server.make.idea(board, f"第{number}条：多一些树荫和长椅")
        self.mei = server.staff(owner)
        server.start()
        assert self.mei.post(f"/workshops/{workshop.id}/proposals", sure="1") == 204
        self.proposal = server.value("SELECT id FROM proposal")

    def export(self, kind="pdf"):
        """Ask for a file; gives the export's number."""
        assert self.mei.post(f"/proposals/{self.proposal}/exports", format=kind, variant="zh") == 200
        return self.server.value("SELECT max(id) FROM export")

    def status(self, export):
        self.mei.get(f"/proposals/{self.proposal}")
        return self.server.value("SELECT status FROM export WHERE id = ?", export)

    def folder(self, export):
        return self.server.folder / "exports" / str(export)

    def writer(self):
        """The process that writes the file."""
        children = psutil.Process(self.server.process.pid).children()
        return next((child for child in children if "facilitator.documents.render" in child.cmdline()), None)


@pytest.mark.parametrize("survives", [False, True], ids=["all killed", "its writer lives on"])
def test_an_export_that_was_cut_short_is_never_offered(server, survives):
    office = Office(server)
    export = office.export()
    until((office.folder(export) / "progress.json").exists)
    writer = office.writer()
    server.kill(group=not survives)
    server.start()
    server.hang_up()
    assert office.status(export) == "failed"
    assert office.mei.ask("GET", f"/exports/{export}/file")[0] == 404
    until(lambda: not writer.is_running() or writer.status() == psutil.STATUS_ZOMBIE)
    assert not (office.folder(export) / "report.json").exists()
    again = office.export("xlsx")
    until(lambda: office.status(again) == "done")
    assert openpyxl.load_workbook(office.folder(again) / "out.xlsx").sheetnames


def test_what_a_dead_server_laid_ready_is_in_nobodys_way(server):
    """It died before it had written the export's row: the next export is given the same number."""
    office = Office(server)
    (office.folder(1) / "photos").mkdir(parents=True)
    (office.folder(1) / "out.json").write_bytes(b"half of a")
    export = office.export("json")
    until(lambda: office.status(export) == "done")
    assert json.loads((office.folder(export) / "out.json").read_text())


def test_stopping_ends_the_writer_of_an_export_too(server):
    office = Office(server)
    office.export()
    writer = until(office.writer)
    os.kill(server.process.pid, signal.SIGTERM)
    server.process.communicate(timeout=GRACE)
    until(lambda: not writer.is_running() or writer.status() == psutil.STATUS_ZOMBIE)
