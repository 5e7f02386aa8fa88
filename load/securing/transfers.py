"""H2 8: small requests on a connection on which a large answer and a large body are on their way."""

from __future__ import annotations

import collections
import select
import socket
import ssl
import time
from typing import TYPE_CHECKING

from comparison import command
from comparison.errors import RunError
from securing import clients, frames, h2load
from securing.place import Figure, at_most, plain
from securing.servers import our_own, started
from securing.windows import warm

if TYPE_CHECKING:
    from securing.place import Place

_BLOCKS = 1526
_BYTES = _BLOCKS * 65536  # 100 MB
_GOAL_MS = 20
_DATA_BYTES = 16_384
_HELLO_WARMUP = 100_000
#: What waits in the client's own sockets says nothing of the server.
_SOCKET_BYTES = 262_144
_PATIENCE_SECONDS = 60
_DOWNLOAD, _UPLOAD, _FIRST_HELLO = 1, 3, 5


def transfers(place: Place) -> list[Figure]:
    """Ask for hello again and again until both have ended, in every round."""
    with started(our_own("ours", release=17, target="transfer:app"), place) as ours:
        warm(ours, h2load.Load(ours.url(), 8, 1, streams=32), _HELLO_WARMUP)
        _Client(ours.port).run()  # the server compiles what large bodies need
        taken, slowest, megabytes = [], [], []
        for number in range(place.rounds):
            client = _Client(ours.port)
            client.run()
            command.say(f"H2 8: round {number + 1}: {len(client.latencies_ms)} hellos")
            taken.append(h2load.percentile(client.latencies_ms, 0.99))
            slowest.append(max(client.latencies_ms))
            megabytes.append(2 * _BYTES / 1e6 / client.seconds)
    name = "hello beside 100 MB down and 100 MB up on one connection over TLS: p99"
    return [
        at_most("H2 8", name, taken, _GOAL_MS, " ms"),
        plain("H2 8", "the slowest one", slowest, " ms"),
        plain("H2 8", "both transfers together", megabytes, " MB/s"),
    ]


class _Client:
    """One connection with two large streams, and one small one at a time."""

    def __init__(self, port: int) -> None:
        agreed = clients.context()
        agreed.set_alpn_protocols(["h2"])
        self._socket = self._connected(port, agreed)
        self._reader = frames.Reader()
        self._waiting = collections.deque(
            [
                frames.preface(frames.MOST_WINDOW),
                frames.request(_DOWNLOAD, f"/blocks/{_BLOCKS}", scheme="https"),
                frames.request(_UPLOAD, "/blocks", length=_BYTES, scheme="https"),
            ]
        )
        self._leaving = memoryview(b"")
        self._unsent = _BYTES
        #: What may be sent: on the connection, and on the stream that uploads.
        self._windows = {0: frames.FIRST_WINDOW, _UPLOAD: frames.FIRST_WINDOW}
        self._initial = frames.FIRST_WINDOW
        self._running = {_DOWNLOAD, _UPLOAD}
        self._received = 0
        self._hello = _FIRST_HELLO
        self._asked = 0.0
        self.latencies_ms: list[float] = []
        self.seconds = 0.0

    @staticmethod
    def _connected(port: int, agreed: ssl.SSLContext) -> ssl.SSLSocket:
        plain_socket = socket.socket()
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            plain_socket.setsockopt(socket.SOL_SOCKET, buffer, _SOCKET_BYTES)
        plain_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain_socket.connect(("127.0.0.1", port))
        connected = agreed.wrap_socket(plain_socket)
        connected.setblocking(False)  # noqa: FBT003
        return connected

    def run(self) -> None:
        """Go on until both large ones have ended, and then close."""
        begun = time.monotonic()
        self._ask()
        with self._socket:
            while self._running:
                if time.monotonic() > begun + _PATIENCE_SECONDS:
                    msg = f"streams {self._running} do not end"
                    raise RunError(msg)
                has_read, has_sent = self._read(), self._send()
                if not has_read and not has_sent:
                    wants = [self._socket] if self._leaving or self._has_more() else []
                    select.select([self._socket], wants, [], 1)
        self.seconds = time.monotonic() - begun
        if self._received != _BYTES:
            msg = f"{self._received} of {_BYTES} bytes have come"
            raise RunError(msg)

    def _ask(self) -> None:
        # Before what waits of the upload, but not before the preface.
        place = len(self._waiting) if self._hello == _FIRST_HELLO else 0
        self._waiting.insert(place, frames.request(self._hello, scheme="https"))
        self._asked = time.monotonic()

    def _has_more(self) -> bool:
        if not self._waiting and self._unsent:
            count = min(_DATA_BYTES, self._unsent, *self._windows.values())
            if count > 0:
                self._unsent -= count
                for stream in self._windows:
                    self._windows[stream] -= count
                flags = 0 if self._unsent else frames.END_STREAM
                self._waiting.append(frames.frame(frames.DATA, _UPLOAD, bytes(count), flags))
        return bool(self._waiting)

    def _send(self) -> bool:
        """Send what goes without waiting of one frame; tell whether anything went."""
        if not self._leaving:
            if not self._has_more():
                return False
            self._leaving = memoryview(self._waiting.popleft())
        try:
            count = self._socket.send(self._leaving)
        except OSError as error:
            _let_wait(error)
            return False
        self._leaving = self._leaving[count:]
        return True

    def _read(self) -> bool:
        try:
            received = self._socket.recv(_SOCKET_BYTES)
        except OSError as error:
            _let_wait(error)
            return False
        if not received:
            msg = "the server closed the connection"
            raise RunError(msg)
        for each in self._reader.feed(received):
            self._note(each)
        return True

    def _note(self, frame: frames.Frame) -> None:
        if frame.kind == frames.DATA and frame.stream == _DOWNLOAD:
            self._received += len(frame.payload)
        elif frame.kind == frames.WINDOW_UPDATE and frame.stream in self._windows:
            self._windows[frame.stream] += frame.number
        elif frame.kind == frames.SETTINGS and not frame.flags & frames.ACK:
            self._agree(frame)
        elif frame.kind in (frames.RESET, frames.GOAWAY):
            msg = f"the server gave up: {frame}"
            raise RunError(msg)
        if frame.ends_stream:
            self._end(frame.stream)

    def _agree(self, frame: frames.Frame) -> None:
        for begin in range(0, len(frame.payload), 6):
            name = int.from_bytes(frame.payload[begin : begin + 2], "big")
            if name == frames.INITIAL_WINDOW_SIZE:
                value = int.from_bytes(frame.payload[begin + 2 : begin + 6], "big")
                self._windows[_UPLOAD] += value - self._initial
                self._initial = value
        self._waiting.append(frames.frame(frames.SETTINGS, 0, flags=frames.ACK))

    def _end(self, stream: int) -> None:
        self._running.discard(stream)
        if stream == self._hello:
            self.latencies_ms.append(1000 * (time.monotonic() - self._asked))
            self._hello += 2
            self._ask()


def _let_wait(error: OSError) -> None:
    """Go on after what only says that it would have to wait."""
    if not isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError)):
        msg = f"the connection failed: {error}"
        raise RunError(msg) from error
