"""Our own WebSocket driver under python-socketio: encode once, frame once, write straight into every idle socket.

python-engineio gives each phone a queue, a writer greenlet and, under gevent, a library that breaks the frames of
slow clients. Here the phone's queue *is* its outbox (outbox.py), which needs no greenlet at all. Measured against
the stock driver that is a quarter of the CPU for each delivered message (design/live.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import socketio
from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE, Packet
from socketio.packet import EVENT
from socketio.packet import Packet as EventPacket

from facilitator.live import frames
from facilitator.live.outbox import Outbox
from facilitator.metrics import DELIVERIES

SOCKET = "facilitator.socket"  # where server.py puts a request's connection into the WSGI environment

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def install_driver(server: Any) -> None:
    """Let a socketio.Server speak WebSocket through us, and nothing else: polling is not for a hall of phones."""
    engine = server.eio
    # The one private table we replace. What else we rely on is written at Driver and at _adopt;
    # tests/live/test_wire.py fails when a new version of python-engineio moves any of it.
    engine._async = {**engine._async, "websocket": Driver}  # noqa: SLF001
    engine.transports = ["websocket"]


def hang_up(server: Any, code: int = frames.GOING_AWAY) -> None:
    """Say goodbye to every phone of a socketio.Server; a phone that is told GOING_AWAY comes back by itself."""
    for phone in list(server.eio.sockets.values()):
        if isinstance(phone.queue, Outbox):
            phone.queue.close(code)


class Driver:
    """One WebSocket connection, as python-engineio asks for it: Driver(handler, server)(environ, start_response)."""

    def __init__(self, handler: Any, server: Any) -> None:
        # handler is the bound method engineio.socket.Socket._websocket_handler. We need its owner, not the method:
        # that one would start a writer greenlet.
        self._phone = handler.__self__
        self._reader = frames.Reader(server.max_http_buffer_size)
        # python-engineio's pings find the silent phones. This is for those it lost sight of, and longer, so that a
        # server that was held up for a moment reads what came meanwhile instead of hanging up on everybody.
        self._patience = 2 * (server.ping_interval + server.ping_timeout)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()
        if SOCKET not in environ or not frames.is_key(key) or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
            self._phone.close(wait=False, abort=True)
            start_response("400 Bad Request", [("Sec-WebSocket-Version", "13")])
            return [b""]
        self._converse(environ[SOCKET], key)
        return []  # no start_response: the connection is no longer HTTP, and by now it is shut

    def _converse(self, connection: Any, key: str) -> None:
        connection.settimeout(self._patience)
        self._outbox = outbox = Outbox(connection)
        try:
            connection.sendall(frames.accept(key))
            _adopt(self._phone, outbox)
            self._listen(connection)
        except OSError:
            pass  # reset or silent: the phone is gone
        finally:
            outbox.release()
            self._phone.close(wait=False, abort=True, reason=self._phone.server.reason.TRANSPORT_CLOSE)

    def _listen(self, connection: Any) -> None:
        """Read until the peer hangs up. Behind our own goodbye its bytes are read and dropped."""
        while data := connection.recv(8192):
            if not self._outbox.closing:
                self._take(data)

    def _take(self, data: bytes) -> None:
        try:
            for message in self._reader.feed(data):
                self._answer(message)
        except frames.ProtocolError as error:
            self._outbox.close(error.code)

    def _answer(self, message: frames.Message) -> None:
        if message.opcode == frames.PING:
            self._outbox.pong(message.payload)
        elif message.opcode == frames.CLOSE:
            self._outbox.close()
        elif message.opcode == frames.TEXT and not self._outbox.closing:
            self._receive(message.payload)

    def _receive(self, payload: bytes) -> None:
        try:
            self._phone.receive(Packet(encoded_packet=payload.decode()))
        except UnicodeDecodeError:
            raise frames.ProtocolError(frames.BAD_UTF8) from None
        except (EngineIOError, ValueError, RecursionError):  # not an Engine.IO packet
            raise frames.ProtocolError(frames.PROTOCOL_ERROR) from None


def _adopt(phone: Any, outbox: Outbox) -> None:
    """Put the outbox in the place of the queue of an engineio.socket.Socket, with what already waits there."""
    queue, phone.queue = phone.queue, outbox
    phone.connected = phone.upgraded = True
    while not queue.empty():
        outbox.put(queue.get_nowait())


class PlainJson:
    """Chinese text stays as it is: escaped it is twice the bytes on every phone."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=False, **options)


class _EventPacket(EventPacket):
    json = PlainJson


class DirectManager(socketio.Manager):
    """The `client_manager` for Flask-SocketIO whose emit serves a whole room with the same bytes."""

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        """Send an event to everyone in a room, without yielding to another greenlet.

        An event "patch" with data {"id": ...} replaces an older one of the same id that a slow phone has not got yet.
        """
        encoded = None if callback else _encode(event, data, namespace)
        if encoded is None:  # answers wanted, or bytes inside: the long way
            super().emit(event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, to=to, **kwargs)
            return
        packet = Packet(MESSAGE, encoded)
        frame = frames.encode(frames.TEXT, packet.encode().encode("utf-8", "replace"))
        fragment = data.get("id") if event == "patch" and isinstance(data, dict) else None
        addressed = dict(self.get_participants(namespace, to or room))
        for skipped in skip_sid if isinstance(skip_sid, list) else [skip_sid]:
            addressed.pop(skipped, None)
        phones = self.server.eio.sockets
        for eio_sid in addressed.values():
            outbox = getattr(phones.get(eio_sid), "queue", None)
            if isinstance(outbox, Outbox):
                outbox.offer(frame, fragment)
            else:  # not ours, such as Flask-SocketIO's test client
                self.server._send_eio_packet(eio_sid, packet)  # noqa: SLF001  as socketio.Manager.emit does
        DELIVERIES.inc(len(addressed))

    def outbox(self, sid: str, namespace: str = "/") -> Outbox | None:
        """What still has to go to this screen."""
        phone = self.server.eio.sockets.get(self.eio_sid_from_sid(sid, namespace))
        queue = getattr(phone, "queue", None)
        return queue if isinstance(queue, Outbox) else None


def _encode(event: str, data: Any, namespace: str) -> str | None:
    """Write the event as a Socket.IO packet; None when it has binary attachments."""
    arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
    encoded = _EventPacket(EVENT, namespace=namespace, data=[event, *arguments]).encode()
    return encoded if isinstance(encoded, str) else None
