"""A line between phone and server that behaves like a hall's Wi-Fi: it dribbles, pauses, breaks, or falls silent."""

from __future__ import annotations

import random
import socket
import threading
import time
from contextlib import suppress


class BadLine:
    """Listens on a port of its own and carries everything to the server's, as badly as it is told."""

    def __init__(self, port, *, breaks=0.0, delay=0.0, most=65536, seed=0):
        self._server = ("127.0.0.1", port)
        self.breaks, self.delay, self.most = breaks, delay, most  # chance for each piece; seconds; bytes in a piece
        self.broken = 0
        self._chance = random.Random(seed)
        self._open = []
        self._through = threading.Event()
        self._through.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self):
        """Carry nothing more, and hang up on nobody: as when a phone walks out of reach."""
        self._through.clear()

    def come_back(self):
        self._through.set()

    def break_all(self):
        for pair in self._open:
            self._cut(*pair)

    def close(self):
        self._through.set()
        self._listener.close()
        self.break_all()

    def _accept(self):
        with suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._server)
                except OSError:
                    phone.close()
                    continue
                self._open.append((phone, server))
                for way in ((phone, server), (server, phone)):
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source, target):
        with suppress(OSError):
            while data := source.recv(self.most):
                self._through.wait()
                if self.delay:
                    time.sleep(self._chance.uniform(0, self.delay))
                if self._chance.random() < self.breaks:
                    self.broken += 1
                    target.sendall(data[: len(data) // 2])
                    break
                target.sendall(data)
        self._cut(source, target)

    def _cut(self, *ends):
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
