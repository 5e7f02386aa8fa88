"""Applications that go on using what they have given to the server, and some that give it what it cannot use.

The path says which; ``/N`` is answered with N, its number of bytes and a cookie of N, all in objects that every request of
the process shares.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "x" * 16
_shared: list[Any] = []
_kept: dict[str, Any] = {}
_let_go = threading.Event()
_held = threading.Event()


class Text(str):
    """Text that is none of Python's own."""

    __slots__ = ()

    def __str__(self) -> str:
        return "says something else\r\nX-Forged: 1"

    def __iter__(self) -> Iterator[str]:
        return iter(["forged"])


class Bytes(bytes):
    """Bytes that say to be others."""

    def __bytes__(self) -> bytes:
        return b"other"


def shared_list(number: str, start_response: Any) -> list[bytes]:
    """Refill one list, as some frameworks do with one for each thread."""
    body = number.encode()
    _shared[:] = [("Set-Cookie", f"n={number}"), ("Content-Length", str(len(body)))]
    start_response("200 OK", _shared)
    return [body]


def appended(_environ: Any, start_response: Any) -> Any:
    headers = [("X-A", "1")]
    start_response("200 OK", headers)
    headers.append(("X-B", None))
    headers.append(object())
    return [b"appended"]


def streamed(_environ: Any, start_response: Any) -> Iterator[bytes]:
    pair: Any = ["X-A", "1"]
    headers = [pair]
    start_response("200 OK", headers)
    pair[1] = None
    headers.clear()
    yield b"str"
    headers.append(("X-B", object()))
    yield b"eamed"


def restarted(_environ: Any, start_response: Any) -> list[bytes]:
    headers = [("X-A", "1")]
    try:
        raise ValueError
    except ValueError:
        start_response("200 OK", [("X-B", "2")])
        start_response("200 OK", headers, sys.exc_info())
    headers[0] = ("X-A", None)  # type: ignore[assignment]
    return [b"restarted"]


def written(_environ: Any, start_response: Any) -> list[bytes]:
    headers = [("X-A", "1")]
    write = start_response("200 OK", headers)
    headers[:] = [None]  # type: ignore[list-item]
    write(b"writ")
    return [b"ten"]


def subclasses(_environ: Any, start_response: Any) -> Any:
    start_response(Text("200 OK"), iter([(Text("X-A"), Text("1"))]))
    return [Bytes(b"subclasses")]


def halfway(_environ: Any, start_response: Any) -> list[bytes]:
    """Fail in a second start, whose headers must not stay with the status of the first."""
    start_response("200 OK", [("X-A", "1")])
    try:
        raise ValueError
    except ValueError:
        try:
            start_response("500 Oops", [("X-B", "2"), ("X-C", None)], sys.exc_info())
        except AssertionError:
            pass
    return [b"halfway"]


def reused(_environ: Any, start_response: Any) -> Iterator[Any]:
    """Read into one buffer again and again."""
    start_response("200 OK", [("X-A", "1")])
    buffer = bytearray(b"....")
    for letter in b"abcdefgh":
        buffer[:] = bytes([letter]) * 4
        yield buffer
        yield memoryview(buffer)
    buffer[:] = b"????"


def exported(environ: Any, start_response: Any) -> list[bytes]:
    """Keep a view of the input, which cannot be closed as long as it is there."""
    body = environ["wsgi.input"].getbuffer()
    _kept.setdefault("views", []).append(body)
    start_response("200 OK", [("X-A", "1")])
    return [b"exported"]


def late_write(_environ: Any, start_response: Any) -> list[bytes]:
    """Keep the means to write, and use that of the request before."""
    before = _kept.get("write")
    _kept["write"] = start_response("200 OK", [("X-A", "1")])
    said = "nothing"
    if before is not None:
        try:
            before(b"late")
        except RuntimeError as failure:
            said = str(failure)
    return [said.encode()]


def racing_write(_environ: Any, start_response: Any) -> Iterator[bytes]:
    """Write on another thread while the response ends."""
    write = start_response("200 OK", [("X-A", "1")])

    def go_on() -> None:
        try:
            while True:
                write(b"")
                write(b".")
        except RuntimeError:
            pass

    thread = threading.Thread(target=go_on)
    thread.start()
    yield b"racing"
    time.sleep(0.001)


def write_in_close(_environ: Any, start_response: Any) -> Any:
    write = start_response("200 OK", [("Content-Length", "5")])

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"whole"])

        def close(self) -> None:
            write(b"more")

    return Body()


def unencodable(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("X-A", "\u20ac")])
    return [b""]


def wrong_type(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("X-A", object())])
    return [b""]


def exits(_environ: Any, _start_response: Any) -> list[bytes]:
    raise SystemExit(object())


def hold(_environ: Any, start_response: Any) -> list[bytes]:
    _held.set()
    _let_go.wait(20)
    _held.clear()
    _let_go.clear()
    start_response("200 OK", [("X-A", "1")])
    return [b"held"]


def let_go(_environ: Any, start_response: Any) -> list[bytes]:
    _held.wait(20)
    _let_go.set()
    start_response("200 OK", [("X-A", "1")])
    return [b"let go"]


def app(environ: Any, start_response: Any) -> Any:
    name = environ["PATH_INFO"].strip("/")
    if name.isdigit():
        return shared_list(name, start_response)
    return globals()[name](environ, start_response)
