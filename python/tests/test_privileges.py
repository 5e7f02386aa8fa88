"""Programs that begin as root and give up their rights."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import requests
from conftest import serving
from performers import APPS
from scripts import PREAMBLE, Script
from serving import EVENT_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can change the user")

NOBODY = 65534


def test_a_front_that_keeps_the_rights_of_root_is_refused(tmp_path: Path, jar: Path) -> None:
    """In one sentence, which says what to do; nothing is left running."""
    assert jar.exists()
    path = tmp_path / "script.py"
    path.write_text(f"{PREAMBLE}server = create_server(app, listen='127.0.0.1:0')\nos.setuid({NOBODY})\nserver.run()\n")
    script = Script(path, TMPDIR=str(tmp_path))
    try:
        script.wait_for(r"PermissionError: the user was changed .* create_server\(app, sockets=\[socket\]\)$")
        assert script.process.wait(30) == 1
        assert not script.survivors()
    finally:
        script.kill()


def test_an_application_that_gives_them_up_reads_what_lies_in_memory(tmp_path: Path) -> None:
    """Bodies in files are the front's: one sentence says so; the rest goes on, files of the application too."""
    page = tmp_path / "page"
    page.write_bytes(b"p" * 300_000)
    variables = {"PYTHONPATH": str(APPS), "USER_ID": str(NOBODY), "PAGE": str(page)}
    with serving(tmp_path, "demoted:app", "--threads=1", "--inbuf-overflow=600000", **variables) as server:
        sizes = [10, 100_000, 599_999]
        for user in (0, NOBODY):
            for size in sizes:
                answer = requests.post(server.url, data=b"x" * size, timeout=EVENT_SECONDS)
                assert answer.text == f"{user} {size}"
            assert requests.get(server.url + "page", timeout=EVENT_SECONDS).content == page.read_bytes()
            requests.get(server.url + "demote", timeout=EVENT_SECONDS)
        answer = requests.post(server.url, data=b"x" * 600_000, timeout=EVENT_SECONDS)
        assert answer.status_code == requests.codes.server_error
        server.wait_for(r"^PermissionError: .* given up its user after its start .* raise inbuf_overflow$")
        assert requests.post(server.url, data=b"x", timeout=EVENT_SECONDS).text == f"{NOBODY} 1"
