"""Putting a backup or a snapshot in place. What was there is moved aside, never overwritten.

What comes is first laid ready as a whole in `restoring/` inside the data folder. From then on each step is a rename,
and every step is safe to repeat: after a power cut the next start finishes what was begun.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

from facilitator.disk import settle

PARTS = (
    "facilitator.db-wal",
    "facilitator.db-shm",
    "facilitator.db-journal",
    "facilitator.db",
    "photos",
    "exports",
    "secret_key",
    "demo_password",
)
"""Everything that a restore may move, in this order: a log must never meet another database than its own."""
_READY = "restoring"
_PLAN = "plan.json"


def lay_ready(data: Path) -> Path:
    """An empty folder for what comes; nothing happens with it before `commit`."""
    folder = data / f"{_READY}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def commit(data: Path, whole: bool) -> str:
    """Put in place what was laid ready; `whole` if what it lacks must go too. Gives the folder of what was there."""
    folder = data / f"{_READY}.part"
    comes = [name for name in PARTS if (folder / name).exists()]
    aside = f"before-restore-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    goes = list(PARTS) if whole else [name for name in PARTS if name in comes or name.startswith("facilitator.db")]
    (folder / _PLAN).write_text(json.dumps({"comes": comes, "goes": goes, "aside": aside}), encoding="utf-8")
    _settle_all(folder)
    folder.rename(data / _READY)
    settle(data / _READY)
    finish(data)
    return aside


def give_up(data: Path) -> None:
    """Take away what was laid ready and not put in place."""
    shutil.rmtree(data / f"{_READY}.part", ignore_errors=True)


def is_cut_off(data: Path) -> bool:
    """Has a restore begun that the next start must finish?"""
    return (data / _READY).is_dir()


def finish(data: Path) -> list[str]:
    """Go on with a restore that was cut off; gives what is worth telling."""
    folder = data / _READY
    if not is_cut_off(data):
        return []
    plan = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
    aside = data / plan["aside"]
    aside.mkdir(exist_ok=True)
    for name in plan["goes"]:
        _move_aside(data, aside, folder, name, comes=name in plan["comes"])
    for name in plan["comes"]:
        if (folder / name).exists():
            (folder / name).rename(data / name)
    settle(aside)
    shutil.rmtree(folder)
    if not any(aside.iterdir()):
        aside.rmdir()
    return [f"A restore that was cut off has been finished. What was there before: {aside}"]


def _move_aside(data: Path, aside: Path, folder: Path, name: str, comes: bool) -> None:
    """Once only: what has come in its place already stays."""
    has_come = comes and not (folder / name).exists()
    if (data / name).exists() and not has_come:
        (data / name).rename(aside / name)


def _settle_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        settle(path)
