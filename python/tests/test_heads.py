"""Heads that the front knows by number."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from waitress_worker.heads import Heads
from waitress_worker.protocol import HEAD, MOST_HEADS

PAIR = ("X-Name", "value")


class Told:
    """What the front is told."""

    def __init__(self, times: int = 3) -> None:
        self.messages: list[Any] = []
        self.heads = Heads(threading.Lock(), times)

    def tell(self, message: Any) -> None:
        self.messages.append(message)

    def take(self, status: Any, headers: Any) -> Any:
        return self.heads.take(status, headers, self)  # type: ignore[arg-type]

    def make_known(self, status: str, headers: list[tuple[str, str]]) -> None:
        for _ in range(3):
            self.take(status, list(headers))


@pytest.fixture
def told() -> Told:
    return Told()


def test_get_a_number_at_the_third_time(told: Told) -> None:
    for _ in range(2):
        assert told.take("200 OK", [PAIR]) == (None, "200 OK", [PAIR], -1)
    assert told.messages == []
    assert told.take("200 OK", [PAIR]) == (None, "200 OK", [PAIR], -1)
    assert told.messages == [(HEAD, 0, "200 OK", [PAIR])]
    assert told.take("200 OK", [PAIR]) == (0, "200 OK", [PAIR], -1)
    assert told.take("200 OK", [("X-Name", "other")])[0] is None
    assert told.take("201 Created", [PAIR])[0] is None


def test_get_a_number_when_the_front_says() -> None:
    told = Told(1)
    assert told.take("200 OK", [PAIR])[0] is None
    assert told.take("200 OK", [PAIR])[0] == 0
    told = Told(0)
    told.make_known("200 OK", [PAIR])
    assert told.take("200 OK", [PAIR]) == (None, "200 OK", [PAIR], -1)
    assert told.messages == []


def test_keep_the_length_that_they_state(told: Told) -> None:
    told.make_known("200 OK", [("Content-Length", "12")])
    assert told.take("200 OK", [("Content-Length", "12")]) == (0, "200 OK", [("Content-Length", "12")], 12)


def test_are_not_changed_with_the_applications_list(told: Told) -> None:
    headers = [PAIR]
    for _ in range(4):
        told.take("200 OK", headers)
    headers[0] = ("X-Name", "bad\r\nX-More: x")
    assert told.take("200 OK", [PAIR])[2] == [PAIR]
    with pytest.raises(ValueError, match="carriage return"):
        told.take("200 OK", headers)


@pytest.mark.parametrize(
    ("status", "headers", "failure"),
    [
        ("200", [], ValueError),
        ("200 OK", [("Connection", "close")], AssertionError),
        ("200 OK", [("A", "b\n")], ValueError),
        (b"200 OK", [], AssertionError),
        ("200 OK", [("A", 5)], AssertionError),
    ],
)
def test_are_refused_each_time(told: Told, status: Any, headers: Any, failure: type[Exception]) -> None:
    for _ in range(5):
        with pytest.raises(failure):
            told.take(status, headers)
    assert told.messages == []


@pytest.mark.parametrize("headers", [[["A", "b"]], (("A", "b"),), iter([("A", "b")])])
def test_are_taken_in_other_forms_without_a_number(told: Told, headers: Any) -> None:
    assert told.take("200 OK", headers)[:3] == (None, "200 OK", [("A", "b")])


def test_have_so_many_numbers(told: Told) -> None:
    for number in range(MOST_HEADS + 1):
        told.make_known("200 OK", [("X-Number", str(number))])
    assert [message[1] for message in told.messages] == list(range(MOST_HEADS))
    assert told.take("200 OK", [("X-Number", str(MOST_HEADS - 1))])[0] == MOST_HEADS - 1
    assert told.take("200 OK", [("X-Number", str(MOST_HEADS))])[0] is None


@pytest.mark.parametrize(
    ("headers", "is_known"),
    [
        ([("A", "b")] * 32, True),
        ([("A", "b")] * 33, False),
        ([("A", "b" * 2047)], True),
        ([("A", "b" * 2048)], False),
    ],
)
def test_are_small(told: Told, headers: list[tuple[str, str]], is_known: bool) -> None:  # noqa: FBT001
    told.make_known("200 OK", headers)
    assert bool(told.messages) == is_known


def test_get_none_in_a_child(told: Told) -> None:
    told.heads.become_forked()
    told.make_known("200 OK", [PAIR])
    assert told.messages == []


def test_that_come_rarely_get_none(told: Told) -> None:
    """Those that were met once or twice are forgotten."""
    for _ in range(3):
        for number in range(1001):
            told.take("200 OK", [("X-Number", f"{number}")])
    assert len(told.messages) < 1001


def test_take_no_memory_before_they_have_one(told: Told) -> None:
    """However large they are."""
    large = "x" * 1_000_000
    known = sys.getrefcount(large)
    told.take("200 OK", [("X-Large", large)])
    assert sys.getrefcount(large) == known
