"""Request bodies, from wherever the front has put them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from waitress_worker.input import Bodies

if TYPE_CHECKING:
    from pathlib import Path

    from waitress_worker.input import Body


@pytest.fixture(name="bodies")
def make_bodies(tmp_path: Path) -> Bodies:
    slots = tmp_path / "slots"
    slots.write_bytes(b"aaaabbbbcccc")
    return Bodies(str(slots), 4)


@pytest.mark.parametrize(
    ("body", "content"),
    [(None, b""), (b"inline", b"inline"), ((0, 4), b"aaaa"), ((1, 3), b"bbb"), ((2, 1), b"c")],
)
def test_a_body_is_read_from_where_it_lies(bodies: Bodies, body: Body, content: bytes) -> None:
    with bodies.open(body) as stream:
        assert stream.read() == content


def test_a_body_in_a_file_is_read_from_there(bodies: Bodies, tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"spooled")
    with bodies.open(str(tmp_path / "spool")) as stream:
        (tmp_path / "spool").unlink()
        assert stream.read() == b"spooled"


def test_a_body_that_followed_its_frame_is_a_stream_already(bodies: Bodies) -> None:
    stream = io.BytesIO(b"raw")
    assert bodies.open(stream) is stream


def test_slots_may_lose_their_name(bodies: Bodies, tmp_path: Path) -> None:
    (tmp_path / "slots").unlink()
    assert bodies.open((1, 4)).read() == b"bbbb"


def test_slots_that_are_not_there_fail_those_who_need_them(tmp_path: Path) -> None:
    bodies = Bodies(str(tmp_path / "none"), 4)
    assert bodies.open(b"inline").read() == b"inline"
    with pytest.raises(FileNotFoundError):
        bodies.open((0, 1))


def test_a_body_outlives_its_slot(bodies: Bodies, tmp_path: Path) -> None:
    stream = bodies.open((1, 4))
    with (tmp_path / "slots").open("r+b") as slots:
        slots.write(b"xxxxxxxxxxxx")
    assert stream.read() == b"bbbb"
