"""An application whose process can open no file: request bodies that lie in one cannot be read."""

from __future__ import annotations

import sys
from typing import Any, Callable, NoReturn


def _refuse(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(24, "Too many open files")


sys.modules["waitress_worker.input"].open = _refuse  # type: ignore[attr-defined]


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """Answer with the length of the body."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % len(environ["wsgi.input"].read())]
