"""One program at a time holds a data folder. The kernel lets go of it when the program ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from facilitator.config import Settings

NAME = "in_use"


class Held(Exception):
    """Another program holds the folder; the message says which."""


@contextmanager
def holding(settings: Settings, why: str) -> Iterator[None]:
    """Hold the data folder, and the database's if that is another. Raises Held or OSError.

    Servers on PostgreSQL share their database, and may share the folder.
    """
    database = settings.file
    folders = {settings.data.resolve(), database.resolve().parent} if database else set()
    with ExitStack() as stack:
        for folder in sorted(folders):
            stack.enter_context(_hold(folder, why))
        yield


@contextmanager
def _hold(folder: Path, why: str) -> Iterator[None]:
    with (folder / NAME).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Held(_sentence(folder, file)) from error
        file.truncate(0)
        json.dump(
            {"pid": os.getpid(), "why": why, "since": datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")}, file
        )
        file.flush()
        yield
        file.truncate(0)


def _sentence(folder: Path, file: IO[str]) -> str:
    file.seek(0)
    try:
        by = json.load(file)
        who = f"{by['why']}, process {by['pid']}, since {by['since']}"
    except (ValueError, KeyError):
        who = "it did not say which"
    return f"The data folder {folder} is in use by another program ({who}). Two on one folder would spoil it."
