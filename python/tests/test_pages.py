"""Whole answers of some kilobytes: their bodies lie in memory that worker and front share, and come round again."""

from __future__ import annotations

import os
import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from probes import workers
from wire import Connection

APPS = Path(__file__).parent / "apps"
sys.path.insert(0, str(APPS))

from sized import content  # noqa: E402 -- the line above finds it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start
    from serving import Server

#: Where they change their way: in the message, in the ring, in the arena.
SIZES = [1, 4095, 4096, 4097, 10_240, 65_535, 65_536, 65_537]
SLOW = 6
PIPELINED = 120


@pytest.fixture(params=[1, 2])
def server(request: pytest.FixtureRequest, start: Start) -> Iterator[Server]:
    """Run workers of several threads."""
    return start("sized:app", f"--workers={request.param}", "--threads=3", PYTHONPATH=str(APPS))


def fetch(connection: Connection, name: str, size: int, method: str = "GET") -> None:
    connection.ask(method, f"/{name}/{size}")
    head = connection.head()
    assert head.one("Content-Length") == str(size), connection.body(head)
    if method == "GET":
        assert connection.body(head) == content(name, size)


@pytest.mark.parametrize("size", SIZES)
def test_of_any_size_are_right(start: Start, size: int) -> None:
    server = start("sized:app", PYTHONPATH=str(APPS))
    with Connection(server.port) as connection:
        for turn in range(50):
            fetch(connection, f"page-{turn}", size)
        fetch(connection, "head", size, "HEAD")
        fetch(connection, "last", size)


def test_of_many_sizes_at_once_are_right_beside_clients_that_do_not_read(server: Server) -> None:
    """What these have asked for is kept for them, and the memory serves others."""
    slow = [Connection(server.port) for _ in range(SLOW)]
    for index, connection in enumerate(slow):
        for turn in range(PIPELINED):
            connection.ask("GET", f"/slow-{index}-{turn}/60000")

    def visit(seed: int) -> None:
        dice = random.Random(seed)
        with Connection(server.port) as connection:
            for turn in range(300):
                fetch(connection, f"{seed}-{turn}", dice.randrange(3000, 70_000))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(8)))
    for index, connection in enumerate(slow):
        with connection:
            for turn in range(PIPELINED):
                assert connection.body(connection.head()) == content(f"slow-{index}-{turn}", 60_000)
    assert "Traceback" not in server.log


def test_go_on_when_their_worker_dies(server: Server) -> None:
    """Its memory goes with it; the next worker has a ring of its own."""
    for turn in range(3):
        with Connection(server.port) as connection:
            for page in range(20):
                fetch(connection, f"{turn}-{page}", 20_000)
        for pid in workers(server):
            os.kill(pid, signal.SIGKILL)
