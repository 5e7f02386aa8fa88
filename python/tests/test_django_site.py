"""``examples/django_site``: a Django project with static files, by ``waitress-serve`` and by a command of its own."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from scripts import Program
from serving import COMMAND, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("django")
pytest.importorskip("whitenoise")

SITE = ROOT / "examples" / "django_site"
STYLE = SITE / "menu" / "static" / "menu" / "style.css"

WAYS = {
    "waitress-serve": [COMMAND, f"--python={sys.executable}", "--listen=127.0.0.1:0", "project.wsgi:application"],
    "manage.py serve": [sys.executable, "manage.py", "serve", "--port=0"],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the site and collect its static files, as a deployment does."""
    folder = tmp_path_factory.mktemp("deployed") / "site"
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("__pycache__", "collected"))
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=folder, check=True)
    return folder


@pytest.fixture(params=list(WAYS))
def served(request: pytest.FixtureRequest, site: Path, jar: Path) -> Iterator[Program]:
    """Serve it in each way."""
    assert jar.exists()
    program = Program(site, *WAYS[request.param])
    yield program
    program.kill()


def style_of(program: Program) -> str:
    """Find the address of the style sheet on the page."""
    page = requests.get(program.url, timeout=10)
    assert page.status_code == requests.codes.ok
    assert "<dt>Lentil soup</dt><dd>6 €</dd>" in page.text
    found = re.search(r'href="/(static/menu/style\.[0-9a-f]+\.css)"', page.text)
    assert found, page.text
    return program.url + found[1]


def test_has_a_page_with_a_style_sheet_that_browsers_keep(served: Program) -> None:
    url = style_of(served)
    style = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert style.content == STYLE.read_bytes()
    assert style.headers["Content-Type"].startswith("text/css")
    assert style.headers["Content-Length"] == str(len(style.content))
    assert "immutable" in style.headers["Cache-Control"]
    small = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=10)
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) < len(small.content)
    assert small.content == style.content
    for field, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = requests.get(url, headers={field: style.headers[value]}, timeout=10)
        assert (again.status_code, again.content) == (requests.codes.not_modified, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_ends_by_a_signal(served: Program, number: signal.Signals) -> None:
    """With status 0, nothing left and nothing said; Ctrl-C at a terminal reaches the whole group."""
    requests.get(served.url, timeout=10)
    served.stop(number, whole_group=number == signal.SIGINT)
    assert "Traceback" not in served.log


def test_its_own_command_takes_the_settings_of_the_site(site: Path, jar: Path) -> None:
    """``ident`` in WAITRESS; the page is answered by the process of the command."""
    assert jar.exists()
    program = Program(site, *WAYS["manage.py serve"])
    try:
        assert "Server" not in requests.get(program.url, timeout=10).headers
        program.stop()
    finally:
        program.kill()
