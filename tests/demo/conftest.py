"""What the demo loads takes seconds: it is loaded once and laid out anew for each test."""

import shutil
import sqlite3

import pytest

from facilitator.extensions import db


@pytest.fixture(scope="session")
def laid_by(tmp_path_factory):
    """By name: what loading told, the rows, the photos."""
    return tmp_path_factory.mktemp("laid-by"), {}


@pytest.fixture
def loaded_once(app, laid_by):
    """`loaded_once(name, load)`: does `load()` the first time, later brings back what it left behind."""
    folder, told = laid_by
    photos = app.config["SETTINGS"].data / "photos"

    def loaded_once(name, load):
        rows, pictures = folder / f"{name}.sqlite", folder / name
        with app.app_context():
            if name not in told:
                told[name] = load()
                _copy_rows(to=rows)
                shutil.copytree(photos, pictures)
            else:
                _copy_rows(of=rows)
                shutil.copytree(pictures, photos, dirs_exist_ok=True)
        return told[name]

    return loaded_once


def _copy_rows(*, to=None, of=None):
    borrowed = db.engine.raw_connection()
    beside = sqlite3.connect(to or of)
    try:
        ours = borrowed.driver_connection
        ours.backup(beside) if to else beside.backup(ours)
    finally:
        beside.close()
        borrowed.close()
