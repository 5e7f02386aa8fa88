"""The table of workloads: add a row here and, if it needs one, an application in load/apps."""

from __future__ import annotations

from typing import Callable, ContextManager, NamedTuple

from comparison import crowds

HELLO_BODY = b"Hello, world!\n"
_MIB = 1024 * 1024
#: All that needs no framework.
PLAIN = "plain:app"
_PAGE = b"<p>Ten kibibytes of a page.</p>\n" * 320
_POST = """
wrk.method = "POST"
wrk.body = "name=value"
"""
#: What a browser sends for a page that it has visited before.
_BROWSER = """
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
wrk.headers["Accept-Language"] = "de-DE,de;q=0.8,en-US;q=0.5,en;q=0.3"
wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
wrk.headers["Connection"] = "keep-alive"
wrk.headers["Cookie"] = "sessionid=3o7bmznv8x0j1u2w5c9qk4r6t; csrftoken=XkP2vN8qLr5tYw1z; theme=dark"
wrk.headers["Upgrade-Insecure-Requests"] = "1"
wrk.headers["Sec-Fetch-Dest"] = "document"
wrk.headers["Sec-Fetch-Mode"] = "navigate"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
wrk.headers["Sec-Fetch-User"] = "?1"
wrk.headers["Sec-CH-UA"] = '"Chromium";v="128", "Not;A=Brand";v="24"'
wrk.headers["Sec-CH-UA-Mobile"] = "?0"
wrk.headers["Sec-CH-UA-Platform"] = '"Linux"'
wrk.headers["DNT"] = "1"
wrk.headers["Sec-GPC"] = "1"
wrk.headers["Priority"] = "u=0, i"
wrk.headers["Pragma"] = "no-cache"
wrk.headers["Cache-Control"] = "no-cache"
"""
_POST_64_KIB = """
wrk.method = "POST"
wrk.body = string.rep("x", 65536)
"""


class Workload(NamedTuple):
    """One application and the way it is asked.

    ``wrk_script`` is the text of a Lua file for wrk: other methods, headers, request bodies.
    ``body`` is what a plain GET must answer. ``beside`` are the clients that are there meanwhile.
    """

    name: str
    about: str
    target: str
    connections: tuple[int, ...]
    body: bytes = HELLO_BODY
    path: str = "/"
    needs_threads: bool = False
    wrk_script: str | None = None
    beside: Callable[[int], ContextManager[object]] | None = None


def _sized(kibibytes: int) -> Workload:
    size = kibibytes * 1024
    return Workload(f"kib{kibibytes}", f"{kibibytes} KiB at once", PLAIN, (32,), bytes_of_x(size), f"/{size}")


def bytes_of_x(count: int) -> bytes:
    """Return what ``apps/sized.py`` answers."""
    return b"x" * count


WORKLOADS = (
    Workload("hello", "plain WSGI, 14 bytes", PLAIN, (1, 32, 128, 512)),
    Workload("sleep", "time.sleep(0.010), then 14 bytes", PLAIN, (32,), path="/sleep", needs_threads=True),
    Workload("headers", "hello with 20 header fields of a browser", PLAIN, (32,), wrk_script=_BROWSER),
    *(_sized(kibibytes) for kibibytes in (1, 4, 32, 64)),
    Workload("page", "10 KiB at once", PLAIN, (32,), _PAGE, "/page"),
    Workload("post", "POST of 10 bytes", PLAIN, (32,), b"0\n", "/upload", wrk_script=_POST),
    Workload(
        "upload", "POST of 64 KiB, read whole", PLAIN, (32,), b"0\n", "/upload", wrk_script=_POST_64_KIB
    ),
    Workload("large", "1 MiB at once", PLAIN, (32,), bytes(_MIB), "/large"),
    Workload("stream", "100 blocks of 1 KiB, no length", PLAIN, (32,), bytes(100 * 1024), "/stream"),
    Workload("file", "10 MiB by wsgi.file_wrapper", PLAIN, (8,), bytes(10 * _MIB), "/file"),
    Workload("flask", "Flask, one route, 14 bytes", "flask_hello:app", (32, 128)),
    Workload("django", "Django, one route, 14 bytes", "django_hello:app", (32,)),
    Workload("idle", "hello beside 5,000 idle connections", PLAIN, (32,), beside=crowds.idle),
    Workload(
        "drip", "hello beside 200 clients that drip a byte every 50 ms", PLAIN, (32,), beside=crowds.drip
    ),
)


class Cell(NamedTuple):
    """One workload at one number of connections, in one stage of the comparison: one row of a table."""

    workload: Workload
    connections: int
    stage: str = ""

    @property
    def name(self) -> str:
        """Return the short name used in logs and in the raw results."""
        return "-".join(filter(None, [self.stage, self.label]))

    @property
    def label(self) -> str:
        """Return what tells it from the others of its stage."""
        return f"{self.workload.name}-{self.connections}"


def cells(names: list[str], connections: list[int] | None) -> list[Cell]:
    """List what is to be measured; ``connections`` replaces every workload's own."""
    chosen = [workload for workload in WORKLOADS if workload.name in names]
    return [Cell(workload, count) for workload in chosen for count in connections or workload.connections]
