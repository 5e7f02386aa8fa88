"""A client of HTTP/2 without encryption, by hand: what a proper one hides or would never send."""

from __future__ import annotations

import socket
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from hpack import Decoder, Encoder
from hyperframe.frame import (
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
TIMEOUT_SECONDS = 30
#: RFC 9113, section 7.
CODES = (
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
)


class Answer(NamedTuple):
    """One answer, as far as it has come."""

    fields: list[tuple[str, str]]
    body: bytes

    @property
    def status(self) -> int:
        """Of the last head."""
        return int(dict(self.fields)[":status"])


class Client:
    """One connection; a context manager. It never opens a window by itself."""

    def __init__(self, port: int, *, window: int = 65535) -> None:
        """Connect, and say what it takes of each stream."""
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.fields: dict[int, list[tuple[str, str]]] = defaultdict(list)
        #: Heads of interim answers.
        self.hints: dict[int, list[list[tuple[str, str]]]] = defaultdict(list)
        self.bodies: dict[int, bytearray] = defaultdict(bytearray)
        self.ended: set[int] = set()
        self.resets: dict[int, str] = {}
        self.farewells: list[tuple[int, str, str]] = []
        self.pongs = 0
        self._unread = b""
        settings = SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: window})
        self.send(PREFACE + settings.serialize())

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave without a word."""
        self.socket.close()

    def send(self, sent: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(sent)

    def head(self, stream: int, *fields: tuple[str, str], ends: bool = True) -> bytes:
        """Serialize a frame of HEADERS."""
        frame = HeadersFrame(stream, self.encoder.encode(list(fields)))
        frame.flags.add("END_HEADERS")
        if ends:
            frame.flags.add("END_STREAM")
        return frame.serialize()

    def request(
        self, stream: int, path: str = "/", *more: tuple[str, str], method: str = "GET", ends: bool = True
    ) -> bytes:
        """Serialize the head of a request."""
        pseudo = ((":method", method), (":scheme", "http"), (":path", path), (":authority", "a"))
        return self.head(stream, *pseudo, *more, ends=ends)

    def get(self, stream: int, path: str = "/", *more: tuple[str, str]) -> Answer:
        """Ask, and wait for the answer."""
        self.send(self.request(stream, path, *more))
        return self.answer(stream)

    def open_window(self, stream: int, count: int) -> None:
        """Take so many bytes more."""
        self.send(WindowUpdateFrame(stream, count).serialize())

    def answer(self, stream: int) -> Answer:
        """Wait for the end of an answer."""
        self.read_until(lambda: stream in self.ended or stream in self.resets)
        return Answer(self.fields[stream], bytes(self.bodies[stream]))

    def farewell(self) -> tuple[int, str, str]:
        """Wait for the end of the connection; what the last GOAWAY said."""
        for _ in self.frames():
            pass
        assert self.farewells, "the connection ended without a word"
        return self.farewells[-1]

    def read_until(self, condition: Callable[[], bool]) -> None:
        """Read frames until something has come."""
        if condition():
            return
        for _ in self.frames():
            if condition():
                return
        message = f"the connection ended before: {self.farewells}, {self.resets}"
        raise AssertionError(message)

    def frames(self) -> Iterator[Frame]:
        """Read frames up to the end of the connection, and take note of what they say."""
        while True:
            while len(self._unread) < 9 or len(self._unread) < 9 + int.from_bytes(self._unread[:3], "big"):
                try:
                    more = self.socket.recv(65536)
                except ConnectionResetError:
                    return
                if not more:
                    return
                self._unread += more
            frame, length = Frame.parse_frame_header(memoryview(self._unread)[:9])
            frame.parse_body(memoryview(self._unread)[9 : 9 + length])
            self._unread = self._unread[9 + length :]
            self._note(frame)
            yield frame

    def _note(self, frame: Frame) -> None:
        if isinstance(frame, HeadersFrame):
            assert "END_HEADERS" in frame.flags
            fields = [(str(name), str(value)) for name, value in self.decoder.decode(frame.data)]
            if dict(fields)[":status"].startswith("1"):
                self.hints[frame.stream_id].append(fields)
            else:
                self.fields[frame.stream_id] = fields
        elif isinstance(frame, DataFrame):
            self.bodies[frame.stream_id] += frame.data
        elif isinstance(frame, RstStreamFrame):
            self.resets[frame.stream_id] = CODES[frame.error_code]
        elif isinstance(frame, GoAwayFrame):
            code = CODES[frame.error_code]
            self.farewells.append((frame.last_stream_id, code, bytes(frame.additional_data).decode()))
        elif isinstance(frame, PingFrame):
            if "ACK" in frame.flags:
                self.pongs += 1
            else:
                self.send(PingFrame(0, frame.opaque_data, flags=["ACK"]).serialize())
        if "END_STREAM" in frame.flags:
            self.ended.add(frame.stream_id)
