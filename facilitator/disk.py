"""Files that are there whole or not at all, also after a power cut."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write or replace a file in one step; makes its folder. On return it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.touch(mode)
        part.write_bytes(content)
        settle(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)  # a full disk isn't filled with halves
    settle(path)


def write_once(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file unless it is there already; of several who try at once, one does."""
    if path.exists():
        return
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    write_whole(part, content, mode)
    try:
        os.link(part, path)
    except OSError:  # it is there, or this kind of disk has no links
        if not path.exists():
            part.replace(path)
    part.unlink(missing_ok=True)
    settle(path)


def settle(path: Path) -> None:
    """Wait until a file, its name and its folder's name are on the disk."""
    for each in (path, path.parent, path.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
