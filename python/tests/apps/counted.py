"""An application that answers as it is asked to, for those who compare what was counted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def stream(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"piece"


def app(environ: Any, start_response: Any) -> Any:
    kind, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
    body = environ["wsgi.input"].read()
    if kind == "status":
        start_response(f"{argument} As Asked", [("Content-Length", "0")])
        return []
    if kind == "fail":
        raise ValueError("as asked")
    if kind == "echo":
        raise ValueError(argument)
    if kind == "stream":
        start_response("200 OK", [])
        return stream(int(argument))
    if kind == "sleep":
        time.sleep(float(argument))
    answer = str(len(body)).encode().rjust(int(argument or 1) if kind == "size" else 1)
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
