"""Frames on a socket: a little-endian u32 length and one value in marshal format."""

import io
import marshal
import socket
import struct
import time
from _socket import socket as Socket  # noqa: N812 -- a class, whatever stands for it in the module socket by now
from select import error as SelectError  # noqa: N812 -- a class; of its own only in 2.7
from select import select  # bound before gevent or eventlet can put another one in its place
from typing import Any, Callable, List, Optional, Set, Union

from waitress_worker.compat import MARSHAL_VERSION, keep_from_children, let_go, load_frame
from waitress_worker.forks import in_each_child

_LENGTH = struct.Struct("<I")

_READ_BYTES = 256 * 1024

#: Seconds in which green threads are woken that have something to read.
_MOMENT = 0.01

#: Bytes behind a frame that cost less to copy than to send apart.
_COPIED_BYTES = 64 * 1024


class Channel:
    """One connection to the front. One thread may receive while another sends."""

    __slots__ = ("_buffer", "_end", "_socket", "_start", "wait_to_read")

    def __init__(self, connected: Socket) -> None:
        self._socket = connected
        self._buffer = memoryview(bytearray(_READ_BYTES))
        #: What was read and not yet taken lies between these.
        self._start = 0
        self._end = 0
        #: What waits with the descriptor, where reading would keep other threads waiting too.
        self.wait_to_read: Optional[Callable[[int], Any]] = None
        _OPEN.add(self)

    @property
    def connection(self) -> Socket:
        """The connection, for one on which no frames go."""
        return self._socket

    def let_go(self) -> None:
        """Close it in a forked process, unnoticed by the front: it is the parent's."""
        let_go(self._socket)

    def receive(self) -> Any:  # noqa: ANN401 -- whatever the front sends
        """Wait for a frame and return its value; EOFError when the front is gone."""
        self._need(_LENGTH.size)
        size = _LENGTH.unpack_from(self._buffer, self._start)[0]
        self._start += _LENGTH.size
        self._need(size)
        start = self._start
        self._start += size
        return load_frame(self._buffer[start : start + size])

    def has_frame(self) -> bool:
        """Tell whether a whole frame has been read already, so that :meth:`receive` will not wait."""
        there = self._end - self._start - _LENGTH.size
        return there >= 0 and there >= _LENGTH.unpack_from(self._buffer, self._start)[0]

    def is_readable(self) -> bool:
        """Tell whether something has come that nobody has read, as far as the system can tell."""
        try:
            return self.wait_to_read is None and bool(select([self._socket], [], [], 0)[0])
        except (EnvironmentError, ValueError, SelectError):
            return False  # it is closed, or its number too large

    def receive_raw(self, count: int) -> io.BytesIO:
        """Wait for bytes that follow a frame; return them as a stream at its start."""
        stream = io.BytesIO()
        while count:
            if self._start == self._end:
                self._read()
            piece = min(count, self._end - self._start)
            stream.write(self._buffer[self._start : self._start + piece])
            self._start += piece
            count -= piece
        stream.seek(0)
        return stream

    def _need(self, count: int) -> None:
        """Read until so many bytes are there."""
        while self._end - self._start < count:
            if count > len(self._buffer):
                larger = memoryview(bytearray(count))
                larger[: self._end - self._start] = self._buffer[self._start : self._end]
                self._start, self._end, self._buffer = 0, self._end - self._start, larger
            self._read()

    def _read(self) -> None:
        """Read once, behind what is there."""
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end == len(self._buffer):
            rest = self._buffer[self._start :].tobytes()
            self._buffer[: len(rest)] = rest
            self._start, self._end = 0, len(rest)
        if self.wait_to_read is not None:
            self.wait_to_read(self._socket.fileno())
        count = self._socket.recv_into(self._buffer[self._end :])
        if not count:
            raise EOFError
        self._end += count

    def send(self, value: Any, raw: Union[None, bytes, memoryview] = None) -> None:
        """Send a frame, and bytes behind it; waits until the system has taken them."""
        self.send_frame(encode(value), raw)

    def send_frame(self, frame: bytes, raw: Union[None, bytes, memoryview] = None) -> None:
        """Send a value that is encoded already, and bytes behind it."""
        length = _LENGTH.pack(len(frame))
        if raw is None:
            self._socket.sendall(length + frame)
        elif len(raw) <= _COPIED_BYTES:
            self._socket.sendall(b"".join((length, frame, raw)))
        else:
            self._socket.sendall(length + frame)
            self._socket.sendall(raw)

    def close(self) -> None:
        """Close the connection; who waits to receive gets EOFError."""
        _OPEN.discard(self)
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except EnvironmentError:
            pass  # the other side was quicker
        if self.wait_to_read is not None:
            time.sleep(_MOMENT)  # a green thread that waits with the descriptor sees the end only while that is open
        self._socket.close()


#: What a forked process must not have.
_OPEN: Set[Channel] = set()


def let_go_of_all() -> None:
    """Close all of them in a forked process, unnoticed by the front: they are the parent's."""
    while _OPEN:
        _OPEN.pop().let_go()


in_each_child(let_go_of_all)


def as_frame(items: List[bytes]) -> bytes:
    """Return a list of values that are encoded already as one value."""
    return b"[" + _LENGTH.pack(len(items)) + b"".join(items)


def encode(value: Any) -> bytes:  # noqa: ANN401 -- whatever marshal takes
    """Return a value as the front reads it."""
    return marshal.dumps(value, MARSHAL_VERSION)


def connect(address: str) -> Socket:
    """Connect to ``unix:PATH`` or ``tcp:PORT`` on this machine."""
    scheme, _, place = address.partition(":")
    is_unix = scheme == "unix"
    connected = Socket(socket.AF_UNIX if is_unix else socket.AF_INET, socket.SOCK_STREAM)
    try:
        keep_from_children(connected.fileno())
        connected.settimeout(None)  # the program may have set another one for all its sockets
        connected.connect(place if is_unix else ("127.0.0.1", int(place)))
        if not is_unix:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connected.close()
        raise
    return connected
