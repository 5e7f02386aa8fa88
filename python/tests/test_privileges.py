"""Programs that begin as root and give up their rights."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from scripts import PREAMBLE, Script

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
