"""Streams that wait for something to happen, and a page that does not."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

happened = threading.Event()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/happens":
        happened.set()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/events":
        return stream()
    if path == "/large":
        return (b"x" * 65536 for _ in range(1000))
    return [str(threading.active_count()).encode()]


def stream() -> Iterator[bytes]:
    yield b"begun"
    happened.wait()
    yield b"happened"
