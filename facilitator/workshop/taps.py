"""Quick writes: those that a phone may also send over its open socket, where they cost half (facilitator/live/taps.py).

Nothing but what was kept is answered there. Whatever else becomes of a tap, the phone sends it again over HTTP, under
the same id, and is told there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Fields = Mapping[str, str]
Tap = Callable[..., str]
"""(id of the participant, fields of the form, **values of the address) → HTML of the answer.

Durable on return. It raises whatever the endpoint would have answered with otherwise.
"""

_quick: dict[str, Tap] = {}


def quick(endpoint: str) -> Callable[[Tap], Tap]:
    """The function does over a socket what the endpoint does over HTTP."""

    def register(tap: Tap) -> Tap:
        _quick[endpoint] = tap
        return tap

    return register


def quick_write(endpoint: str | None) -> Tap | None:
    """What was registered for the endpoint, if anything was."""
    return _quick.get(endpoint or "")
