"""The server of this checkout."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from comparison.paths import OURS

if TYPE_CHECKING:
    from pathlib import Path


def built(script: Path = OURS) -> str | None:
    """Have the script build what is older than its sources before a start is timed; say what fails."""
    done = subprocess.run([str(script), "--version"], capture_output=True, text=True, check=False)
    shown = f"./{OURS.name}" if script == OURS else str(script)
    return f"{shown} fails: {done.stderr.strip()}" if done.returncode else None
