"""HTTP as bytes on a socket, for what a proper client hides or would never send."""

from __future__ import annotations

import socket
import ssl
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

TIMEOUT_SECONDS = 30


class Head(NamedTuple):
    """Status line and fields of a response, the fields in the order of the wire."""

    version: str
    status: int
    fields: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        """Values of every field of that name."""
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        """Value of a field that may come once at most."""
        values = self.all(name)
        assert len(values) <= 1, values
        return values[0] if values else None


class Answer(NamedTuple):
    """A response read to its end, and what became of its connection."""

    head: Head
    framing: str
    blocks: list[bytes]
    lives: bool

    @property
    def body(self) -> bytes:
        """The blocks as one."""
        return b"".join(self.blocks)

    def __str__(self) -> str:
        """On one line: ``200 chunked [a b] open``."""
        blocks = " ".join(block.decode("latin-1") for block in self.blocks)
        return f"{self.head.status} {self.framing} [{blocks}] {'open' if self.lives else 'closed'}"


class Encrypted(ssl.SSLSocket):
    """Tells an end that was announced from any other."""

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        """OpenSSL says of a reset that it is no proper end."""
        try:
            return super().recv_into(*arguments, **options)
        except ssl.SSLEOFError as failure:
            raise ConnectionResetError from failure


class Connection:
    """One connection; a context manager."""

    #: Where ``--over`` encrypts; Unix sockets are plain.
    encryption: ssl.SSLContext | None = None
    #: Whether it is the protocol of this run.
    speaks_http1 = True

    def __init__(self, address: int | Path, *, source: str = "127.0.0.1") -> None:
        """Connect to a port of this machine, from any of its loopback addresses, or to a Unix socket."""
        if not self.speaks_http1:
            pytest.skip("about HTTP/1")
        if isinstance(address, int):
            self._socket = socket.create_connection(("127.0.0.1", address), TIMEOUT_SECONDS, source_address=(source, 0))
            if self.encryption is not None:
                self._socket = self.encryption.wrap_socket(
                    self._socket, server_hostname="127.0.0.1", suppress_ragged_eofs=False
                )
        else:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(TIMEOUT_SECONDS)
            self._socket.connect(str(address))
        self._input = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _value: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close, whatever the server still has to say."""
        self._input.close()
        self._socket.close()

    @property
    def port(self) -> int:
        """Its own port."""
        port: int = self._socket.getsockname()[1]
        return port

    def send(self, data: bytes) -> None:
        """Send it all."""
        self._socket.sendall(data)

    def end_output(self) -> None:
        """Close this side; what comes still is decrypted, which SSLSocket's own method would leave off."""
        socket.socket.shutdown(self._socket, socket.SHUT_WR)

    def reset_on_close(self) -> None:
        """Leave without a word: what is under way is thrown away. A Unix socket just closes."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def send_what_fits(self, data: bytes) -> int:
        """Send it over and over until nothing of it is taken for a quarter of a second; return how much was."""
        sent = 0
        self._socket.settimeout(0.25)
        try:
            while sent < 64 << 20:
                sent += self._socket.send(data[sent % len(data) :])
        except TimeoutError:
            pass
        finally:
            self._socket.settimeout(TIMEOUT_SECONDS)
        return sent

    def ask(self, method: str, target: str, *fields: str, version: str = "1.1") -> None:
        """Send a request head."""
        lines = [f"{method} {target} HTTP/{version}", "Host: localhost", *fields, "", ""]
        self.send("\r\n".join(lines).encode())

    def head(self) -> Head:
        """Read a response head."""
        version, status, _reason = self._line().split(" ", 2)
        fields = []
        while line := self._line():
            name, value = line.split(":", 1)
            fields.append((name, value.strip()))
        return Head(version, int(status), fields)

    def _line(self) -> str:
        line = self._input.readline()
        assert line.endswith(b"\r\n"), line
        return line[:-2].decode("latin-1")

    def exactly(self, count: int) -> bytes:
        """Read so many bytes."""
        data = self._input.read(count)
        assert len(data) == count, f"{len(data)} bytes of {count}"
        return data

    def body(self, head: Head) -> bytes:
        """Read the body that belongs to a head, however it is framed."""
        if head.one("Transfer-Encoding") == "chunked":
            return b"".join(self.chunks())
        length = head.one("Content-Length")
        return self.rest() if length is None else self.exactly(int(length))

    def chunks(self) -> Iterator[bytes]:
        """Read a chunked body; ends after the last chunk and its empty trailer."""
        while size := int(self._line(), 16):
            yield self.exactly(size)
            assert self._line() == ""
        assert self._line() == ""

    def rest(self) -> bytes:
        """Read until the server closes."""
        return self._input.read()

    def answer(self, *, bodiless: bool = False) -> Answer:
        """Read a response to its end, whole or cut, and try whether the connection serves another request."""
        head = self.head()
        length = head.one("Content-Length")
        if bodiless:
            framing = "no body" if length is None else f"of {length}"
            blocks = []
        elif head.one("Transfer-Encoding") == "chunked":
            framing, blocks = self._chunked()
        elif length is None:
            framing, blocks = self._until_the_end()
        else:
            body = self._input.read(int(length))
            framing, blocks = f"length {length}", [body] if body else []
        return Answer(head, framing, blocks, self.lives())

    def _chunked(self) -> tuple[str, list[bytes]]:
        blocks = []
        try:
            for block in self.chunks():
                blocks.append(block)  # noqa: PERF402 -- kept also where the rest is missing
        except AssertionError:
            return "cut chunks", blocks
        return "chunked", blocks

    def _until_the_end(self) -> tuple[str, list[bytes]]:
        blocks = []
        try:
            while block := self._input.read1():
                blocks.append(block)
        except ConnectionResetError:
            return "until reset", [b"".join(blocks)]
        return "until close", [b"".join(blocks)]

    def lives(self) -> bool:
        """Whether the server answers one more request; nothing else may come first."""
        try:
            self.ask("GET", "/alive")
            line = self._input.readline()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            return False
        assert line in {b"", b"HTTP/1.1 200 OK\r\n"}, line
        return line != b""

    def everything(self) -> bytes:
        """Read until the peer closes, or resets because it has not read all that was sent."""
        received = bytearray()
        try:
            while data := self._socket.recv(65_536):
                received += data
        except ConnectionError:
            pass
        return bytes(received)
