"""Applications that end their worker, in the order that the test asks for; each request that runs is written down."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def note(name: str) -> None:
    with open(os.environ["NOTES"], "a", encoding="utf-8") as notes:
        notes.write(name + "\n")


def end(how: str) -> None:
    if how == "exit":
        os._exit(0)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    ctypes.string_at(0)


def stream(body: bytes) -> Iterator[bytes]:
    yield body[:2]
    yield body[2:]


def app(environ: Any, start_response: Any) -> Any:
    name = environ["PATH_INFO"].strip("/")
    note(name)
    if not name.isdigit():
        end(name)
    kind = environ["QUERY_STRING"]
    body = name.encode().rjust(200_000 if kind == "large" else 5000 if kind == "raw" else 4, b".")
    if kind == "file":
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](open(__file__, "rb"))
    if kind == "stream":
        start_response("200 OK", [])
        return stream(body)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
