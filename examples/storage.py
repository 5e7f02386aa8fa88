"""What both notice boards keep, notes and files, in a folder that several workers can share.

``BOARD_FOLDER`` names the folder and ``BOARD_SECRET`` the key that signs sessions. Left out, each
process has its own of both, gone when it ends: right for one worker, wrong for more.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE_BYTES = 65_536
MAX_UPLOAD_BYTES = 1 << 30
MAX_NOTE_CHARACTERS = 2_000
SLOW_SECONDS_AT_MOST = 60.0
# Everybody can read these: a demonstration. A real board keeps hashes, and not in its source.
MEMBERS = {"ada": "lovelace", "grace": "hopper"}


def _folder() -> Path:
    named = os.environ.get("BOARD_FOLDER")
    if named:
        return Path(named)
    own = tempfile.mkdtemp(prefix="board-")
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return Path(own)


SECRET = os.environ.get("BOARD_SECRET") or secrets.token_hex()
FOLDER = _folder()
FILES = FOLDER / "files"
INCOMING = FOLDER / "incoming"
NOTES = FOLDER / "notes.jsonl"
STYLE = Path(__file__).parent / "templates" / "style.css"
FILES.mkdir(parents=True, exist_ok=True)
INCOMING.mkdir(exist_ok=True)


class Note(NamedTuple):
    """One message on the board."""

    author: str
    text: str


class Kept(NamedTuple):
    """A file that arrived whole."""

    name: str
    size: int
    sha256: str


def is_member(name: str, password: str) -> bool:
    """Check a password, in the same time whoever asks."""
    right = hmac.compare_digest(MEMBERS.get(name, "").encode(), password.encode())
    return right and name in MEMBERS


def add_note(author: str, text: str) -> None:
    """Append a line in one write, so that lines of several processes never mix."""
    line = json.dumps(Note(author, text[:MAX_NOTE_CHARACTERS])) + "\n"
    descriptor = os.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def notes() -> list[Note]:
    """All notes, the latest first."""
    if not NOTES.exists():
        return []
    return [Note(*json.loads(line)) for line in reversed(NOTES.read_text().splitlines())]


def keep(name: str, pieces: Iterable[bytes]) -> Kept:
    """Store a file; it shows under its name only once it is complete."""
    name = safe_name(name)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=INCOMING) as arriving:
        for piece in pieces:
            digest.update(piece)
            arriving.write(piece)
        size = arriving.tell()
        arriving.flush()
        _link(Path(arriving.name), FILES / name)
    return Kept(name, size, digest.hexdigest())


def _link(source: Path, target: Path) -> None:
    """Give a file a second name, in place of whatever had it."""
    step = source.with_suffix(".complete")
    step.hardlink_to(source)
    step.replace(target)


def safe_name(name: str) -> str:
    """Keep what cannot lead out of the folder nor hide in it."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w.-]", "_", last).lstrip(".")[:100] or "unnamed"


def names() -> list[str]:
    """Names of the files that are there."""
    return sorted(path.name for path in FILES.iterdir())


def find(name: str) -> Path | None:
    """Where a file is, if the name is one that we gave."""
    path = FILES / name
    return path if name == safe_name(name) and path.is_file() else None


def pieces_of(path: Path) -> Iterator[bytes]:
    """Read a file bit by bit: the server takes the next piece when it has room for it."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def failing_pieces(count: int) -> Iterator[bytes]:
    """Fail when part of the answer has left, which only a cut connection can tell the client."""
    for number in range(count):
        yield b"piece %d\n" % number
    message = f"the board fell down after {count} pieces"
    raise RuntimeError(message)
