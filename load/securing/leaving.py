"""H2 10: the end of a server under load, again and again; clients repeat what GOAWAY says was not served."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

from comparison import command
from comparison.errors import RunError
from securing import frames
from securing.place import Figure, at_least, at_most, plain
from securing.servers import our_own, started

if TYPE_CHECKING:
    from pathlib import Path

    from securing.place import Place

_CONNECTIONS = 16
_STREAMS = 32
_REQUESTS = 50_000
_ENDS = 10
_LOAD_SECONDS = 1.0
_END_SECONDS = 30
_REFUSED = 7
#: Number 8 of the static table: status 200.
_OK = b"\x88"


class Client(threading.Thread):
    """One connection with as many requests under way as it has been told, until the server leaves."""

    def __init__(self, port: int) -> None:
        """Connect."""
        super().__init__()
        self._socket = socket.create_connection(("127.0.0.1", port), _END_SECONDS)
        self._next = 1
        self._open: set[int] = set()
        self._refused = 0
        self._last: int | None = None
        self.answered = 0
        #: What has failed in another way than by the end.
        self.faults: list[str] = []

    @property
    def again(self) -> int:
        """How many requests were not served, and are to be repeated."""
        return self._refused + len(self._open) - self.lost

    @property
    def lost(self) -> int:
        """How many the server has taken upon itself, and not answered."""
        last = frames.MOST_WINDOW if self._last is None else self._last
        return sum(stream <= last for stream in self._open)

    def run(self) -> None:
        """Ask until GOAWAY, and then read on to the end."""
        reader = frames.Reader()
        try:
            with self._socket:
                self._socket.sendall(frames.preface() + b"".join(self._request() for _ in range(_STREAMS)))
                while received := self._socket.recv(65536):
                    sent = b"".join(map(self._reply, reader.feed(received)))
                    if sent:
                        self._socket.sendall(sent)
        except OSError as error:
            self.faults.append(str(error))

    def _request(self) -> bytes:
        self._open.add(self._next)
        self._next += 2
        return frames.request(self._next - 2, "/count")

    def _reply(self, frame: frames.Frame) -> bytes:
        if frame.kind == frames.GOAWAY:
            self._last = frame.number
        elif frame.kind == frames.PING and not frame.flags & frames.ACK:
            return frames.frame(frames.PING, 0, frame.payload, frames.ACK)
        elif frame.kind == frames.RESET:
            self._open.discard(frame.stream)
            self._refused += frame.number == _REFUSED
            if frame.number != _REFUSED:
                self.faults.append(f"reset with {frames.CODES[frame.number]}")
        elif frame.kind == frames.HEADERS and not frame.payload.startswith(_OK):
            self.faults.append(f"an answer that begins with {frame.payload[:4]!r}")
        if frame.ends_stream:
            self._open.discard(frame.stream)
            self.answered += 1
            # Whoever has been told that the server leaves opens no further streams.
            return self._request() if self._last is None else b""
        return b""


def leaving(place: Place) -> list[Figure]:
    """End as many servers as it takes until enough requests have been answered."""
    log = place.folder / "leaving.lines"
    log.unlink(missing_ok=True)
    answered = lost = again = ends = 0
    faults: list[str] = []
    while answered < _REQUESTS or ends < _ENDS:
        done = _ended(place, log)
        answered += sum(client.answered for client in done)
        lost += sum(client.lost for client in done)
        again += sum(client.again for client in done)
        faults += [fault for client in done for fault in client.faults]
        ends += 1
        command.say(f"H2 10: {ends} servers ended, {answered:,} answers, {lost} lost, {faults[:3]}")
    served = len(re.findall(r'"GET /count ', log.read_text()))
    log.unlink()
    return [
        at_most("H2 10", f"lost when {ends} servers got TERM", [lost + len(faults)], 0),
        at_least(
            "H2 10", f"answers on {_CONNECTIONS} connections × {_STREAMS} streams", [answered], _REQUESTS
        ),
        at_most("H2 10", "served, and not answered", [served - answered], 0),
        plain("H2 10", "to be repeated: above the last stream, or refused", [again]),
    ]


def _ended(place: Place, log: Path) -> list[Client]:
    """Start one, ask it for a while, and end it."""
    options = ("--http2-cleartext", "--access-log-format=combined", f"--access-log={log}")
    kind = our_own("leaving", *options, scheme="http", target="counted:app")
    with started(kind, place) as server:
        clients = [Client(server.port) for _ in range(_CONNECTIONS)]
        for client in clients:
            client.start()
        time.sleep(_LOAD_SECONDS)
        os.kill(server.process.leader, signal.SIGTERM)
        for client in clients:
            client.join(_END_SECONDS)
        deadline = time.monotonic() + _END_SECONDS
        # A second TERM, with which a server is stopped here, would not be waited for.
        while server.process.members() and time.monotonic() < deadline:
            time.sleep(0.02)
        if any(client.is_alive() for client in clients) or server.process.members():
            msg = f"a server does not end within {_END_SECONDS} s of TERM"
            raise RunError(msg)
    return clients
