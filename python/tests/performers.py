"""The applications of this folder's ``apps``, in Python and in Java, behind TCP and Unix sockets."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from serving import COMMAND, ROOT, Server
from wire import Answer, Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = Path(__file__).with_name("apps")
JAR = ROOT / "cli" / "target" / "waitress-serve.jar"
BODILESS = {"204", "304"}


class Kind(NamedTuple):
    """Which of the performers, and how it is reached."""

    language: str
    transport: str

    def __str__(self) -> str:
        """Id of the parameter."""
        return f"{self.language}-{self.transport}"


KINDS = [Kind(language, transport) for language in ("python", "java") for transport in ("tcp", "unix")]


class Performer:
    """A running server whose application does what its requests say."""

    def __init__(self, kind: Kind, server: Server) -> None:
        self.kind = kind
        self.server = server
        self.address = server.address

    @property
    def in_java(self) -> bool:
        return self.kind.language == "java"

    def connect(self) -> Connection:
        return Connection(self.address)

    def perform(self, steps: str, *fields: str, method: str = "GET", version: str = "1.1") -> Answer:
        """Have these steps done, on a connection of their own."""
        with self.connect() as connection:
            connection.ask(method, script(steps), *fields, version=version)
            bodiless = method == "HEAD" or any(f"start={status} " in steps for status in BODILESS)
            return connection.answer(bodiless=bodiless)

    def exchange(self, request: bytes) -> Answer:
        """Send these bytes on a connection of their own, and read what comes back."""
        with self.connect() as connection:
            connection.send(request)
            return connection.answer()


def script(steps: str) -> str:
    """Make the target for steps that are divided by semicolons, such as ``start=200 OK; list; item=a``."""
    pairs = (step.strip().partition("=") for step in steps.split(";"))
    return "/perform?" + "&".join(f"{name}={quote(value, encoding='latin-1')}" for name, _, value in pairs)


@contextlib.contextmanager
def performing(
    kind: Kind, folder: Path, *options: str, application: str = "performer:app", python: str = "", **environment: str
) -> Iterator[Performer]:
    """Run a performer, on some Python; what its server does at the end is checked."""
    environment = {"PYTHONPATH": str(APPS), "TMPDIR": str(folder), **environment}
    if kind.language == "java":
        application = "--app-class=Performer"
        environment["CLASSPATH"] = str(classes(folder))
    if python:
        options = (f"--python={python}", *options)
    if kind.transport == "unix":
        options = (f"--unix-socket={folder / 'http.sock'}", *options)
    server = Server(application, *options, environment=environment)
    try:
        yield Performer(kind, server)
    except BaseException:
        server.kill()
        raise
    if not server.checked:
        server.stop()
    assert not list(folder.glob("waitress-*"))


def classes(folder: Path) -> Path:
    """Compile the Java applications, once in a test run."""
    compiled = folder.parent / "classes"
    if not compiled.exists():
        home = os.environ.get("JAVA_HOME")
        javac = str(Path(home) / "bin" / "javac") if home else shutil.which("javac")
        if javac is None:
            pytest.skip("no javac on the PATH")
        # The command builds the jar where it is missing.
        subprocess.run([COMMAND, "--version"], check=True, stdout=subprocess.DEVNULL)
        sources = [str(source) for source in APPS.glob("*.java")]
        subprocess.run([javac, "-d", str(compiled), "-cp", str(JAR), *sources], check=True)
    return compiled
