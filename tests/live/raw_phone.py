"""A WebSocket client that can misbehave: every byte is in the test's hand, and every byte received is checked."""

import base64
import json
import os
import socket
import struct

from facilitator.live import frames

PATH = "/socket.io/?EIO=4&transport=websocket"


def masked(opcode, payload=b"", *, final=True, key=b"\x01\x02\x03\x04"):
    size = len(payload)
    first = (0x80 if final else 0) | opcode
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 0xFE, size)
    else:
        head = struct.pack("!BBQ", first, 0xFF, size)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class RawPhone:
    def __init__(self, port, *, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self.key = base64.b64encode(os.urandom(16)).decode()
        self.buffer = b""

    def handshake(self, path=PATH, **changed):
        headers = {
            "Host": "127.0.0.1",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": self.key,
        } | {name.replace("_", "-"): value for name, value in changed.items()}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value)]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            data = self._receive()
            if not data:
                raise ConnectionError("it ended before it began")
            self.buffer += data
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head.decode()

    def join(self):
        """Handshake, and up to the answer of the Socket.IO connect."""
        assert self.handshake().startswith("HTTP/1.1 101")
        opened = self.text()
        assert opened[0] == "0"
        self.sid = json.loads(opened[1:])["sid"]
        self.say("40")
        assert self.text().startswith('40{"sid":')
        return self

    def say(self, text):
        self.send(masked(frames.TEXT, text.encode()))

    def send(self, data):
        self.socket.sendall(data)

    def frame(self):
        """The next frame as (opcode, payload); it must be whole, unmasked and of a known kind. None at the end."""
        while (found := self._cut()) is None:
            data = self._receive()
            if not data:
                assert self.buffer == b"", "the connection ended inside a frame"
                return None
            self.buffer += data
        return found

    def text(self):
        """The next text, past pongs; Engine.IO pings are answered on the way."""
        while frame := self.frame():
            opcode, payload = frame
            if opcode == frames.TEXT and payload == b"2":
                self.say("3")
            elif opcode == frames.TEXT:
                return payload.decode()
        raise AssertionError("the connection ended")

    def event(self):
        text = self.text()
        assert text.startswith("42"), text
        return json.loads(text[2:])

    def answer(self):
        """The next text must acknowledge an event that had a number below ten: (number, data)."""
        text = self.text()
        assert text.startswith("43"), text
        return int(text[2]), json.loads(text[3:])

    def close_code(self):
        """What the server's close frame says, when it is the next frame but for Engine.IO's own."""
        while frame := self.frame():
            if frame[0] == frames.CLOSE:
                return struct.unpack("!H", frame[1])[0]
        return None

    def close(self):
        self.socket.close()

    def _cut(self):
        data = self.buffer
        if len(data) < 2:
            return None
        assert data[0] in (0x81, 0x88, 0x8A), f"not the start of a frame: {data[:8]!r}"
        length, start = data[1], 2
        assert length < 128, "a server must not mask"
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start], "big") if len(data) >= start else len(data)
        if len(data) < start + length:
            return None
        self.buffer = data[start + length :]
        return data[0] & 0x0F, data[start : start + length]

    def _receive(self):
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""
