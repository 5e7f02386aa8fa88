"""The ring in which a worker lays the bodies of whole answers."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import pytest

from waitress_worker.ring import Ring

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no memory files")


class Front:
    """What the front reads and writes."""

    def __init__(self, ring: Ring) -> None:
        path, self.first, self.bytes = ring.describe()
        self.file = open(path, "r+b", buffering=0)  # noqa: SIM115 -- closed with the fixture
        self.freed = 0

    def know(self) -> None:
        os.pwrite(self.file.fileno(), b"\1", 4)

    def free(self, count: int) -> None:
        self.freed = (self.freed + count) % 2**32
        os.pwrite(self.file.fileno(), struct.pack("<I", self.freed), 0)

    def read(self, start: int, count: int) -> bytes:
        return os.pread(self.file.fileno(), count, self.first + start)


@pytest.fixture(name="ring")
def make_ring() -> Iterator[Ring]:
    ring = Ring.create()
    assert ring is not None
    yield ring
    ring.close()


@pytest.fixture(name="front")
def make_front(ring: Ring) -> Iterator[Front]:
    front = Front(ring)
    with front.file:
        front.know()
        yield front


def test_takes_nothing_before_the_front_knows_it(ring: Ring) -> None:
    front = Front(ring)
    with front.file:
        assert ring.lay(b"x") is None
        front.know()
        assert ring.lay(b"x") == 0


def test_the_front_finds_the_bodies_one_behind_the_other(ring: Ring, front: Front) -> None:
    bodies = [os.urandom(size) for size in (10_000, 1, 60_000)]
    starts = [ring.lay(body) for body in bodies]
    assert starts == [0, 10_000, 10_001]
    assert [front.read(start or 0, len(body)) for start, body in zip(starts, bodies)] == bodies


def test_is_full_until_the_front_frees_some(ring: Ring, front: Front) -> None:
    half = bytes(front.bytes // 2)
    assert [ring.lay(half), ring.lay(half), ring.lay(b"x")] == [0, len(half), None]
    front.free(len(half) - 1)
    assert ring.lay(half) is None
    front.free(1)
    assert ring.lay(half) == 0
    assert ring.lay(b"x") is None


@pytest.mark.parametrize("free", [-1, 0, 1])
def test_a_body_lies_in_one_piece(ring: Ring, front: Front, free: int) -> None:
    assert ring.lay(bytes(front.bytes - 100)) == 0
    front.free(200 + free)
    # The hundred bytes behind the first body are a gap then, which takes up room as well.
    assert ring.lay(bytes(300)) is None
    front.free(100)
    assert ring.lay(bytes(300)) == (0 if free >= 0 else None)


def test_the_numbers_may_go_round(ring: Ring, front: Front) -> None:
    body = bytes(60_000)
    gap = front.bytes % len(body)
    for _ in range(2**32 // front.bytes + 2):
        for turn in range(front.bytes // len(body)):
            assert ring.lay(body) == turn * len(body)
            front.free(len(body) + (gap if turn == 0 and front.freed else 0))
    assert front.freed < 2**32
