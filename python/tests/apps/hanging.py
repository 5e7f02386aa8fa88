"""Requests that do not end, each in a way of its own, and some that do."""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCK = threading.Lock()
LOCK.acquire()


def loop() -> list[bytes]:
    while time is not None:
        pass  # for ever
    return []


def sleep() -> list[bytes]:
    time.sleep(60)  # for a minute
    return []


def lock() -> list[bytes]:
    LOCK.acquire()  # for nothing
    return []


def gil() -> list[bytes]:
    ctypes.PyDLL(None).sleep(60)  # and nobody else runs
    return []


def stream() -> Iterator[bytes]:
    yield b"begun"
    while time is not None:
        time.sleep(0.01)


class _Closing:
    def __init__(self, blocks: list[bytes]) -> None:
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._blocks)

    def close(self) -> None:
        time.sleep(60)  # behind the answer


class _ClosingAll(_Closing):
    def __len__(self) -> int:
        return len(self._blocks)


def close_one() -> _Closing:
    return _ClosingAll([b"whole"])


def close_all() -> _Closing:
    return _Closing([b"who", b"le"])


def past_the_end() -> Iterator[bytes]:
    yield b"whole"
    time.sleep(60)  # behind the answer


def caught() -> list[bytes]:
    from waitress_worker import RequestTimeout  # noqa: PLC0415 -- only a worker has it

    try:
        loop()
    except RequestTimeout:
        sys.stderr.write("caught in time\n")
        sys.stderr.flush()
    return [b"late"]


ACTIONS = {
    f"/{action.__name__}": action
    for action in (loop, sleep, lock, gil, stream, caught, close_one, close_all, past_the_end)
}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    length = [("Content-Length", "5")] if environ["QUERY_STRING"] == "length" else []
    start_response("200 OK", [("Content-Type", "text/plain"), *length])
    action = ACTIONS.get(environ["PATH_INFO"])
    if action is not None:
        return action()
    left = environ.get("waitress.deadline", 0) - time.time()
    return ["quick {:.1f}".format(max(0, left)).encode()]
