"""Responses that are streamed leave the threads to others."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING

import pytest
import requests
from performers import APPS, classes
from serving import EVENT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Start
    from serving import Server

THREADS = 4
STREAMS = 20


@pytest.fixture(params=["python", "java"])
def server(request: pytest.FixtureRequest, start: Start, tmp_path: Path) -> Server:
    if request.param == "java":
        return start("--app-class=Events", f"--threads={THREADS}", CLASSPATH=str(classes(tmp_path)))
    return start("events:app", f"--threads={THREADS}", PYTHONPATH=str(APPS))


@contextlib.contextmanager
def streams(server: Server) -> Iterator[list[requests.Response]]:
    """Begin streams, each of which has sent something."""
    with contextlib.ExitStack() as stack:
        begun = []
        for _ in range(STREAMS):
            response = requests.get(server.url + "events", stream=True, timeout=EVENT_SECONDS)
            begun.append(stack.enter_context(response))
            assert response.raw.read(len("begun")) == b"begun"
        yield begun


def threads(server: Server) -> int:
    """Ask for a page, which tells how many threads the process has."""
    answer = requests.get(server.url, timeout=EVENT_SECONDS)
    assert answer.status_code == requests.codes.ok
    return int(answer.text)


def test_a_page_is_answered_beside_events(server: Server) -> None:
    before = threads(server)
    with streams(server) as begun:
        assert threads(server) > before
        for _ in range(3):
            threads(server)
        requests.get(server.url + "happens", timeout=EVENT_SECONDS).raise_for_status()
        for response in begun:
            assert response.raw.read() == b"happened"
    deadline = time.monotonic() + EVENT_SECONDS
    while threads(server) > before:
        assert time.monotonic() < deadline, "threads that have nothing to do any more go"


def test_a_page_is_answered_beside_clients_that_do_not_read(server: Server) -> None:
    host, _, port = server.url.removeprefix("http://").rstrip("/").partition(":")
    with contextlib.ExitStack() as stack:
        for _ in range(2 * THREADS):
            client = stack.enter_context(socket.create_connection((host, int(port)), timeout=EVENT_SECONDS))
            client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
        threads(server)
