"""One epoll for a whole hall of connections: the client must cost less than the server it measures."""

from __future__ import annotations

import errno
import heapq
import itertools
import select
import socket
import time
from collections.abc import Callable, Iterable


class Loop:
    """Every connection hangs on it, and every timer."""

    def __init__(self, port: int) -> None:
        self.address = ("127.0.0.1", port)
        self.epoll = select.epoll()
        self.connections: dict[int, Connection] = {}
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def later(self, delay: float, action: Callable[[], object]) -> None:
        heapq.heappush(self._timers, (time.time() + delay, next(self._order), action))

    def spread(self, rate: float, actions: Iterable[Callable[[], object]]) -> None:
        """Begin so many actions a second, from now on."""
        for number, action in enumerate(actions):
            self.later(number / rate, action)

    def run(self, until: Callable[[], bool], seconds: float = 120) -> None:
        """Turn until something holds. Raises TimeoutError when it doesn't within so many seconds."""
        end = time.time() + seconds
        while not until():
            if time.time() > end:
                raise TimeoutError(f"waited {seconds} s in vain")
            self.turn()

    def rest(self, seconds: float) -> None:
        end = time.time() + seconds
        while time.time() < end:
            self.turn()

    def turn(self) -> None:
        while self._timers and self._timers[0][0] <= time.time():
            heapq.heappop(self._timers)[2]()
        wait = min(0.01, max(0, self._timers[0][0] - time.time())) if self._timers else 0.01
        for fd, events in self.epoll.poll(wait, 4096):
            connection = self.connections.get(fd)
            if connection:
                connection.ready(events)

    def close(self) -> None:
        for connection in list(self.connections.values()):
            connection.close()
        self.epoll.close()


class Connection:
    """One non-blocking TCP connection."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.buffer = b""
        self.open = True
        self._out = b""
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._fd = self._socket.fileno()
        failed = self._socket.connect_ex(loop.address)
        if failed not in (0, errno.EINPROGRESS):
            raise OSError(failed, "connect")
        loop.connections[self._fd] = self
        loop.epoll.register(self._fd, select.EPOLLIN | select.EPOLLOUT)

    def send(self, data: bytes) -> None:
        self._out += data
        if self.open:
            self.loop.epoll.modify(self._fd, select.EPOLLIN | select.EPOLLOUT)

    def ready(self, events: int) -> None:
        if events & select.EPOLLOUT:
            self._flush()
        if self.open and events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            self._receive()

    def close(self) -> None:
        if self.open:
            self.open = False
            del self.loop.connections[self._fd]
            self.loop.epoll.unregister(self._fd)
            self._socket.close()

    def take(self) -> None:
        """Use what is in the buffer."""
        raise NotImplementedError

    def ended(self) -> None:
        """Hear that the server hung up, or wasn't there."""

    def _flush(self) -> None:
        try:
            sent = self._socket.send(self._out) if self._out else 0
        except BlockingIOError:
            return
        except OSError:
            self._end()
            return
        self._out = self._out[sent:]
        if not self._out:
            self.loop.epoll.modify(self._fd, select.EPOLLIN)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        self.buffer = self.buffer + data if self.buffer else data
        self.take()

    def _end(self) -> None:
        self.close()
        self.ended()
