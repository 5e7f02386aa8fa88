"""The table of workloads: add a row here and, if it needs one, an application in load/apps."""

from __future__ import annotations

from typing import NamedTuple

HELLO_BODY = b"Hello, world!\n"
_MIB = 1024 * 1024
_PAGE = b"<p>Ten kibibytes of a page.</p>\n" * 320
_POST = """
wrk.method = "POST"
wrk.body = "name=value"
"""
_POST_64_KIB = """
wrk.method = "POST"
wrk.body = string.rep("x", 65536)
"""


class Workload(NamedTuple):
    """One application and the way it is asked.

    ``wrk_script`` is the text of a Lua file for wrk: other methods, headers, request bodies.
    ``body`` is what a plain GET must answer; ``threads`` overrides ``--threads``.
    """

    name: str
    about: str
    target: str
    connections: tuple[int, ...]
    body: bytes = HELLO_BODY
    path: str = "/"
    threads: int | None = None
    needs_threads: bool = False
    wrk_script: str | None = None


WORKLOADS = (
    Workload("hello", "plain WSGI, 14 bytes", "hello:app", (1, 32, 128)),
    Workload(
        "sleep", "time.sleep(0.010), then 14 bytes", "sleeping:app", (32,), threads=4, needs_threads=True
    ),
    Workload("flask", "Flask, one route, 14 bytes", "flask_hello:app", (32, 128)),
    Workload("page", "10 KiB at once", "page:app", (32,), body=_PAGE),
    Workload("post", "POST of 10 bytes", "upload:app", (32,), body=b"0\n", wrk_script=_POST),
    Workload("large", "1 MiB at once", "large:app", (32,), body=bytes(_MIB)),
    Workload(
        "upload", "POST of 64 KiB, read whole", "upload:app", (32,), body=b"0\n", wrk_script=_POST_64_KIB
    ),
    Workload("file", "10 MiB by wsgi.file_wrapper", "file:app", (8,), body=bytes(10 * _MIB)),
    Workload("stream", "100 blocks of 1 KiB, no length", "streamed:app", (32,), body=bytes(100 * 1024)),
)


class Cell(NamedTuple):
    """One workload at one number of connections: one table of the report."""

    workload: Workload
    connections: int

    @property
    def name(self) -> str:
        """Return the short name used in logs and in the raw results."""
        return f"{self.workload.name}-{self.connections}"


def cells(names: list[str], connections: list[int] | None) -> list[Cell]:
    """List what is to be measured; ``connections`` replaces every workload's own."""
    chosen = [workload for workload in WORKLOADS if workload.name in names]
    return [Cell(workload, count) for workload in chosen for count in connections or workload.connections]
