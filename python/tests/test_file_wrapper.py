"""Files as answers, by ``wsgi.file_wrapper``, over the wire."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from performers import KINDS, Kind, Performer, performing, script
from procfs import has_open, most_resident, on_linux, processes, resident

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wire import Answer

SIZE = 10_000
CONTENT = random.Random(5).randbytes(SIZE)
BLOCK = 3000
MIB = 1 << 20
LARGE = 300 * MIB
BEYOND_INT = (1 << 31) + 4097
GROWTH = 64 * MIB

FILE_KINDS = [kind for kind in KINDS if kind.language == "python"]
in_every_binding = pytest.mark.parametrize("performer", FILE_KINDS, indirect=True, ids=str)

# Position, Content-Length of the application; Content-Length of the answer.
SEEKABLE = [
    (0, None, 10_000),
    (9_990, None, 10),
    (7, None, 9_993),
    (0, 10_000, 10_000),
    (7, 5, 5),
    (0, 1, 1),
    (0, 20_000, 10_000),
    (9_990, 11, 10),
    (0, 0, 0),
    (10_000, None, 0),
    (10_000, 5, 0),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file that is sent."""
    made = tmp_path_factory.mktemp("files") / "sent"
    made.write_bytes(CONTENT)
    return made


@pytest.fixture
def quiet(performer: Performer) -> Iterator[Performer]:
    """Check that the performer logs nothing meanwhile, but what it says itself."""
    seen = len(performer.server.lines)
    yield performer
    lines = [line for line in performer.server.lines[seen:] if line.startswith(("WARNING", "ERROR"))]
    # What an earlier test has asked for, a body for 204 or 304, may be logged only now.
    assert not [line for line in lines if "may not contain a message-body" not in line]


def steps(source: str, path: Path, *, position: int = 0, length: int | None = None, before: str = "") -> str:
    """Write the steps that return a wrapped file."""
    stated = "" if length is None else f"header=Content-Length:{length}; "
    return f"{stated}start=200 OK; {before}file={source},{path},{position},{BLOCK}"


def sent(answer: Answer) -> tuple[str, bytes, bool]:
    """What matters of an answer with a long body."""
    return answer.framing, answer.body, answer.lives


@in_every_binding
class TestSeekableFile:
    """Its size is known: bytes from the current position to the end."""

    @pytest.mark.parametrize("source", ["disk", "memory"])
    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    @pytest.mark.parametrize("row", SEEKABLE, ids=str)
    def test_has_its_length(
        self, quiet: Performer, path: Path, source: str, version: str, row: tuple[int, int | None, int]
    ) -> None:
        """One that the application states may be smaller; a larger one is put right."""
        position, length, expected = row
        performance = steps(source, path, position=position, length=length)
        answer = quiet.perform(performance, "Connection: keep-alive", version=version)
        assert sent(answer) == (f"length {expected}", CONTENT[position : position + expected], True)

    @pytest.mark.parametrize("source", ["disk", "memory"])
    def test_is_sent_again_and_again_on_one_connection(self, quiet: Performer, path: Path, source: str) -> None:
        with quiet.connect() as connection:
            for _ in range(3):
                connection.ask("GET", script(steps(source, path)))
            for _ in range(3):
                assert connection.body(connection.head()) == CONTENT

    @pytest.mark.parametrize("source", ["disk", "memory"])
    def test_to_head_is_its_length(self, quiet: Performer, path: Path, source: str) -> None:
        assert str(quiet.perform(steps(source, path), method="HEAD")) == f"200 of {SIZE} [] open"
        assert str(quiet.perform(steps(source, path, length=5), method="HEAD")) == "200 of 5 [] open"

    @pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
    @pytest.mark.parametrize("source", ["disk", "memory"])
    def test_is_not_sent_where_no_body_belongs(
        self, performer: Performer, path: Path, source: str, status: str
    ) -> None:
        answer = performer.perform(steps(source, path).replace("200 OK", status))
        assert answer.blocks == []
        assert answer.lives

    @pytest.mark.parametrize("source", ["disk", "memory"])
    def test_follows_what_was_written(self, quiet: Performer, path: Path, source: str) -> None:
        """In the framing that the head has announced."""
        answer = quiet.perform(steps(source, path, before="write=abc; "))
        assert sent(answer) == ("chunked", b"abc" + CONTENT, True)
        answer = quiet.perform(steps(source, path, length=SIZE + 3, before="write=abc; "))
        assert sent(answer) == (f"length {SIZE + 3}", b"abc" + CONTENT, True)
        answer = quiet.perform(steps(source, path, before="write=abc; "), version="1.0")
        assert sent(answer) == ("until close", b"abc" + CONTENT, False)

    def test_needs_a_head(self, performer: Performer, path: Path) -> None:
        seen = len(performer.server.lines)
        assert performer.perform(f"file=disk,{path},0,{BLOCK}").head.status == 500
        performer.server.wait_for("start_response was not called before body written", since=seen)

    @on_linux
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_is_closed(self, performer: Performer, path: Path, method: str) -> None:
        assert performer.perform(steps("disk", path), method=method).head.status == 200
        self.wait_until_closed(performer, path)

    @on_linux
    def test_is_closed_when_the_client_leaves(self, performer: Performer, tmp_path: Path) -> None:
        large = tmp_path / "large"
        with large.open("wb") as file:
            file.truncate(LARGE)
        with performer.connect() as connection:
            connection.ask("GET", script(steps("disk", large)))
            assert connection.head().one("Content-Length") == str(LARGE)
            assert connection.exactly(1000)
        self.wait_until_closed(performer, large)

    @staticmethod
    def wait_until_closed(performer: Performer, path: Path) -> None:
        """Each answer is a turn of the loop in which the server may take notice."""
        for _ in range(1000):
            if not any(has_open(pid, path) for pid in processes(performer.server)):
                return
            assert performer.perform("start=200 OK; list").head.status == 200
        pytest.fail(f"{path} is still open")


