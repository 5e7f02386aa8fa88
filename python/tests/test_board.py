"""The memory in which a worker leaves what the front has to know when it has died."""

from __future__ import annotations

import struct

import pytest

from waitress_worker.board import Board

THREADS = 2
FIRST = 4 * (THREADS + 1)
ANSWER = b"(an answer!)"


@pytest.mark.parametrize(("room", "is_kept"), [(len(ANSWER) - 4, False), (len(ANSWER), True), (len(ANSWER) + 4, True)])
def test_keeps_what_there_is_room_for(room: int, *, is_kept: bool) -> None:
    memory = bytearray(FIRST + room)
    board = Board(memory, THREADS)
    assert board.keep(ANSWER) is is_kept
    count = len(ANSWER) if is_kept else 0
    assert memory[FIRST : FIRST + count] == ANSWER[:count]
    assert struct.unpack_from("=i", memory, FIRST - 4) == (count,)


def test_has_answers_behind_each_other_until_they_are_sent() -> None:
    memory = bytearray(FIRST + 400)
    board = Board(memory, THREADS)
    assert board.keep(ANSWER)
    assert board.keep(ANSWER)
    assert struct.unpack_from("=i", memory, FIRST - 4) == (2 * len(ANSWER),)
    assert memory[FIRST:].startswith(2 * ANSWER)
    board.clear()
    assert struct.unpack_from("=i", memory, FIRST - 4) == (0,)


def test_has_a_number_for_each_thread() -> None:
    memory = bytearray(FIRST + 400)
    board = Board(memory, THREADS)
    board.begun[0], board.begun[1] = 7, 8
    assert struct.unpack_from("=ii", memory) == (7, 8)
