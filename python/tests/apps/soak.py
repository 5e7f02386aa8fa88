"""What the soak asks: every answer can be checked by whoever asked."""

import hashlib
import time
from typing import Any, Iterable, Iterator

import hanging

PATTERN = bytes(range(251)) * 16_000


def content(seed: int, size: int) -> bytes:
    """Bytes that no other request has; large ones cost little more memory than they are long."""
    start = seed % 251
    pattern = PATTERN if size <= len(PATTERN) - 251 else PATTERN * (size // len(PATTERN) + 2)
    return b"".join([b"%016d" % seed, memoryview(pattern)[start : start + size - 16]])[:size]


def stream(seed: int, size: int) -> Iterator[bytes]:
    body = content(seed, size)
    for start in range(0, size, 30_000):
        yield body[start : start + 30_000]
        time.sleep(0.001)


def app(environ: Any, start_response: Any) -> Iterable[bytes]:
    action, seed, size = environ["PATH_INFO"][1:].split("/")
    if action == "fail":
        raise ValueError(seed)
    if action == "hang":
        hanging.ACTIONS["/" + size]()
    headers = [("Content-Type", "application/octet-stream"), ("X-Seed", seed)]
    if action == "digest":
        digest = hashlib.sha256()
        for block in iter(lambda: environ["wsgi.input"].read(65536), b""):
            digest.update(block)
        body = digest.hexdigest().encode()
    elif action == "stream":
        start_response("200 OK", headers)
        return stream(int(seed), int(size))
    else:
        body = content(int(seed), int(size))
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]
