"""The table of servers: how each is started, and which packages it needs.

Every server gets the same number of worker processes and threads. Options that only lift a limit
(connections, backlog) or silence a log per request are set, so that no server is judged by a low default.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess

from comparison import host, java, ours
from comparison.paths import LAUNCHERS, LOAD, OURS, RESULTS, TARGET, VENV
from comparison.server import PYTHON, Server, Start


def _ours(start: Start) -> list[str]:
    return [
        str(OURS),
        f"--listen=127.0.0.1:{start.port}",
        f"--threads={start.threads}",
        f"--workers={start.workers}",
        f"--python={PYTHON}",
        start.target,
    ]


def _waitress(start: Start) -> list[str]:
    # The default limit of 100 connections would leave 28 of 128 clients unanswered.
    return [
        *_launcher("waitress_serve"),
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
        f"--workers={start.workers}",
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
        f"--workers={start.workers}",
        "--log-level=warning",
        start.target,
    ]


def _granian(start: Start) -> list[str]:
    # The automatic runtime mode was as fast as either choice; ws and http2 detection are not wanted here.
    # What it calls back pressure counts connections, idle ones too.
    *command, target = _granian_defaults(start)
    tuned = [
        f"--blocking-threads={start.threads}",
        "--backlog=2048",
        "--backpressure=8192",
        "--http=1",
        "--no-ws",
    ]
    return [*command, *tuned, target]


def _bjoern(start: Start) -> list[str]:
    return [*_launcher("bjoern_serve"), str(start.port), str(start.workers), start.target]


def _fastwsgi(start: Start) -> list[str]:
    return [*_launcher("fastwsgi_serve"), str(start.port), str(start.workers), start.target]


def _cheroot(start: Start) -> list[str]:
    return [
        *_tool("cheroot"),
        f"--bind=127.0.0.1:{start.port}",
        f"--threads={start.threads}",
        "--timeout=75",
        "--request-queue-size=1024",
        start.target,
    ]


def _mod_wsgi(start: Start) -> list[str]:
    module, attribute = start.target.split(":")
    return [
        *_tool("mod_wsgi-express"),
        "start-server",
        "--application-type=module",
        f"--callable-object={attribute}",
        "--host=127.0.0.1",
        f"--port={start.port}",
        f"--processes={start.workers}",
        f"--threads={start.threads}",
        f"--server-root={RESULTS}/mod_wsgi",
        "--keep-alive-timeout=75",
        # With the 20 that it has by default, Apache closes connections as soon as there are more.
        "--max-clients=600",
        *(("--user=www-data", "--group=www-data") if os.geteuid() == 0 else ()),
        module,
    ]


def _uwsgi(start: Start) -> list[str]:
    return [
        *_tool("uwsgi"),
        f"--http11-socket=127.0.0.1:{start.port}",
        f"--home={VENV}",
        "--master",
        f"--processes={start.workers}",
        f"--threads={start.threads}",
        "--listen=128",
        "--need-app",
        "--die-on-term",
        "--disable-logging",
        f"--module={start.target}",
    ]


def _reachable() -> str | None:
    """Apache does not run as root: whoever it runs as must be able to load this Python."""
    folders = [*PYTHON.resolve().parents, *LAUNCHERS.parents]
    if os.geteuid() == 0 and not all(folder.stat().st_mode & stat.S_IXOTH for folder in folders):
        return "Apache gives up root, and no other user may enter the folder of this Python"
    return None


def _floor(start: Start) -> list[str]:
    return [str(_FLOOR), str(start.port)]


def _compile_floor() -> str | None:
    compiler = shutil.which("cc")
    if compiler is None:
        return "there is no C compiler (cc)"
    command = [compiler, "-O2", "-o", str(_FLOOR), str(LOAD / "floor" / "floor.c")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else None


def _tool(name: str) -> list[str]:
    return [str(VENV / "bin" / name)]


def _launcher(name: str) -> list[str]:
    return [str(PYTHON), str(LAUNCHERS / f"{name}.py")]


_FLOOR = TARGET / "load-floor"
_LIBEV = "its headers are missing? apt-get install libev-dev"
_COMPILER = "it is compiled here: apt-get install gcc python3-dev"
_APACHE = "it is compiled here: apt-get install apache2-dev"

SERVERS = (
    Server("ours", _ours, announcement="Serving on http://", obtain=ours.built, version=host.commit),
    Server("waitress", _waitress, ("waitress==3.0.2",)),
    Server("gunicorn", _gunicorn, ("gunicorn==27.0.1",)),
    Server("granian", _granian, ("granian==2.8.9",)),
    Server("granian-defaults", _granian_defaults, ("granian==2.8.9",)),
    Server("bjoern", _bjoern, ("bjoern==3.2.2",), threaded=False, hint=_LIBEV),
    Server("fastwsgi", _fastwsgi, ("fastwsgi==0.0.9",), threaded=False, hint=_COMPILER),
    Server("uwsgi", _uwsgi, ("uWSGI==2.0.31",), hint=_COMPILER),
    Server("cheroot", _cheroot, ("cheroot==11.1.2",)),
    Server("mod_wsgi", _mod_wsgi, ("mod_wsgi==6.1.1",), hint=_APACHE, obtain=_reachable),
    Server("floor", _floor, obtain=_compile_floor, by_default=False, only=frozenset({"hello", "page"})),
    *java.SERVERS,
)

# What draws charts.
CHART_PINS = ("pygal==3.1.3",)

# What the applications in load/apps import.
APPLICATION_PINS = ("Flask==3.1.3", "Werkzeug==3.1.9", "Django==5.2.9")
