"""One process: our listener, gevent's pywsgi, an orderly end."""

from __future__ import annotations

import errno
import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

import gevent
from flask import Flask
from gevent import GreenletExit
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer

from facilitator.live.wire import SOCKET, hang_up

_BACKLOG = 4096  # a hall presses "join" in the same second
_KEEP_ALIVE = 75.0  # seconds an idle connection waits for its next request
_HEAD = 20.0  # seconds for the head of a request, however it dribbles in
_SILENCE = 60.0  # seconds without a byte of a request's body
_MOST_FILES = 65_536  # connections that we ask the system for; many allow 1,024 until asked
_GRACE = 5.0  # seconds for requests under way when we are told to stop
_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Another program listens on this port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is taken.")
        self.host = host
        self.port = port


def serve(
    app: Flask, host: str, port: int, on_ready: Callable[[], None] | None = None, *, shared: bool = False
) -> None:
    """Serve until SIGTERM or SIGINT, then close every connection and return.

    `on_ready` is called as soon as phones can connect; `shared`: other workers listen on this port too.
    Raises PortTaken.
    """
    _allow_many_connections()
    listener = _listen(host, port, shared)
    server = _Server(listener, app, spawn=Pool(), log=None, environ={"SERVER_NAME": host})
    stop = Event()
    watchers = [gevent.signal_handler(number, stop.set) for number in (signal.SIGTERM, signal.SIGINT)]
    server.start()
    _settle_memory()
    try:
        if on_ready:
            on_ready()
        stop.wait()
    finally:
        _stop(server, app)
        for watcher in watchers:
            watcher.cancel()


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int, shared: bool) -> Any:
    """Open the listener; accepted sockets inherit its options.

    Without NODELAY an answer takes 44 ms instead of 6. LOWAT keeps old news out of the kernel: what it has not
    sent yet can't be replaced by a newer version. The others let the kernel notice phones that went away silently.
    """
    listener = gevent.socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _TCP_OPTIONS.items():
        if hasattr(socket, name):  # some are Linux only
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from None
        raise
    return listener


_TCP_OPTIONS = {
    "TCP_NODELAY": 1,
    "TCP_NOTSENT_LOWAT": 32 * 1024,  # bytes
    "TCP_KEEPIDLE": 60,  # seconds
    "TCP_KEEPINTVL": 15,
    "TCP_KEEPCNT": 4,
    "TCP_USER_TIMEOUT": 60_000,  # milliseconds without an acknowledgement
}


def _settle_memory() -> None:
    """With 1,000 phones a full collection takes 150 ms. What start-up made stays anyway: never look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)


def _stop(server: _Server, app: Flask) -> None:
    app.config["STOPPING"] = True  # whoever asks over an open connection is told to go elsewhere
    server.close()
    socketio = app.extensions.get("socketio")
    if socketio is not None and socketio.server is not None:
        hang_up(socketio.server)
        socketio.server.shutdown()
    with gevent.Timeout(_GRACE, False):
        while server.busy:
            gevent.sleep(0.02)
    server.pool.kill(timeout=1)  # idle keep-alive connections, and whoever did not finish


class _Handler(WSGIHandler):
    """Keeps personal data out of every log, and puts the connection where our WebSocket driver finds it."""

    def handle(self) -> None:
        with suppress(OSError):  # the peer is gone; gevent would print who it was
            super().handle()

    def read_requestline(self) -> str:
        self.socket.settimeout(_KEEP_ALIVE)
        self.rfile.peek(1)  # here an idle connection waits
        with gevent.Timeout(_HEAD, TimeoutError):
            line: str = super().read_requestline()
        return line

    def read_request(self, raw_requestline: str) -> bool:
        try:
            with gevent.Timeout(_HEAD, TimeoutError):
                return bool(super().read_request(raw_requestline))
        except OSError as error:  # silent or gone between two headers: to pywsgi a bug, to us every day
            raise ValueError from error

    def get_environ(self) -> dict[str, Any]:
        self.socket.settimeout(_SILENCE)
        environ: dict[str, Any] = super().get_environ()
        environ[SOCKET] = self.socket
        return environ

    def _sendall(self, data: bytes) -> None:
        self.socket.settimeout(None)  # a slow phone may take its time; on a dead one the kernel gives up
        super()._sendall(data)

    def handle_one_response(self) -> None:
        self.server.busy += 1
        try:
            super().handle_one_response()
        finally:
            self.server.busy -= 1
        if self.status is None:  # nobody called start_response: this was a WebSocket, what is left unread is no request
            self.close_connection = True

    def log_request(self) -> None:
        pass  # an access log would say who was here

    def log_error(self, msg: str, *args: Any) -> None:  # noqa: ARG002  both hold addresses and query strings
        _log.info("Refused an invalid request.")

    def handle_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType) -> None:
        """Report what the application did not catch; pywsgi would print the request's environment beside it."""
        if kind is GreenletExit:  # we are told to stop: whoever was not answered asks again
            return
        _log.error("A request failed.", exc_info=(kind, error, trace))
        self._send_error_response_if_possible(500)


class _Server(WSGIServer):
    handler_class = _Handler
    busy = 0  # requests and WebSockets being answered
