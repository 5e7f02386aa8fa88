"""Answers in many ways, for clients that ask for several things at once."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COUNT = itertools.count()


def answer(environ: dict[str, Any]) -> bytes:
    return b"ok"


def show_environ(environ: dict[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in environ.items() if isinstance(value, str)}).encode()


def count(environ: dict[str, Any]) -> bytes:
    return str(next(COUNT)).encode()


def digest(environ: dict[str, Any]) -> bytes:
    return hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()


def large(environ: dict[str, Any]) -> bytes:
    return b"x" * int(environ["QUERY_STRING"])


def sleep(environ: dict[str, Any]) -> bytes:
    time.sleep(float(environ["QUERY_STRING"]))
    return b"ok"


def wait(environ: dict[str, Any]) -> bytes:
    while not os.path.exists(environ["QUERY_STRING"]):
        time.sleep(0.01)
    return b"ok"


def fail(environ: dict[str, Any]) -> bytes:
    raise ValueError("on purpose")


BODIES: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "/": answer,
    "/environ": show_environ,
    "/count": count,
    "/hash": digest,
    "/large": large,
    "/sleep": sleep,
    "/wait": wait,
    "/fail": fail,
}


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/file":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return environ["wsgi.file_wrapper"](open(environ["QUERY_STRING"], "rb"))
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"%d " % number for number in range(10))
    if path == "/broken":
        start_response("200 OK", [("Content-Length", "10")])
        return [b"short"]
    if path == "/fields":
        fields = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_X_")]
        start_response("200 OK", fields)
        return []
    body = BODIES[path](environ)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("X-Mixed", "Case")])
    return [body]
