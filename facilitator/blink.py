"""Wait for PostgreSQL: a blink without letting anybody else go first, then as gevent does.

Most answers are there within a fraction of a millisecond. Whoever gives way for that long stands behind everything
else that the loop has to do, once for each statement: dots that are written together then take ten times as long.
"""

from __future__ import annotations

import select
from collections.abc import Generator
from typing import Any, TypeVar, cast

import psycopg.waiting
from gevent import monkey

BLINK = 1
"""Milliseconds."""
_poll: Any = monkey.get_original("select", "poll")
_MASKS = {1: select.POLLIN, 2: select.POLLOUT, 3: select.POLLIN | select.POLLOUT}
T = TypeVar("T")


def use() -> None:
    """For all connections of this process, if it runs under gevent."""
    if monkey.is_module_patched("select"):
        psycopg.waiting.wait = wait


def wait(gen: Generator[Any, Any, T], fileno: int, interval: float = 0.0, timeout: float | None = None) -> T:
    """Drive one exchange with the server to its end, as psycopg's own `wait` does."""
    try:
        wanted = next(gen)
        while ready := _blink(fileno, wanted):
            wanted = gen.send(ready)
    except StopIteration as ended:
        return cast(T, ended.value)
    return psycopg.waiting.wait_poll(_from_here(gen, wanted), fileno, interval, timeout)


def has_news(fileno: int) -> bool:
    """Has the other end said something, or hung up?"""
    poll = _poll()
    poll.register(fileno, select.POLLIN)
    return bool(poll.poll(0))


def _blink(fileno: int, wanted: int) -> int:
    """What the connection is ready for: 1 to read, 2 to write, 3 both; 0 for nothing yet."""
    poll = _poll()
    poll.register(fileno, _MASKS[wanted])
    events = sum(event for _fileno, event in poll.poll(BLINK))
    broken = events & ~(select.POLLIN | select.POLLOUT)
    return wanted if broken else (1 if events & select.POLLIN else 0) | (2 if events & select.POLLOUT else 0)


def _from_here(gen: Generator[Any, Any, T], wanted: Any) -> Generator[Any, Any, T]:
    while True:
        ready = yield wanted
        try:
            wanted = gen.send(ready)
        except StopIteration as ended:
            return cast(T, ended.value)
