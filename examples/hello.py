"""The smallest WSGI application worth the name: ``waitress-serve examples.hello:app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

BODY = b"Hello, world!\n"


def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer every request alike; a body after HEAD is the server's to leave out."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(BODY)))]
    start_response("200 OK", headers)
    return [BODY]
