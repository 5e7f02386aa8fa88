"""``wsgi.file_wrapper``: what it looks like to the application, and when a file can be handed to the front."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from waitress_worker.files import FileWrapper, Place, find_place, is_seekable, size_left

if TYPE_CHECKING:
    from pathlib import Path


class ReadOnly:
    """The least that a file needs."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = list(blocks)
        self.asked: list[int] = []

    def read(self, size: int) -> bytes:
        self.asked.append(size)
        return self.blocks.pop(0) if self.blocks else b""


class OldStyle(ReadOnly):
    """A file from before ``seekable()``."""

    def seek(self, _offset: int, _whence: int = 0) -> None: ...

    def tell(self) -> int:
        return 0


class TestWrapper:
    def test_reads_blocks_of_the_size_until_one_is_empty(self) -> None:
        file = ReadOnly(b"a", b"bc")
        assert list(FileWrapper(file, 3000)) == [b"a", b"bc"]
        assert file.asked == [3000, 3000, 3000]

    def test_reads_32_kib_unless_told(self) -> None:
        file = ReadOnly()
        assert list(FileWrapper(file)) == []
        assert file.asked == [32768]

    def test_always_has_close(self) -> None:
        FileWrapper(ReadOnly()).close()
        file = io.BytesIO()
        FileWrapper(file).close()
        assert file.closed

    def test_has_the_positioning_of_a_seekable_file_only(self) -> None:
        seekable = FileWrapper(io.BytesIO(b"ab"))
        assert (seekable.seek(1), seekable.tell(), seekable.seekable()) == (1, 1, True)
        assert not hasattr(FileWrapper(ReadOnly()), "tell")
        assert not hasattr(FileWrapper(OldStyle()), "seekable")

    def test_is_true_and_has_no_read(self) -> None:
        assert FileWrapper(io.BytesIO())
        assert not hasattr(FileWrapper(io.BytesIO()), "read")


def test_a_file_is_seekable_if_it_says_so_or_has_the_means() -> None:
    assert is_seekable(io.BytesIO())
    assert is_seekable(OldStyle())
    assert not is_seekable(ReadOnly())
    reader, writer = os.pipe()
    with open(reader, "rb") as pipe, open(writer, "wb"):
        assert not is_seekable(pipe)


@pytest.mark.parametrize(("position", "left"), [(0, 10), (9, 1), (10, 0), (11, 0)])
def test_the_size_left_counts_from_the_position(position: int, left: int) -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(position)
    assert size_left(file) == left
    assert file.tell() == position


class TestPlace:
    @pytest.mark.parametrize("buffering", [-1, 0])
    def test_is_the_path_of_a_regular_file(self, tmp_path: Path, buffering: int) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"0123456789")
        with path.open("rb", buffering=buffering) as file:
            file.seek(3)
            assert find_place(file, by_descriptor=False) == Place(str(path), 3)

    def test_is_the_descriptor_where_the_front_can_open_that(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(b"0123456789")
            file.seek(3)
            place = find_place(file, by_descriptor=True)
            assert place == Place(f"/proc/{os.getpid()}/fd/{file.fileno()}", 3)

    def test_holds_what_was_written_and_not_flushed(self, tmp_path: Path) -> None:
        with (tmp_path / "file").open("w+b") as file:
            file.write(b"0123456789")
            place = find_place(file, by_descriptor=False)
            assert place is not None
            assert (tmp_path / "file").read_bytes() == b"0123456789"

    def test_sees_through_a_named_temporary_file(self) -> None:
        with tempfile.NamedTemporaryFile() as file:
            assert find_place(file, by_descriptor=False) == Place(file.name, 0)

    def test_is_not_a_path_that_names_another_file_by_now(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(b"old")
        with path.open("rb") as file:
            path.rename(tmp_path / "moved")
            assert find_place(file, by_descriptor=False) is None
            path.write_bytes(b"new")
            assert find_place(file, by_descriptor=False) is None

    def test_does_not_exist_for_what_is_no_plain_file(self, tmp_path: Path) -> None:
        path = tmp_path / "file.gz"
        with gzip.open(path, "wb") as file:
            file.write(b"0123456789")
        with gzip.open(path, "rb") as packed, path.open("r", encoding="ascii") as text:
            assert find_place(packed, by_descriptor=True) is None
            assert find_place(io.BufferedReader(io.BytesIO(b"x")), by_descriptor=True) is None
            assert find_place(text, by_descriptor=True) is None
        reader, writer = os.pipe()
        with open(reader, "rb") as pipe, open(writer, "wb"):
            assert find_place(pipe, by_descriptor=True) is None
