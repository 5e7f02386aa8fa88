"""Answers of the size that the path names, whose bytes tell the answers from one another."""

import hashlib
from typing import Any


def content(name: str, size: int) -> bytes:
    """Make the body of ``/NAME/SIZE``."""
    piece = hashlib.sha256(name.encode()).digest()
    return (piece * (size // len(piece) + 1))[:size]


def app(environ: Any, start_response: Any) -> "list[bytes]":
    """Answer ``/NAME/SIZE``."""
    _, name, size = environ["PATH_INFO"].split("/")
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [content(name, int(size))]
