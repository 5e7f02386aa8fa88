"""Which release came last, and its files."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from comparison import releases
from comparison.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


class Repository:
    """A repository whose commits and tags are a day apart each."""

    def __init__(self, folder: Path) -> None:
        """Make it, with one commit."""
        self.folder = folder
        self._days = 1
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("first")

    def commit(self, text: str) -> None:
        """Commit a file that holds ``text``."""
        (self.folder / "file").write_text(text)
        self.git("add", "file")
        self.git("commit", "--quiet", "--message", text)

    def git(self, *arguments: str) -> None:
        """Run git on the next day."""
        self._days += 1
        names = {
            f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        date = {"GIT_COMMITTER_DATE": f"2026-01-{self._days:02}T00:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(
            ["git", "-C", str(self.folder), *arguments],  # noqa: S607
            env={**os.environ, **names, **date},
            check=True,
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Make a repository with one commit."""
    return Repository(tmp_path / "repository")


def test_there_is_none_without_a_tag(repository: Repository) -> None:
    """Before the first release."""
    assert releases.last(repository.folder) is None


def test_a_tag_that_is_no_ancestor_is_none(repository: Repository) -> None:
    """What was released from another branch is not what this commit changes."""
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit("elsewhere")
    repository.git("tag", "v9")
    repository.git("checkout", "--quiet", "main")
    repository.commit("here")
    assert releases.last(repository.folder) is None


def test_a_tag_of_another_kind_is_none(repository: Repository) -> None:
    """Releases are named v and a number."""
    repository.git("tag", "nightly")
    repository.commit("second")
    assert releases.last(repository.folder) is None


def test_is_the_newest_of_several(repository: Repository) -> None:
    """v0.10 came after v0.9, whatever the alphabet says; annotated or not."""
    repository.git("tag", "v0.9")
    repository.commit("second")
    repository.git("tag", "--annotate", "--message", "ten", "v0.10")
    repository.commit("third")
    assert releases.last(repository.folder) == "v0.10"


def test_is_the_one_before_where_a_release_is_made(repository: Repository) -> None:
    """A release compared with itself would say nothing."""
    repository.git("tag", "v1")
    repository.commit("second")
    repository.git("tag", "v2")
    assert releases.last(repository.folder) == "v1"


def test_checks_out_what_a_revision_held(repository: Repository, tmp_path: Path) -> None:
    """Once: the second call finds the folder, with all that was built in it."""
    repository.git("tag", "v1")
    repository.commit("second")
    folder = releases.checkout("v1", repository.folder, tmp_path / "under")
    (folder / "built").touch()
    assert (folder / "file").read_text() == "first"
    assert releases.checkout("main~1", repository.folder, tmp_path / "under") == folder
    assert (folder / "built").exists()


def test_says_that_a_revision_is_unknown(repository: Repository, tmp_path: Path) -> None:
    """In git's words."""
    with pytest.raises(UsageError, match="v7"):
        releases.checkout("v7", repository.folder, tmp_path)


def test_says_that_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive of the sources has none."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="not a git repository"):
        releases.last(tmp_path)
