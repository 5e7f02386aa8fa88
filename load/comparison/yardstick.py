"""What ``load/compare --publish`` measures: chosen so that all of it ends within 22 minutes on two cores."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A workload and who takes part; ``connections`` only where they are not all of the workload's own."""

    workload: str
    servers: tuple[str, ...]
    connections: tuple[int, ...] = ()


class Stage(NamedTuple):
    """Servers that run side by side and are asked in turns, all placed in the same way."""

    name: str
    title: str
    rows: tuple[Row, ...]
    pinned: bool = False
    workers: int = 1
    base: str = "ours"


_FAST = ("ours", "granian", "bjoern", "fastwsgi")
_COMPLETE = (*_FAST, "gunicorn", "uwsgi")
_PYTHON = (*_COMPLETE, "waitress", "cheroot", "mod_wsgi")
_JAVA = ("ours-java", "microhttp", "jetty", "undertow", "helidon", "jdk-httpserver")
#: Whose start and memory are measured, each alone.
ALONE = (*_PYTHON, *_JAVA)

STAGES = (
    Stage(
        "free",
        "One worker, all cores shared with the load",
        (
            Row("hello", (*_PYTHON, "floor"), (1, 32)),
            Row("hello", (*_PYTHON, "granian-defaults", "floor"), (128,)),
            # Each connection of uWSGI holds a thread, so that 508 would get nothing.
            Row("hello", (*_FAST, "gunicorn", "waitress", "floor"), (512,)),
            Row("page", (*_PYTHON, "floor")),
            Row("sleep", _PYTHON),
            *(Row(name, _FAST) for name in ("kib1", "kib32")),
            *(Row(name, _COMPLETE) for name in ("headers", "kib4", "kib64", "upload", "large", "file")),
            # uWSGI ends an answer of unknown length by closing, which wrk does not count as one.
            Row("stream", (*_FAST, "gunicorn")),
        ),
    ),
    Stage(
        "pinned",
        "One worker, the server on one core, the load on another",
        (
            Row("hello", (*_FAST, "floor"), (1, 32, 512)),
            Row("hello", (*_PYTHON, "floor"), (128,)),
            *(Row(name, _FAST) for name in ("headers", "page", "upload")),
        ),
        pinned=True,
    ),
    Stage(
        "frameworks",
        "Flask and Django, one worker, the server on one core, the load on another",
        (Row("flask", _PYTHON, (32,)), Row("django", _PYTHON)),
        pinned=True,
    ),
    Stage(
        "workers",
        "Flask and Django, two workers, all cores shared with the load",
        (
            Row("flask", (*_COMPLETE, "mod_wsgi"), (32,)),
            Row("django", (*_COMPLETE, "mod_wsgi")),
        ),
        workers=2,
    ),
    Stage(
        "crowd",
        "Hello beside other clients, the server on one core, the load on another",
        # bjoern refuses a request line that comes in pieces (400), and so has nobody who drips.
        (Row("hello", _FAST, (32,)), Row("idle", _FAST), Row("drip", ("ours", "granian", "fastwsgi"))),
        pinned=True,
    ),
    Stage(
        "java",
        "Java applications, all cores shared with the load",
        (Row("hello", _JAVA, (1, 32, 128)), Row("page", _JAVA)),
        base="ours-java",
    ),
)

#: The bars of each chart: cells of the stages above.
CHARTS = {
    "python": ("free-hello-1", "free-hello-128", "free-page-32", "free-upload-32", "workers-django-32"),
    "java": ("java-hello-1", "java-hello-128", "java-page-32"),
}
