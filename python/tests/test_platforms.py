"""Every Python that is found on this machine, and the transport of systems without Unix sockets.

The first is not part of the usual run, because it takes long: ``python3 python/check.py -m matrix``. With
``WAITRESS_WRITE_PLATFORMS=1`` it writes the table of ``docs/platforms.md``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from scripts import PREAMBLE, Script
from serving import ROOT, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("jar")

#: Front and workers speak over loopback TCP, as on Windows.
OVER_TCP = {"WAITRESS_JAVA_OPTS": "-Dwaitress.worker.transport=tcp"}

NAMES = [*(f"python3.{minor}" for minor in range(6, 15)), "pypy3"]
TELL = "import platform as p, sys; sys.stdout.write('{} {}'.format(p.python_implementation(), p.python_version()))"
WAYS = ["waitress-serve", "serve()", "serve(workers=2)"]

APPLICATION = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode(), environ["wsgi.input"].read()]

"""


def find(name: str) -> str | None:
    """Find an interpreter on the PATH, or among those of pyenv, whose links on the PATH may lead nowhere."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [str(path) for path in folder.glob(f"*/bin/{name}")] + [shutil.which(name)]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "-c", TELL], capture_output=True, check=False).returncode == 0:
            return candidate
    return None


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, list[str]]]:
    """Collect what was tried; at the end write the table of the documentation, if that is wanted."""
    rows: dict[str, list[str]] = {}
    yield rows
    if os.environ.get("WAITRESS_WRITE_PLATFORMS"):
        write(rows)


def write(rows: dict[str, list[str]]) -> None:
    page = ROOT / "docs" / "platforms.md"
    head = page.read_text(encoding="utf-8").split("| Python |")[0]
    lines = ["| Python | " + " | ".join(f"`{way}`" for way in WAYS) + " |", "| --- |" + " --- |" * len(WAYS)]
    lines += [f"| {python} | " + " | ".join(works) + " |" for python, works in rows.items()]
    page.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


def check(server: Server) -> None:
    """A page, a large upload and its echo, a quiet end."""
    body = bytes(range(256)) * 4096
    assert requests.get(server.url, timeout=20).content == b"GET"
    assert requests.post(server.url, data=body, timeout=20).content == b"POST" + body
    server.stop(signal.SIGINT, whole_group=True)
    assert "Traceback" not in server.log


class Command(Server):
    """``waitress-serve`` with workers on some Python."""

    def command(self, application: str, *options: str) -> list[str]:
        """Build the command line; ``Server`` would name the Python of the tests."""
        return [str(ROOT / "waitress-serve"), "--listen=127.0.0.1:0", *options, application]


@pytest.mark.parametrize("more", ["", ", workers=2"], ids=["serve", "serve with workers"])
def test_serves_over_tcp_in_the_calling_process(tmp_path: Path, more: str) -> None:
    path = tmp_path / "serving.py"
    text = f"""
server = create_server(app, listen="127.0.0.1:0"{more})
assert server._front.address.startswith("tcp:"), server._front.address
server.print_listen("Serving on http://{{}}:{{}}")
server.run()
"""
    path.write_text(PREAMBLE + APPLICATION + text)
    script = Script(path, **OVER_TCP)
    check(script)


def test_serves_over_tcp_in_workers(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(APPLICATION)
    python = f"--python={sys.executable}"
    check(Command("some:app", python, "--workers=2", environment={**OVER_TCP, "PYTHONPATH": str(tmp_path)}))


@pytest.mark.matrix
@pytest.mark.parametrize("name", NAMES)
def test_serves_on(name: str, tmp_path: Path, outcomes: dict[str, list[str]]) -> None:
    python = find(name)
    if python is None:
        pytest.skip(f"there is no {name} on this machine")
    version = subprocess.run([python, "-c", TELL], capture_output=True, text=True, check=True).stdout
    (tmp_path / "some.py").write_text(APPLICATION)
    check(Command("some:app", f"--python={python}", environment={"PYTHONPATH": str(tmp_path)}))
    for number, more in enumerate(["", ", workers=2"]):
        path = tmp_path / f"serving{number}.py"
        path.write_text(PREAMBLE + APPLICATION + f"serve(app, listen='127.0.0.1:0'{more})\n")
        check(Script(path, python=python))
    outcomes[version] = ["yes"] * len(WAYS)
