"""The servers for Java applications: small classes in load/java, and the libraries that its pom.xml pins."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable, NamedTuple

from comparison import ours
from comparison.paths import JAVA, LOAD, OURS, ROOT
from comparison.server import Server, Start

_SOURCES = LOAD / "java"
_LIBRARIES = JAVA / "lib"
_OUR_JAR = ROOT / "cli" / "target" / "waitress-serve.jar"
_LIMIT_SECONDS = 600
_PAGES = frozenset({"hello", "page"})


class Peer(NamedTuple):
    """A class in load/java with a ``main``, which is given port and threads.

    ``library`` is the jar whose version is the server's; ``release`` the oldest Java that runs it.
    """

    main: str
    library: str = ""
    release: int = 17
    options: tuple[str, ...] = ()

    @property
    def classes(self) -> Path:
        """Return the folder of its classes, which only its own Java need understand."""
        return JAVA / self.main


def home(release: int) -> Path | None:
    """Find a JDK that is new enough: the one that runs this server, else the newest of /usr/lib/jvm."""
    usual = os.environ.get("JAVA_HOME") or shutil.which("java")
    homes = [Path(usual).resolve()] if usual else []
    homes = [path.parent.parent if path.is_file() else path for path in homes]
    others = sorted(Path("/usr/lib/jvm").glob("*/release"), key=lambda path: -_release(path.parent))
    homes += [path.parent for path in others]
    return next((path for path in homes if _release(path) >= release and (path / "bin/javac").exists()), None)


def exactly(release: int) -> Path | None:
    """Find a JDK or JRE of this major version: the usual one, else one of /usr/lib/jvm."""
    usual = home(0)
    others = sorted(path.parent for path in Path("/usr/lib/jvm").glob("*/release"))
    known = [path for path in [usual, *others] if path]
    return next((path for path in known if _release(path) == release), None)


def _release(java: Path) -> int:
    """Read the major version; 0 where there is none."""
    try:
        found = re.search(r'^JAVA_VERSION="(\d+)', (java / "release").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def _obtain(peer: Peer) -> str | None:
    java = home(peer.release)
    if java is None:
        return f"needs a JDK of Java {peer.release} or newer"
    try:
        if peer.library:
            _fetch()
        elif problem := ours.built():
            return problem
        names = [f"{name}.java" for name in ("Pages", peer.main)]
        _run([str(java / "bin/javac"), "-d", str(peer.classes), "-cp", f"{_LIBRARIES}/*:{_OUR_JAR}", *names])
    except (OSError, subprocess.SubprocessError) as error:
        output = getattr(error, "stdout", None) or str(error)
        return next((line for line in output.splitlines() if "ERROR" in line or "error" in line), str(error))
    return None


def _fetch() -> None:
    """Copy the libraries, unless those of this pom.xml are there."""
    pom, copied = _SOURCES / "pom.xml", JAVA / "pom.xml"
    if copied.exists() and copied.read_bytes() == pom.read_bytes():
        return
    shutil.rmtree(_LIBRARIES, ignore_errors=True)
    _run(["mvn", "-B", "-ntp", "-q", "dependency:copy-dependencies", f"-DoutputDirectory={_LIBRARIES}"])
    shutil.copyfile(pom, copied)


def _run(command: list[str]) -> None:
    subprocess.run(
        command,
        cwd=_SOURCES,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=True,
    )


def _command(peer: Peer, start: Start) -> list[str]:
    java = f"{home(peer.release)}/bin/java"
    class_path = f"{peer.classes}:{_LIBRARIES}/*"
    return [java, *peer.options, "-cp", class_path, peer.main, str(start.port), str(start.threads)]


def _ours(peer: Peer, start: Start) -> list[str]:
    return [
        *("env", f"CLASSPATH={peer.classes}", str(OURS)),
        f"--listen=127.0.0.1:{start.port}",
        f"--threads={start.threads}",
        "--app-class=Ours",
    ]


def _version(peer: Peer) -> str:
    jars = _LIBRARIES.glob(f"{peer.library}-[0-9]*.jar") if peer.library else []
    number = "".join(jar.stem[len(peer.library) + 1 :] + " " for jar in jars)
    return f"{number}on Java {_release(home(peer.release) or Path())}"


def _server(
    name: str,
    peer: Peer,
    command: Callable[[Peer, Start], list[str]] = _command,
    announcement: str | None = None,
) -> Server:
    return Server(
        name,
        functools.partial(command, peer),
        announcement=announcement,
        by_default=False,
        obtain=functools.partial(_obtain, peer),
        version=functools.partial(_version, peer),
        only=_PAGES,
    )


SERVERS = (
    _server("ours-java", Peer("Ours"), _ours, "Serving on http://"),
    _server("microhttp", Peer("Microhttp", "microhttp")),
    _server("jetty", Peer("Jetty", "jetty-server")),
    _server("undertow", Peer("UndertowPeer", "undertow-core")),
    _server("helidon", Peer("Helidon", "helidon-webserver", release=21)),
    # Without it Nagle's algorithm holds each answer back until the client acknowledges its head.
    _server("jdk-httpserver", Peer("JdkHttp", options=("-Dsun.net.httpserver.nodelay=true",))),
)
