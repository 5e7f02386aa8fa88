"""Tells each request's environ, and leaves nothing of it as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """Answer with all of it that is text, a number, or nothing."""
    known = {key: value for key, value in environ.items() if isinstance(value, (str, int, type(None)))}
    known["input"] = environ["wsgi.input"].read().decode()
    body = json.dumps(known, sort_keys=True).encode()
    environ.clear()
    environ["HTTP_HOST"] = environ["REQUEST_METHOD"] = environ["HTTP_ACCEPT"] = "spoiled"
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]
