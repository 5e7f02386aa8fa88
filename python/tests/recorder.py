"""An application that echoes each request and remembers it, so that a test can ask what has arrived."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

# Where the test takes the memory of all requests so far; not remembered itself.
MEMORY = "/-/memory"
SHOWN_BYTES = 1000

_lock = threading.Lock()
_remembered: list[dict[str, object]] = []
_count = 0


def shown(body: bytes) -> str:
    """Text that stands for a body: itself if it is short, else its digest."""
    return body.decode("latin-1") if len(body) <= SHOWN_BYTES else hashlib.sha256(body).hexdigest()


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Echo as JSON; the path or the query may ask for another answer."""
    path = environ["PATH_INFO"]
    if path == MEMORY:
        return _answer(start_response, "200 OK", _forget())
    request = _remember(environ)
    if path == "/failure":
        raise RuntimeError(path)
    if path == "/unchanged":
        start_response("304 Not Modified", [("ETag", '"recorded"'), ("X-Number", str(request["number"]))])
        return []
    size = parse_qs(environ["QUERY_STRING"]).get("size")
    if size is not None:
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return large(int(size[0]))
    return _answer(start_response, "200 OK", request)


def behind_middleware() -> object:
    """Make the application as PasteDeploy's users have it, for the tests that have PasteDeploy."""
    from paste.deploy.config import PrefixMiddleware  # noqa: PLC0415 -- the other tests do without

    return PrefixMiddleware(app)


def large(size: int) -> Iterable[bytes]:
    """Blocks of a body whose every part differs."""
    for start in range(0, size, 8192):
        yield b"%07d " % start * 1024 if size - start >= 8192 else bytes(size - start)


def _remember(environ: WSGIEnvironment) -> dict[str, object]:
    global _count  # noqa: PLW0603 -- the number of a request in this process
    fields = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    request = {
        "method": environ["REQUEST_METHOD"],
        "target": environ["REQUEST_URI"],
        "script_name": environ["SCRIPT_NAME"],
        "path": environ["PATH_INFO"],
        "scheme": environ["wsgi.url_scheme"],
        "server_name": environ["SERVER_NAME"],
        "server_port": environ["SERVER_PORT"],
        "address": environ["REMOTE_ADDR"],
        "port": environ.get("REMOTE_PORT"),
        "fields": fields,
        "body": shown(environ["wsgi.input"].read()),
    }
    with _lock:
        _count += 1
        request["number"] = _count
        _remembered.append(request)
    return request


def _forget() -> list[dict[str, object]]:
    with _lock:
        taken = list(_remembered)
        _remembered.clear()
    return taken


def _answer(start_response: StartResponse, status: str, value: object) -> Iterable[bytes]:
    body = json.dumps(value).encode()
    number = value["number"] if isinstance(value, dict) else 0
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-Number", str(number)),
    ]
    start_response(status, headers)
    return [body]
