"""What lies on the thinker's shelf: vectors by digests, as many as are used, and never in anybody's way."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from facilitator.methods import clustering
from facilitator.synthesis import shelf
from facilitator.synthesis.shelf import Shelf


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vectors.db"


def made(*texts):
    return {text: np.full(clustering.WIDTH, len(text) / 8, np.float16) for text in texts}


def rows(path):
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT count(*) FROM vector").fetchone()[0]


def test_what_one_thinker_put_there_another_takes(path):
    Shelf(path).put(made("bench", "a lamp"))
    found = Shelf(path).take(["bench", "a lamp", "dogs"])
    assert {text: float(half[0]) for text, half in found.items()} == {"bench": 0.625, "a lamp": 0.75}
    assert b"bench" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_what_nobody_needed_for_long_is_forgotten_and_there_are_never_too_many(path, monkeypatch):
    monkeypatch.setattr(shelf, "TIDY_EVERY", 1)
    monkeypatch.setattr(shelf, "MOST", 3)
    Shelf(path).put(made("old", "needed"))
    today = shelf._today()
    monkeypatch.setattr(shelf, "_today", lambda: today + shelf.DAYS)
    assert list(Shelf(path).take(["needed"])) == ["needed"]
    monkeypatch.setattr(shelf, "_today", lambda: today + shelf.DAYS + 1)
    Shelf(path).put(made("new"))
    assert sorted(Shelf(path).take(["old", "needed", "new"])) == ["needed", "new"]
    Shelf(path).put(made(*"abcdef"))
    assert rows(path) == 3


def test_vectors_of_another_release_are_not_taken(path, monkeypatch):
    Shelf(path).put(made("bench"))
    monkeypatch.setattr(shelf, "_kind", lambda: b"another way of reading")
    assert Shelf(path).take(["bench"]) == {}


@pytest.mark.parametrize("trouble", ["missing folder", "a folder in its place", "locked"])
def test_where_nothing_can_be_kept_nothing_is_there(path, monkeypatch, trouble):
    monkeypatch.setattr(shelf, "PATIENCE", 0)
    blocked = {"missing folder": path.parent / "gone" / "vectors.db"}.get(trouble, path)
    if trouble == "a folder in its place":
        blocked.mkdir()
    kept = Shelf(blocked)
    with closing(sqlite3.connect(":memory:" if trouble != "locked" else path, isolation_level=None)) as other:
        if trouble == "locked":
            kept.put(made("a lamp"))
            other.execute("BEGIN EXCLUSIVE")
        kept.put(made("bench"))
        assert "bench" not in kept.take(["bench", "a lamp"])
