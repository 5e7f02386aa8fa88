"""Earlier states of this repository: the last release, and a checkout of any commit."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from comparison.errors import UsageError
from comparison.paths import ROOT, TARGET

if TYPE_CHECKING:
    from pathlib import Path


def last(repository: Path = ROOT) -> str | None:
    """Return the newest tag ``v*`` that the current commit came after, or None.

    A tag at the current commit itself is the release that is being made: to be compared with the one before.
    """
    ancestors = ("--merged", "HEAD", "--no-contains", "HEAD")
    tags = _git(repository, "tag", "--list", "v*", *ancestors, "--sort=-creatordate").split()
    return tags[0] if tags else None


def checkout(revision: str, repository: Path = ROOT, under: Path = TARGET / "guard") -> Path:
    """Return a folder with the files of ``revision``: made once, so that it is built once."""
    commit = _git(repository, "rev-parse", "--verify", f"{revision}^{{commit}}")
    folder = under / commit[:12]
    if not (folder / ".git").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Not a worktree of this repository, which would remember it after target/ is gone.
        _git(repository, "clone", "--quiet", "--shared", "--no-checkout", str(repository), str(folder))
    _git(folder, "checkout", "--quiet", "--force", "--detach", commit)
    return folder


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        msg = f"cannot run git: {error}"
        raise UsageError(msg) from error
    if done.returncode != 0:
        msg = f"git {arguments[0]} {arguments[-1]}: {(done.stderr.strip().splitlines() or ['fails'])[-1]}"
        raise UsageError(msg)
    return done.stdout.strip()