@in_every_binding
class TestStream:
    """A file whose size cannot be told is an iterable as any other."""

    SURPLUS = r"WARNING:waitress:application-written content exceeded .* Content-Length header \(%d\)$"
    SHORT = r"WARNING:waitress:application returned too few bytes \(%d\) for specified Content-Length \(%d\)"

    def test_is_read_in_blocks(self, performer: Performer, path: Path) -> None:
        seen = len(performer.server.lines)
        answer = performer.perform(steps("stream", path))
        assert [len(block) for block in answer.blocks] == [BLOCK, BLOCK, BLOCK, SIZE - 3 * BLOCK]
        assert sent(answer) == ("chunked", CONTENT, True)
        performer.server.wait_for(f"closed {path}$", since=seen)
        assert "".join(performer.server.lines[seen:]).count(f"closed {path}") == 1

    def test_to_an_old_client_ends_by_closing(self, performer: Performer, path: Path) -> None:
        answer = performer.perform(steps("stream", path), "Connection: keep-alive", version="1.0")
        assert sent(answer) == ("until close", CONTENT, False)

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_may_have_a_length(self, performer: Performer, path: Path, version: str) -> None:
        seen = len(performer.server.lines)

        def ask(length: int) -> tuple[str, bytes, bool]:
            performance = steps("stream", path, length=length)
            return sent(performer.perform(performance, "Connection: keep-alive", version=version))

        assert ask(SIZE) == (f"length {SIZE}", CONTENT, True)
        assert ask(SIZE - 1) == (f"length {SIZE - 1}", CONTENT[:-1], True)
        performer.server.wait_for(self.SURPLUS % (SIZE - 1), since=seen)
        assert ask(SIZE + 1) == (f"length {SIZE + 1}", CONTENT, False)
        performer.server.wait_for(self.SHORT % (SIZE, SIZE + 1), since=seen)


@on_linux
class TestLargeFile:
    """Goes from the disk to the client without a stop in between."""

    @pytest.mark.parametrize("size", [LARGE, pytest.param(BEYOND_INT, marks=pytest.mark.soak)])
    @pytest.mark.parametrize("kind", FILE_KINDS, ids=str)
    def test_takes_no_memory(self, tmp_path: Path, kind: Kind, size: int) -> None:
        large = tmp_path / "large"
        with large.open("wb") as file:
            file.truncate(size)
            file.seek(size - 3)
            file.write(b"end")
        with performing(kind, tmp_path) as performer, performer.connect() as connection:
            assert performer.perform("start=200 OK; list").head.status == 200
            before = {pid: resident(pid) for pid in processes(performer.server)}
            connection.ask("GET", script(steps("disk", large)))
            assert connection.head().one("Content-Length") == str(size)
            left = size - 3
            while left:
                left -= len(connection.exactly(min(left, MIB)))
            assert connection.exactly(3) == b"end"
            assert connection.lives()
            for pid, idle in before.items():
                assert most_resident(pid) - idle < GROWTH

    @in_every_binding
    def test_that_shrinks_meanwhile_cuts_the_connection(self, performer: Performer, tmp_path: Path) -> None:
        """No other bytes can stand for those that are gone; the next client is served."""
        seen = len(performer.server.lines)
        large = tmp_path / "large"
        with large.open("wb") as file:
            file.truncate(LARGE)
        with performer.connect() as connection:
            connection.ask("GET", script(steps("disk", large)))
            assert connection.head().status == 200
            os.truncate(large, MIB)
            with pytest.raises((AssertionError, ConnectionResetError)):
                connection.exactly(LARGE)
        performer.server.wait_for("^ERROR", since=seen)
        assert performer.perform("start=200 OK; list; item=fine").body == b"fine"
