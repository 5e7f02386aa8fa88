"""The table of servers: how each is started, and which packages it needs.

Every server gets one worker process and the same number of threads. Options that only lift a limit
(connections, backlog) or silence a log per request are set, so that no server is judged by a low default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable, NamedTuple

from comparison.paths import LAUNCHERS, OURS, VENV

PYTHON = VENV / "bin" / "python"


class Start(NamedTuple):
    """What a server is told: the same for all of them."""

    port: int
    threads: int
    target: str


class Server(NamedTuple):
    """One server of the comparison.

    ``distribution`` is the package whose version is reported. ``announcement`` must appear in the log
    before the server counts as ready. ``hint`` says how to get what building ``pins`` needs.
    """

    name: str
    command: Callable[[Start], list[str]]
    pins: tuple[str, ...] = ()
    threaded: bool = True
    announcement: str | None = None
    hint: str = ""
    by_default: bool = True

    @property
    def distribution(self) -> str | None:
        """Return the name of the first pinned package, the server itself."""
        return self.pins[0].split("==")[0] if self.pins else None


def _ours(start: Start) -> list[str]:
    return [
        str(OURS),
        f"--listen=127.0.0.1:{start.port}",
        f"--threads={start.threads}",
        "--workers=1",
        f"--python={PYTHON}",
        start.target,
    ]


def _waitress(start: Start) -> list[str]:
    # The default limit of 100 connections would leave 28 of 128 clients unanswered.
    return [
        *_tool("waitress-serve"),
        f"--listen=127.0.0.1:{start.port}",
        f"--threads={start.threads}",
        "--connection-limit=1000",
        start.target,
    ]


def _gunicorn(start: Start) -> list[str]:
    return [
        *_tool("gunicorn"),
        f"--bind=127.0.0.1:{start.port}",
        "--worker-class=gthread",
        "--workers=1",
        f"--threads={start.threads}",
        "--keep-alive=75",
        "--no-control-socket",
        "--log-level=warning",
        start.target,
    ]


def _granian_defaults(start: Start) -> list[str]:
    # As its README starts it, with one worker: HTTP/2 and WebSocket detection on, threads as it likes.
    return [
        *_tool("granian"),
        "--host=127.0.0.1",
        f"--port={start.port}",
        "--interface=wsgi",
        "--workers=1",
        "--log-level=warning",
        start.target,
    ]


def _granian(start: Start) -> list[str]:
    # The automatic runtime mode was as fast as either choice; ws and http2 detection are not wanted here.
    *command, target = _granian_defaults(start)
    return [*command, f"--blocking-threads={start.threads}", "--backlog=2048", "--http=1", "--no-ws", target]


def _bjoern(start: Start) -> list[str]:
    return [str(PYTHON), str(LAUNCHERS / "bjoern_serve.py"), str(start.port), start.target]


def _fastwsgi(start: Start) -> list[str]:
    return [*_tool("fastwsgi"), "--host=127.0.0.1", f"--port={start.port}", "--loglevel=2", start.target]


def _uwsgi(start: Start) -> list[str]:
    return [
        *_tool("uwsgi"),
        f"--http11-socket=127.0.0.1:{start.port}",
        f"--home={VENV}",
        "--master",
        "--processes=1",
        f"--threads={start.threads}",
        "--listen=128",
        "--need-app",
        "--die-on-term",
        "--disable-logging",
        f"--module={start.target}",
    ]


def _tool(name: str) -> list[str]:
    return [str(Path(VENV) / "bin" / name)]


_LIBEV = "its headers are missing? apt-get install libev-dev"
_COMPILER = "it is compiled here: apt-get install gcc python3-dev"

SERVERS = (
    Server("ours", _ours, announcement="Serving on http://"),
    Server("waitress", _waitress, ("waitress==3.0.2",)),
    Server("gunicorn", _gunicorn, ("gunicorn==27.0.1",)),
    Server("granian", _granian, ("granian==2.8.7",)),
    Server("granian-defaults", _granian_defaults, ("granian==2.8.7",)),
    Server("bjoern", _bjoern, ("bjoern==3.2.2",), threaded=False, hint=_LIBEV),
    Server("fastwsgi", _fastwsgi, ("fastwsgi==0.0.9",), threaded=False, hint=_COMPILER, by_default=False),
    Server("uwsgi", _uwsgi, ("uWSGI==2.0.31",), hint=_COMPILER, by_default=False),
)

# What draws charts.
CHART_PINS = ("pygal==3.1.3",)

# What the applications in load/apps import.
APPLICATION_PINS = ("Flask==3.1.3", "Werkzeug==3.1.9", "Django==5.2.9")
