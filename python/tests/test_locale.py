"""Names that are not ASCII, on a system whose locale knows nothing else: systemd, cron and containers have none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from scripts import ENVIRONMENT, Script
from serving import COMMAND, EVENT_SECONDS, ROOT, START_SECONDS, Server
from wire import Connection

from waitress import create_server

if TYPE_CHECKING:
    from pathlib import Path

NAME = "grüße-日本"
MODULE = "größe"

#: What stands for the variables of the locale.
LOCALES = {
    "none": {"LANG": "", "LC_CTYPE": "", "LC_ALL": ""},
    "C": {"LANG": "C", "LC_CTYPE": "", "LC_ALL": ""},
    "all C": {"LANG": "de_DE.UTF-8", "LC_CTYPE": "", "LC_ALL": "C"},
    "POSIX": {"LANG": "", "LC_CTYPE": "", "LC_ALL": "POSIX"},
    "not installed": {"LANG": "xx_XX.UTF-8", "LC_CTYPE": "", "LC_ALL": ""},
}

APPLICATION = """\
import os
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr((os.environ.get("LC_ALL", ""), os.environ["LANG"], len(body))).encode()]
"""

SERVE = """\
import logging
logging.basicConfig(level=logging.INFO)
from waitress import serve
serve(__import__("größe").app, listen="127.0.0.1:0", access_log="zugriffe-ü.log")
"""

BODIES = [0, 100_000, 2_000_000]


@pytest.fixture
def folder(tmp_path: Path, jar: Path) -> Path:
    assert jar.exists()
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / "tmp").mkdir()
    (folder / f"{MODULE}.py").write_text(APPLICATION, encoding="utf-8")
    (folder / "skript-ö.py").write_text(SERVE, encoding="utf-8")
    return folder


@pytest.fixture(params=list(LOCALES.values()), ids=list(LOCALES))
def variables(request: pytest.FixtureRequest) -> dict[str, str]:
    return dict(request.param)


def check(server: Server, variables: dict[str, str]) -> None:
    """Bodies come through frames, shared memory and files; workers have the user's own locale."""
    for size in BODIES:
        answer = requests.post(server.url, data=b"x" * size, timeout=EVENT_SECONDS)
        assert answer.text == repr((variables["LC_ALL"], variables["LANG"], size))


def test_the_command_finds_everything(folder: Path, variables: dict[str, str]) -> None:
    """Module, working directory, temporary directory, virtual environment and log."""
    python = folder / "umgebung-ä"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(python)], check=True)
    options = ["--access-log=zugriffe-ü.log", f"--python={python}/bin/python"]
    environment = {"TMPDIR": str(folder / "tmp"), **variables}
    server = Server(f"{MODULE}:app", *options, environment=environment, folder=folder)
    try:
        check(server, variables)
        server.stop()
    finally:
        server.kill()
    assert (folder / "zugriffe-ü.log").read_text().count("POST") == len(BODIES)
    assert not list((folder / "tmp").iterdir())


def test_a_unix_socket_has_its_name(folder: Path, variables: dict[str, str]) -> None:
    path = folder / "söckel"
    server = Server(f"{MODULE}:app", f"--unix-socket={path}", environment=variables, folder=folder)
    try:
        server.wait_until_ready()
        with Connection(path) as connection:
            connection.ask("GET", "/")
            assert connection.head().status == requests.codes.ok
        server.stop()
    finally:
        server.kill()
    assert not path.exists()


def test_an_installation_may_lie_anywhere(folder: Path, variables: dict[str, str], jar: Path) -> None:
    """The jar, and the command beside it, in a folder of such a name."""
    shutil.copy(jar, folder / "server.jar")
    shutil.copytree(ROOT / "python" / "src" / "waitress", folder / "lib" / "waitress")
    shutil.copytree(ROOT / "python" / "src" / "waitress_worker", folder / "lib" / "waitress_worker")
    environment = {"WAITRESS_JAR": str(folder / "server.jar"), "PYTHONPATH": str(folder / "lib"), **variables}
    server = Installed(f"{MODULE}:app", environment=environment, folder=folder)
    try:
        check(server, variables)
        server.stop()
    finally:
        server.kill()


class Installed(Server):
    """The command of an installed package."""

    def command(self, application: str, *options: str) -> list[str]:
        return [sys.executable, "-m", "waitress", "--listen=127.0.0.1:0", *options, application]


def test_serve_finds_everything(folder: Path, variables: dict[str, str], jar: Path) -> None:
    assert jar.exists()
    environment = {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(folder), **variables}
    server = Script(folder / "skript-ö.py", **environment)
    try:
        check(server, {**variables, "LC_ALL": variables["LC_ALL"]})
        server.stop()
    finally:
        server.kill()
        (ROOT / "zugriffe-ü.log").unlink(missing_ok=True)
    assert not list((folder / "tmp").iterdir())


class TestServe:
    """``serve()`` refuses in one line what would be another file."""

    @pytest.mark.parametrize("setting", ["unix_socket", "access_log", "ident"])
    def test_a_name_that_is_no_text(self, tmp_path: Path, jar: Path, setting: str) -> None:
        assert jar.exists()
        with pytest.raises(ValueError, match=rf"^{setting}: must be text that UTF-8 can express, got '.*\\udcff'$"):
            create_server(nothing, **{"listen": "127.0.0.1:0", setting: f"{tmp_path}/\udcff"})
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("setting", ["unix_socket", "access_log"])
    def test_a_name_that_the_locale_of_java_cannot_express(
        self, tmp_path: Path, jar: Path, setting: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """That of another character set, which is left to it: here it stands for one."""
        assert jar.exists()
        monkeypatch.setattr("waitress.java._AS_UTF_8", ())
        monkeypatch.setenv("LC_ALL", "C")
        with pytest.raises(ValueError, match=r"\(a name that this locale cannot express: set LC_ALL=C.UTF-8\)$"):
            create_server(nothing, **{setting: f"{tmp_path}/ü"})
        assert not list(tmp_path.iterdir())


def nothing(environ: object, start_response: object) -> list[bytes]:
    """Is never asked."""
    raise NotImplementedError


def test_a_name_that_is_no_text_is_refused_in_a_line(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 cannot be Java's text: no stack trace, and no other file."""
    name = os.fsencode(tmp_path) + b"/\xff.ini"
    ran = subprocess.run(
        [os.fsencode(COMMAND), b"--paste=" + name],
        env={**os.environ, **ENVIRONMENT, "LC_ALL": "C"},
        capture_output=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"Error: ")
    assert ran.stderr.count(b"\n") == 1
    assert not list(tmp_path.iterdir())
