"""The memory that a worker shares with the front."""

from __future__ import annotations

import os
from threading import Lock

import pytest

from waitress_worker.arena import Arena

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no memory files")


@pytest.fixture(name="arena")
def make_arena() -> Arena:
    arena = Arena.create(Lock())
    assert arena is not None
    return arena


def test_the_front_finds_a_block_in_its_slot(arena: Arena) -> None:
    block = os.urandom(100_000)
    path, first, _slots, size = arena.describe()
    assert arena.put(memoryview(b"other")) == (0, 5)
    assert arena.put(memoryview(block)) == (1, 100_000)
    with open(path, "rb") as file:
        file.seek(first + size)
        assert file.read(len(block)) == block


def test_a_block_takes_up_as_many_slots_as_it_needs(arena: Arena) -> None:
    size = arena.describe()[3]
    assert arena.put(memoryview(bytes(size))) == (0, size)
    assert arena.put(memoryview(bytes(size + 1))) == (1, size + 1)
    assert arena.put(memoryview(bytes(2 * size))) == (3, 2 * size)
    assert arena.put(memoryview(bytes(2 * size + 1))) == (5, 2 * size)
    assert arena.put(memoryview(b"x")) == (7, 1)


def test_a_block_takes_up_what_is_free_in_a_row(arena: Arena) -> None:
    path, _first, slots, size = arena.describe()
    for _ in range(slots):
        assert arena.put(memoryview(b"x")) is not None
    with open(path, "r+b") as file:
        for free in (1, 3, 5, 6, 7):
            file.seek(free)
            file.write(b"\0")
    large = memoryview(bytes(4 * size))
    assert [arena.put(large) for _ in range(5)] == [(5, 2 * size), (1, size), (3, size), (7, size), None]


def test_slots_are_taken_until_the_front_frees_them(arena: Arena) -> None:
    path, _first, slots, _size = arena.describe()
    assert [arena.put(memoryview(b"x")) for _ in range(slots)] == [(slot, 1) for slot in range(slots)]
    assert arena.put(memoryview(b"x")) is None
    with open(path, "r+b") as file:
        file.seek(3)
        file.write(b"\0")
    assert arena.put(memoryview(b"x")) == (3, 1)
    assert arena.put(memoryview(b"x")) is None


def test_there_is_none_where_the_system_has_no_such_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    assert Arena.create(Lock()) is None


def test_there_is_no_room_where_memory_is_short(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: int) -> None:
        raise OSError

    assert arena.put(memoryview(b"x")) == (0, 1)
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    assert arena.put(memoryview(b"x")) is None
    size = arena.describe()[3]
    with open(arena.describe()[0], "r+b") as file:
        file.write(b"\0")
    assert arena.put(memoryview(bytes(2 * size))) == (0, size), "of what has its memory already"
    monkeypatch.undo()
    assert arena.put(memoryview(b"x")) == (1, 1)


def test_there_is_none_where_there_is_no_memory_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: int) -> None:
        raise OSError

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    assert Arena.create(Lock()) is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_it_takes_up_what_was_used_at_the_same_time(arena: Arena) -> None:
    path, first, _slots, size = arena.describe()
    for _ in range(5):
        arena.put(memoryview(b"x"))
        with open(path, "r+b") as file:
            file.write(b"\0")
    assert os.stat(path).st_blocks * 512 == first + size
