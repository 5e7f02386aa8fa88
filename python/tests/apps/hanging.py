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


def caught() -> list[bytes]:
    from waitress_worker import RequestTimeout  # noqa: PLC0415 -- only a worker has it

    try:
        loop()
    except RequestTimeout:
        sys.stderr.write("caught in time\n")
        sys.stderr.flush()
    return [b"late"]


ACTIONS = {f"/{action.__name__}": action for action in (loop, sleep, lock, gil, stream, caught)}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    action = ACTIONS.get(environ["PATH_INFO"])
    if action is not None:
        return action()
    left = environ.get("waitress.deadline", 0) - time.time()
    return ["quick {:.1f}".format(max(0, left)).encode()]
