"""The server of this checkout."""

from __future__ import annotations

import subprocess

from comparison.paths import OURS


def built() -> str | None:
    """Have the script build what is older than its sources before a start is timed; say what fails."""
    done = subprocess.run([str(OURS), "--version"], capture_output=True, text=True, check=False)
    return f"./{OURS.name} fails: {done.stderr.strip()}" if done.returncode else None
