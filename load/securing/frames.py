"""Frames of HTTP/2, as far as clients need them that do what no library would."""

from __future__ import annotations

from typing import Iterator, NamedTuple

DATA, HEADERS, PRIORITY, RESET, SETTINGS, _PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8

INITIAL_WINDOW_SIZE = 4
#: What a side may send before the other one has said anything.
FIRST_WINDOW = 65535
MOST_WINDOW = 2**31 - 1
CANCEL = 8

_HEAD_BYTES = 9
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


class Frame(NamedTuple):
    """One frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes

    @property
    def ends_stream(self) -> bool:
        """Tell whether nothing comes on its stream afterwards."""
        return self.kind in (DATA, HEADERS) and bool(self.flags & END_STREAM)

    @property
    def number(self) -> int:
        """The first number of the payload: of a window, a reset, or the last stream of GOAWAY."""
        return int.from_bytes(self.payload[:4], "big") & MOST_WINDOW

    @property
    def code(self) -> str:
        """Why a connection ends (GOAWAY)."""
        return CODES[int.from_bytes(self.payload[4:8], "big")]


def frame(kind: int, stream: int, payload: bytes = b"", flags: int = 0) -> bytes:
    """Write a frame."""
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return head + payload


def number(value: int) -> bytes:
    """Write what WINDOW_UPDATE and RST_STREAM hold."""
    return value.to_bytes(4, "big")


def settings(values: dict[int, int]) -> bytes:
    """Write a frame of SETTINGS."""
    payload = b"".join(name.to_bytes(2, "big") + number(value) for name, value in values.items())
    return frame(SETTINGS, 0, payload)


def preface(window: int = FIRST_WINDOW) -> bytes:
    """Write what a client says first: how much it takes of each stream; of all together, all there is."""
    opened = frame(WINDOW_UPDATE, 0, number(MOST_WINDOW - FIRST_WINDOW))
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings({INITIAL_WINDOW_SIZE: window}) + opened


def request(stream: int, path: str = "/", *, length: int | None = None, scheme: str = "http") -> bytes:
    """Write a head; with a length a POST's, whose body follows. RFC 7541, 6.2.2, without Huffman's code."""
    method = b"\x82" if length is None else b"\x83"
    block = method + (b"\x86" if scheme == "http" else b"\x87") + _literal(4, path) + _literal(1, "a")
    if length is not None:
        # content-length is number 28: 15 and the rest of it.
        block += b"\x0f\x0d" + _text(str(length))
    return frame(HEADERS, stream, block, END_HEADERS | (END_STREAM if length is None else 0))


def _literal(index: int, value: str) -> bytes:
    return bytes((index,)) + _text(value)


def _text(value: str) -> bytes:
    return bytes((len(value),)) + value.encode()


class Reader:
    """Takes bytes as they come, and gives whole frames."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._unread = bytearray()

    def feed(self, received: bytes) -> Iterator[Frame]:
        """Give those that are whole now."""
        self._unread += received
        begin = 0
        while len(self._unread) - begin >= _HEAD_BYTES:
            body = begin + _HEAD_BYTES
            end = body + int.from_bytes(self._unread[begin : begin + 3], "big")
            if end > len(self._unread):
                break
            kind, flags = self._unread[begin + 3], self._unread[begin + 4]
            stream = int.from_bytes(self._unread[begin + 5 : body], "big") & MOST_WINDOW
            yield Frame(kind, flags, stream, bytes(self._unread[body:end]))
            begin = end
        del self._unread[:begin]
