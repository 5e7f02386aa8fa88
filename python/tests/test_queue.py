"""Requests that wait for a thread: so many, and so long."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

import pytest
import requests
from wire import Connection

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from conftest import Start
    from serving import Server

    Asked = Future[tuple[int, str | None]]

#: Each request notes that it has begun, and ends when it may.
APPLICATION = """\
import os, time

FOLDER = os.environ["BOARD_FOLDER"]

def app(environ, start_response):
    with open(os.path.join(FOLDER, "begun"), "a") as begun:
        begun.write(environ["PATH_INFO"] + "\\n")
    while not os.path.exists(os.path.join(FOLDER, "released")):
        time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""

THREADS = 2
REFUSED = (503, "1")
SERVED = (200, None)


def ask(server: Server, number: int) -> tuple[int, str | None]:
    """Status and Retry-After; the connection stays open in any case."""
    with Connection(server.port) as connection:
        connection.ask("GET", f"/{number}")
        head = connection.head()
        connection.body(head)
        assert head.one("Connection") is None
        return head.status, head.one("Retry-After")


def begun(folder: Path) -> list[str]:
    """Paths of the requests that have begun."""
    notes = folder / "begun"
    return notes.read_text().split() if notes.exists() else []


def busy(start: Start, folder: Path, pool: ThreadPoolExecutor, *options: str) -> tuple[Server, list[Asked]]:
    """Start a server, and have each of its threads run a request that does not end."""
    (folder / "busy.py").write_text(APPLICATION)
    variables = {"PYTHONPATH": str(folder), "BOARD_FOLDER": str(folder)}
    server = start("busy:app", f"--threads={THREADS}", *options, **variables)
    running = [pool.submit(ask, server, number) for number in range(THREADS)]
    while len(begun(folder)) < THREADS:
        time.sleep(0.01)
    return server, running


def test_no_more_wait_than_may(start: Start, tmp_path: Path) -> None:
    """Those beyond the limit are refused at once, whichever they are; the others have their turn."""
    with ThreadPoolExecutor(8) as pool:
        server, running = busy(start, tmp_path, pool, "--queue-limit=2")
        try:
            others = [pool.submit(ask, server, number) for number in range(THREADS, 8)]
            refused = []
            for future in as_completed(others, timeout=30):
                refused.append(future.result())
                if len(refused) == len(others) - 2:
                    break
            assert refused == [REFUSED] * 4
            assert len(begun(tmp_path)) == THREADS
        finally:
            (tmp_path / "released").touch()
        assert sorted(future.result() for future in running + others) == [SERVED] * 4 + [REFUSED] * 4


def test_none_waits_longer_than_it_may(start: Start, tmp_path: Path) -> None:
    """What has begun goes on; what has not never begins."""
    with ThreadPoolExecutor(8) as pool:
        server, running = busy(start, tmp_path, pool, "--queue-timeout=1")
        try:
            others = [pool.submit(ask, server, number) for number in range(THREADS, 8)]
            assert [future.result(timeout=30) for future in others] == [REFUSED] * 6
            assert not any(future.done() for future in running)
        finally:
            (tmp_path / "released").touch()
        assert [future.result() for future in running] == [SERVED] * THREADS
        assert sorted(begun(tmp_path)) == ["/0", "/1"]


#: The same, and the answer tells what the application was told of the wait.
TELLING = (
    APPLICATION.replace('"2"', '"40"')
    .replace('b"ok"', '"{} {}".format(*map(environ.get, KEYS)).ljust(40).encode()')
    .replace("FOLDER =", 'KEYS = ["waitress.queue_time", "waitress.queue_depth"]\nFOLDER =')
)


def told(server: Server) -> list[str]:
    """What the application was told."""
    with Connection(server.port) as connection:
        connection.ask("GET", "/")
        return connection.answer().body.decode().split()


def test_the_application_is_told_how_long_it_was(start: Start, tmp_path: Path) -> None:
    """Of what the front kept; whoever found a thread has not waited."""
    wait = 0.3
    (tmp_path / "telling.py").write_text(TELLING)
    server = start("telling:app", "--threads=1", PYTHONPATH=str(tmp_path), BOARD_FOLDER=str(tmp_path))
    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(told, server)
        while not begun(tmp_path):
            time.sleep(0.01)
        others = [pool.submit(told, server) for _ in range(11)]
        server.wait_for("Task queue depth is")
        time.sleep(wait)
        (tmp_path / "released").touch()
        assert first.result() == ["None", "None"]
        waited = [future.result() for future in others]
    marked = [(float(seconds), int(depth)) for seconds, depth in waited if seconds != "None"]
    assert wait <= max(marked)[0] < 30, waited
    assert 0 < max(depth for _, depth in marked) < len(others)


@pytest.mark.parametrize("seconds", [0.5, 5])
def test_it_may_have_begun_in_a_proxy(start: Start, tmp_path: Path, seconds: float) -> None:
    """Which says since when: then it is over when the request comes, or counts into what the application is told."""
    (tmp_path / "telling.py").write_text(TELLING)
    (tmp_path / "released").touch()
    options = ["--trusted-proxy=127.0.0.1", "--queue-start-header=X-Request-Start", "--queue-timeout=3"]
    server = start("telling:app", *options, PYTHONPATH=str(tmp_path), BOARD_FOLDER=str(tmp_path))
    headers = {"X-Request-Start": f"t={time.time() - seconds:.3f}"}
    answer = requests.get(server.url, headers=headers, timeout=30)
    if seconds > 3:
        assert answer.status_code == REFUSED[0]
    else:
        time_in_queue, depth = answer.text.split()
        assert seconds <= float(time_in_queue) < 3
        assert depth == "0"
