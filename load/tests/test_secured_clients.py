"""Clients of the measurement of HTTP/2, held against a server that says what a test has it say."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Iterator

from securing import frames
from securing.attackers import Attack, Attacker
from securing.leaving import Client

_PIECE = frames.frame(frames.PING, 0, bytes(8))


@contextlib.contextmanager
def server(*said: bytes) -> Iterator[int]:
    """Take one connection after the other; say something on each once it has spoken, and close it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        client.recv(65536)
                        client.sendall(b"".join(said))
                        client.shutdown(socket.SHUT_WR)
                        while client.recv(65536):
                            pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)  # ends the waiting for another one
        thread.join()


def goaway(last: int, code: int = 0) -> bytes:
    """Write the end of a connection."""
    return frames.frame(frames.GOAWAY, 0, frames.number(last) + frames.number(code))


def answer(stream: int) -> bytes:
    """Write a head without a body, of status 200."""
    return frames.frame(frames.HEADERS, stream, b"\x88", frames.END_HEADERS | frames.END_STREAM)


def test_an_attacker_comes_again_and_counts_by_code() -> None:
    """As soon as its connection is closed."""
    with server(goaway(0, 11)) as port:
        with Attacker(port, Attack("PING", frozenset(), lambda _: _PIECE)) as attacker:
            while attacker.connections < 3:
                time.sleep(0.01)
        assert set(attacker.ends) == {"ENHANCE_YOUR_CALM"}
        assert attacker.ends["ENHANCE_YOUR_CALM"] == attacker.connections


def test_an_attacker_that_is_not_answered_says_so() -> None:
    """The connection ended without a word."""
    with server() as port:
        with Attacker(port, Attack("PING", frozenset(), lambda _: _PIECE)) as attacker:
            while not attacker.ends:
                time.sleep(0.01)
        assert set(attacker.ends) == {"silence"}


def left_by(*said: bytes) -> Client:
    """Have a server that leaves say this."""
    with server(*said) as port:
        client = Client(port)
        client.start()
        client.join()
    return client


def test_what_is_above_the_last_stream_is_to_be_repeated() -> None:
    """Of 1 to 63 the server has taken three upon itself, and answers two."""
    client = left_by(goaway(5), answer(1), answer(3))
    assert (client.answered, client.lost, client.again) == (2, 1, 29)
    assert not client.faults


def test_all_is_lost_that_was_asked_of_one_that_leaves_without_a_word() -> None:
    """Nobody knows what it has done."""
    client = left_by()
    assert (client.answered, client.lost, client.again) == (0, 32, 0)


def test_each_answer_makes_room_for_a_request_until_the_server_leaves() -> None:
    """The first GOAWAY names no stream: all those that there are will be answered."""
    client = left_by(answer(1), goaway(frames.MOST_WINDOW), answer(3), goaway(65))
    assert (client.answered, client.lost, client.again) == (2, 31, 0)


def test_what_is_refused_is_repeated_and_what_is_reset_is_a_fault() -> None:
    """REFUSED_STREAM says that nothing was done."""
    refused = frames.frame(frames.RESET, 1, frames.number(7))
    reset = frames.frame(frames.RESET, 3, frames.number(2))
    client = left_by(refused, reset, goaway(3))
    assert (client.answered, client.lost, client.again) == (0, 0, 31)
    assert client.faults == ["reset with INTERNAL_ERROR"]
