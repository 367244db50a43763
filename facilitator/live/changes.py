"""What did this commit touch? Nothing is said before the commit."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session as UnitOfWork

from facilitator.metrics import COMMITS

_heard: list[Callable[[set[int]], None]] = []


def when_changed(listener: Callable[[set[int]], None]) -> None:
    """Call the listener with the ids of the workshops that a commit of this process touched."""
    _heard.append(listener)


@event.listens_for(UnitOfWork, "after_commit")
def _tell(unit: UnitOfWork) -> None:
    touched = unit.info.pop("claimed", None)
    if touched:
        COMMITS.inc()
        for listener in _heard:
            listener(touched)
