"""Frames on a socket: a little-endian u32 length and one value in marshal format."""

import marshal
import socket
import struct
from typing import Any, List, Optional

_LENGTH = struct.Struct("<I")

#: The newest version without references to earlier values, which the front does not read.
_MARSHAL_VERSION = 2

_READ_BYTES = 256 * 1024


class Channel:
    """One connection to the front. One thread may receive while another sends."""

    __slots__ = ("_reader", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._reader = connected.makefile("rb", buffering=_READ_BYTES)

    def receive(self) -> Any:  # noqa: ANN401 -- whatever the front sends
        """Wait for a frame and return its value; EOFError when the front is gone."""
        return marshal.loads(self.receive_raw(_LENGTH.unpack(self.receive_raw(4))[0]))

    def receive_raw(self, count: int) -> bytes:
        """Wait for bytes that follow a frame."""
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def send(self, value: object, raw: Optional[bytes] = None) -> None:
        """Send a frame, and bytes behind it; waits until the system has taken them."""
        try:
            frame = marshal.dumps(value, _MARSHAL_VERSION)
        except ValueError:
            # Subclasses of str and the like, which marshal does not know.
            frame = marshal.dumps(_plain(value), _MARSHAL_VERSION)
        self._socket.sendall(_LENGTH.pack(len(frame)) + frame)
        if raw is not None:
            self._socket.sendall(raw)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any value of a message
    if isinstance(value, str):
        # str() would ask the subclass; joining takes the characters as they are.
        return "".join(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        items: List[Any] = [_plain(item) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    return value


def connect(address: str) -> socket.socket:
    """Connect to ``unix:PATH`` or ``tcp:PORT`` on this machine."""
    scheme, _, place = address.partition(":")
    if scheme == "unix":
        connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connected.connect(place)
    else:
        connected = socket.create_connection(("127.0.0.1", int(place)))
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected
