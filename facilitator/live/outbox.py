"""What still has to go to one phone.

An idle phone's frame goes straight into its socket. Only when the kernel takes no more does anything wait here, and
then of each fragment just the newest version. Nothing in this file ever yields to another greenlet, so a frame is
never cut in two by another one.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

import gevent

from facilitator.live import frames

PATIENCE = 30.0  # seconds in which a phone takes not one byte before we give it up
MOST_BYTES = 1 << 20  # that may wait for one phone; frames are shared between phones, so this is rarely real memory
LINGER = 2.0  # seconds for a closing phone to take the rest and answer

_WRITABLE = 2  # libev's EV_WRITE


class Outbox:
    """Stands where python-engineio keeps a phone's queue: it puts packets in, we are the other end."""

    __slots__ = ("_busy", "_bytes", "_moved", "_pong", "_raw", "_tail", "_waiting", "_watcher", "closing")

    def __init__(self, sock: Any) -> None:
        self._raw: socket.socket = sock._sock  # noqa: SLF001  gevent's non-blocking socket: send, or say at once that it is full
        self._watcher = gevent.get_hub().loop.io(sock.fileno(), _WRITABLE)
        self._busy = False
        self._tail = memoryview(b"")  # the rest of the frame under way
        self._pong = b""
        self._waiting: dict[Hashable, bytes] = {}
        self._bytes = 0
        self._moved = 0.0  # when the phone last took a byte
        self.closing = False

    @property
    def waiting(self) -> int:
        """Bytes that the phone has not taken yet."""
        return self._bytes + len(self._tail)

    @property
    def stuck(self) -> float:
        """Seconds in which the phone took nothing of what waits for it."""
        return time.monotonic() - self._moved if self._busy else 0.0

    def put(self, packet: Any | None) -> None:
        """Take an Engine.IO packet; None, as python-engineio has it, ends the connection."""
        if packet is None:
            self.close()
        else:
            self.offer(frames.encode(frames.TEXT, packet.encode().encode("utf-8", "replace")))

    def join(self) -> None:
        """Nobody needs to wait: what is in here leaves without anybody's help, or within LINGER not at all."""

    def offer(self, frame: bytes, fragment: Hashable = None) -> None:
        """Send a frame now or keep it; a kept frame gives way to a newer one of the same `fragment`."""
        if self._busy or self.closing:
            self._keep(frame, fragment)
            return
        sent = self._send(frame)
        if sent < len(frame):
            self._wait_for_room(frame, sent)

    def pong(self, payload: bytes) -> None:
        """Answer a ping. While a frame is under way only the newest ping is answered, as RFC 6455 5.5.3 allows."""
        frame = frames.encode(frames.PONG, payload)
        if self._busy:
            self._pong = frame
        else:
            self.offer(frame)

    def close(self, code: int = frames.NORMAL) -> None:
        """Say goodbye behind whatever still waits, then let the peer hang up."""
        if self.closing:
            return
        self.offer(frames.encode_close(code))
        self.closing = True
        gevent.spawn_later(LINGER, self.abort)
        if not self._busy:
            self._half_close()

    def abort(self) -> None:
        """Give the phone up: whoever reads from the socket wakes up and sees its end."""
        self.closing = True
        self._waiting.clear()
        self._rest()
        with suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the event loop; the socket is about to be closed."""
        self.abort()
        self._watcher.close()

    def _send(self, data: bytes | memoryview) -> int:
        try:
            return self._raw.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.abort()
            return len(data)

    def _wait_for_room(self, frame: bytes, sent: int) -> None:
        self._tail = memoryview(frame)[sent:]
        self._moved = time.monotonic()
        self._busy = True
        self._watcher.start(self._drain)

    def _keep(self, frame: bytes, fragment: Hashable) -> None:
        """Put the newest version at the end: what arrives is then in the order in which it was emitted."""
        if self.closing:
            return
        key = object() if fragment is None else fragment
        older = self._waiting.pop(key, b"")
        self._waiting[key] = frame
        self._bytes += len(frame) - len(older)
        if self._bytes > MOST_BYTES or time.monotonic() - self._moved > PATIENCE:
            self.abort()

    def _drain(self) -> None:
        """Go on sending; the event loop calls this when the kernel has room again."""
        while self._busy and self._next():
            sent = self._send(self._tail)
            if not sent:
                return
            self._moved = time.monotonic()
            self._tail = self._tail[sent:]
        self._rest()
        if self.closing:
            self._half_close()

    def _next(self) -> bool:
        """Choose what is under way: the rest of a frame, a pong, what has waited longest. False: nothing is left."""
        if not self._tail:
            self._tail = memoryview(self._pong or self._oldest())
            self._pong = b""
        return bool(self._tail)

    def _oldest(self) -> bytes:
        if not self._waiting:
            return b""
        frame = self._waiting.pop(next(iter(self._waiting)))
        self._bytes -= len(frame)
        return frame

    def _rest(self) -> None:
        self._busy = False
        self._bytes = 0
        self._tail = memoryview(b"")
        self._watcher.stop()

    def _half_close(self) -> None:
        with suppress(OSError):
            self._raw.shutdown(socket.SHUT_WR)
