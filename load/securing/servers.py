"""The servers that take part, each with the same certificate, one worker process and four threads."""

from __future__ import annotations

import contextlib
import functools
import shutil
from typing import TYPE_CHECKING, Callable, Iterator, NamedTuple, Sequence

from comparison import java, ours
from comparison.errors import RunError, UsageError
from comparison.paths import OURS, VENV
from comparison.process import Launch, ServerProcess, free_port
from comparison.server import PYTHON
from comparison.servers import SERVERS
from comparison.workloads import HELLO_BODY, PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from securing.place import Place

_MIB = 1024 * 1024
_ANNOUNCEMENTS = {"http": "Serving on http://", "https": "Serving on https://"}
#: Debian has it where only root looks.
_NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or shutil.which("nginx") or ""


class Kind(NamedTuple):
    """A server and how it is started: ``command`` makes the command line of a place and a port."""

    name: str
    command: Callable[[Place, int], list[str]]
    scheme: str = "https"
    announcement: str | None = None
    environment: tuple[tuple[str, str], ...] = ()
    obstacle: Callable[[Place], str | None] = lambda _: None
    path: str = "/"
    body: bytes = HELLO_BODY


class Running(NamedTuple):
    """A server that has been asked once."""

    kind: Kind
    process: ServerProcess
    port: int

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"{self.kind.scheme}://127.0.0.1:{self.port}{path}"


def our_own(
    name: str, *options: str, scheme: str = "https", release: int = 0, target: str = PLAIN, cpu: str = ""
) -> Kind:
    """Describe this server; ``release`` is that of Java, 0 the one that it finds by itself."""
    environment = (("JAVA_HOME", str(_jdk(release))),) if release else ()

    def command(place: Place, port: int) -> list[str]:
        encrypted = [f"--certfile={place.certificate}", f"--keyfile={place.key}"]
        return [
            *(["taskset", "--cpu-list", cpu] if cpu else []),
            str(OURS),
            f"--listen=127.0.0.1:{port}",
            *(encrypted if scheme == "https" else []),
            "--workers=1",
            "--threads=4",
            # 100 by default: a hundred clients and the one that asks whether it is ready are too many.
            *([] if any("connection-limit" in each for each in options) else ["--connection-limit=2000"]),
            f"--python={PYTHON}",
            *options,
            target,
        ]

    return Kind(
        name, command, scheme, _ANNOUNCEMENTS[scheme], environment, functools.partial(_missing, release)
    )


def _missing(release: int, _: Place) -> str | None:
    if release and _jdk(release) is None:
        return f"there is no JDK of Java {release} in /usr/lib/jvm"
    return ours.built()


def _jdk(release: int) -> Path | None:
    """Find a JDK of just this release."""
    return java.exactly(release)


def granian(protocol: str) -> Kind:
    """Describe granian, as fast as we know how.

    ``protocol`` is ``1``, so that it need not look, or ``auto``: with ``2`` alone it would not answer who
    asks whether it is ready, in HTTP/1.
    """

    def command(place: Place, port: int) -> list[str]:
        return [
            str(VENV / "bin" / "granian"),
            "--host=127.0.0.1",
            f"--port={port}",
            "--interface=wsgi",
            "--workers=1",
            "--blocking-threads=4",
            "--backlog=2048",
            "--backpressure=8192",
            f"--http={protocol}",
            "--no-ws",
            "--log-level=warning",
            f"--ssl-certificate={place.certificate}",
            f"--ssl-keyfile={place.key}",
            PLAIN,
        ]

    return Kind("granian", command, obstacle=functools.partial(_package, "granian"))


def gunicorn() -> Kind:
    """Describe gunicorn."""

    def command(place: Place, port: int) -> list[str]:
        return [
            str(VENV / "bin" / "gunicorn"),
            f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread",
            "--workers=1",
            "--threads=4",
            "--keep-alive=75",
            "--worker-connections=2000",
            "--no-control-socket",
            "--log-level=warning",
            f"--certfile={place.certificate}",
            f"--keyfile={place.key}",
            PLAIN,
        ]

    return Kind("gunicorn", command, obstacle=functools.partial(_package, "gunicorn"))


def nginx() -> Kind:
    """Describe nginx, with one worker, which serves a file of a mebibyte."""

    def command(place: Place, port: int) -> list[str]:
        home = place.folder / "nginx"
        home.mkdir(exist_ok=True)
        (home / "large").write_bytes(bytes(_MIB))
        (home / "nginx.conf").write_text(_nginx_configuration(place, home, port))
        return [_NGINX, "-e", str(home / "error.log"), "-c", str(home / "nginx.conf"), "-p", str(home)]

    def obstacle(_: Place) -> str | None:
        return None if _NGINX else "it is not installed: apt-get install nginx"

    return Kind("nginx", command, obstacle=obstacle, path="/large", body=bytes(_MIB))


def _nginx_configuration(place: Place, home: Path, port: int) -> str:
    temporary = "".join(
        f"  {kind}_temp_path {home}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nworker_processes 1;\npid {home}/pid;\n"
        # Who is root must say who the worker is to be, or it is one who may not read the folder.
        f"user root;\nevents {{ worker_connections 4096; }}\nhttp {{\n{temporary}"
        "  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 1000000;\n"
        f"  server {{\n    listen 127.0.0.1:{port} ssl http2;\n    root {home};\n"
        f"    ssl_certificate {place.certificate};\n    ssl_certificate_key {place.key};\n"
        "    ssl_protocols TLSv1.2 TLSv1.3;\n  }\n}\n"
    )


def _package(name: str, place: Place) -> str | None:
    (server,) = (each for each in SERVERS if each.name == name)
    return place.environment.obstacle(server)


@contextlib.contextmanager
def started(kind: Kind, place: Place) -> Iterator[Running]:
    """Start one and wait until it is ready; end it afterwards."""
    port = free_port()
    launch = Launch(
        kind.command(place, port),
        port,
        place.folder / f"{kind.name.replace(' ', '-')}.log",
        kind.path,
        kind.body,
        kind.announcement,
        kind.scheme,
        kind.environment,
    )
    with ServerProcess(launch, place.interrupts) as process:
        process.start()
        process.wait_until_ready()
        yield Running(kind, process, port)


@contextlib.contextmanager
def side_by_side(kinds: Sequence[Kind], place: Place) -> Iterator[dict[str, Running]]:
    """Start all of them; who cannot take part is left out, but one of ours may not be missing."""
    with contextlib.ExitStack() as stack:
        running = {}
        for kind in kinds:
            problem = kind.obstacle(place)
            try:
                if problem is None:
                    running[kind.name] = stack.enter_context(started(kind, place))
            except RunError as error:
                problem = str(error)
            if problem is not None:
                if kind.announcement and "Java" not in problem:
                    msg = f"{kind.name}: {problem}"
                    raise UsageError(msg)
                place.leave_out(f"{kind.name}: {problem}")
        yield running
