"""Answers without measure; ``Excessive.java`` does the same. The path says which, the query how much."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

OK = "200 OK"


class Endless:
    """Blocks without an end; says when they begin and when it is closed."""

    def __init__(self, name: str, block: bytes) -> None:
        self.name = name
        self.block = block

    def __iter__(self) -> Iterator[bytes]:
        print("began", self.name, file=sys.stderr, flush=True)
        while True:
            yield self.block
            time.sleep(0.01)

    def close(self) -> None:
        print("closed", self.name, file=sys.stderr, flush=True)


class Silent(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


def text(amount: int) -> None:
    raise ValueError("begin " + "x" * amount + " end")


def upload(environ: Any) -> None:
    float(environ["wsgi.input"].read())


def nested(amount: int) -> None:
    if amount:
        nested(amount - 1)
    raise RuntimeError("deep down")


def chain(amount: int) -> None:
    failure: Exception = RuntimeError("the first")
    for number in range(amount):
        following = RuntimeError(f"number {number}")
        following.__cause__ = failure
        failure = following
    raise failure


def group(amount: int) -> None:
    raise ExceptionGroup("many", [ValueError(number) for number in range(amount)])  # noqa: F821 -- of the Python that runs the tests


def fail(name: str, amount: int, environ: Any) -> None:
    if name == "text":
        text(amount)
    if name == "upload":
        upload(environ)
    if name == "nested":
        nested(amount)
    if name == "chain":
        chain(amount)
    if name == "group":
        group(amount)
    if name == "silent":
        raise Silent
    if name == "recursion":
        fail(name, amount, environ)
    if name == "syntax":
        compile("a b" + "x" * amount, "uploaded", "exec")


def app(environ: Any, start_response: Any) -> Any:  # noqa: C901, PLR0911 -- one for each path
    name = environ["PATH_INFO"].strip("/")
    amount = int(environ["QUERY_STRING"] or 0)
    fail(name, amount, environ)
    if name == "value":
        start_response(OK, [("X", "x" * amount)])
    elif name == "values":
        start_response(OK, [("X", "x" * 100) for _ in range(amount)])
    elif name == "status":
        start_response(f"{amount} Hm", [])
    elif name == "reason":
        start_response("200 " + "x" * amount, [])
    elif name == "late":
        return late(start_response)
    elif name == "stream":
        start_response(OK, [])
        return Endless(name, b"tick\n")
    elif name == "full":
        start_response(OK, [("Content-Length", "5")])
        return Endless(name, b"tick\n")
    elif name == "bodiless":
        start_response(f"{amount} Hm", [])
        return Endless(name, b"tick\n")
    elif name == "empty":
        start_response(OK, [])
        return Endless(name, b"")
    elif name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        start_response(OK, [])
    return [b"ok"]


def late(start_response: Any) -> Iterator[bytes]:
    """A generator that starts the response with its first block."""
    try:
        start_response(OK, [])
        while True:
            yield b"tick\n"
            time.sleep(0.01)
    finally:
        print("closed late", file=sys.stderr, flush=True)
