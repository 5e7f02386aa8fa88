"""Clients of HTTP/2 that want much done for little: what it comes to, and that others do not notice."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from streams2 import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Start
    from serving import Server

APPS = str(Path(__file__).parent / "apps")
CALM = "ENHANCE_YOUR_CALM"


@pytest.fixture
def server(start: Start) -> Server:
    return start("parallel:app", "--http2-cleartext", "--threads=4", PYTHONPATH=APPS)


def attack(client: Client, piece: Callable[[int], bytes], *, most: int = 100_000) -> str:
    """Send pieces, by odd numbers, until the server has had enough; what it says then."""
    with contextlib.suppress(ConnectionError, socket.timeout):
        for number in range(1, most, 2):
            client.send(piece(number))
    return client.farewell()[1]


def check_others(server: Server) -> None:
    """Nothing of it is to be seen on another connection."""
    started = time.monotonic()
    for _ in range(20):
        assert requests.get(server.url, timeout=10).text == "ok"
    assert time.monotonic() - started < 10


def count_started(server: Server) -> int:
    """How often the application was asked to count so far."""
    return int(requests.get(server.url + "count", timeout=30).text)


class TestResets:
    """CVE-2023-44487 and CVE-2025-8671: streams that end before their answer."""

    def test_by_the_client(self, server: Server) -> None:
        with Client(server.port) as client:
            code = attack(
                client, lambda stream: client.request(stream, "/count") + RstStreamFrame(stream, 8).serialize()
            )
        assert code == CALM
        check_others(server)
        assert count_started(server) <= 100 + 200 + 1

    @pytest.mark.parametrize("way", ["window", "overflow", "data", "priority"])
    def test_that_we_are_made_to_send(self, server: Server, way: str) -> None:
        frames: dict[str, Callable[[int], bytes]] = {
            "window": lambda stream: b"\0\0\4\x08\0" + stream.to_bytes(4, "big") + bytes(4),
            "overflow": lambda stream: WindowUpdateFrame(stream, 2**31 - 1).serialize(),
            "data": lambda stream: DataFrame(stream, b"x").serialize(),
            "priority": lambda stream: b"\0\0\1\x02\0" + stream.to_bytes(4, "big") + b"x",
        }
        with Client(server.port) as client:
            code = attack(client, lambda stream: client.request(stream, "/count") + frames[way](stream))
        # Where an answer was quicker, the stream had ended, and what comes then costs the connection.
        assert code in {CALM, "STREAM_CLOSED", "PROTOCOL_ERROR", "FRAME_SIZE_ERROR"}
        check_others(server)
        assert count_started(server) <= 100 + 200 + 1

    def test_of_streams_that_run_do_not_make_room_for_others(self, start: Start, tmp_path: Path) -> None:
        """As long as their applications run."""
        server = start(
            "parallel:app", "--http2-cleartext", "--threads=4", "--http2-max-concurrent-streams=3", PYTHONPATH=APPS
        )
        file = tmp_path / "go-on"
        with Client(server.port) as client:
            for stream in (1, 3, 5):
                client.send(client.request(stream, f"/wait?{file}"))
            client.send(RstStreamFrame(1, 8).serialize())
            client.get(7)
            assert client.resets == {7: "REFUSED_STREAM"}
            file.touch()
            client.answer(3)
            client.answer(5)
            deadline = time.monotonic() + 30
            stream = 9
            while client.get(stream).body != b"ok":  # until the one has ended that nobody waits for
                assert time.monotonic() < deadline
                stream += 2


class TestHeads:
    """Blocks that do not end, or stand for more than they are."""

    def test_that_go_on_for_ever(self, server: Server) -> None:
        with Client(server.port) as client:
            client.send(HeadersFrame(1, b"x").serialize())
            assert attack(client, lambda _: ContinuationFrame(1, b"x" * 16_000).serialize()) == CALM
        check_others(server)

    def test_that_go_on_by_nothing(self, server: Server) -> None:
        with Client(server.port) as client:
            client.send(HeadersFrame(1, b"x").serialize())
            assert attack(client, lambda _: ContinuationFrame(1).serialize()) == CALM
        check_others(server)

    def test_that_do_not_go_on(self, start: Start) -> None:
        server = start("parallel:app", "--http2-cleartext", "--request-head-timeout=1", PYTHONPATH=APPS)
        with Client(server.port) as client:
            client.send(HeadersFrame(1, b"x").serialize())
            assert client.farewell()[1] == CALM

    def test_that_are_bombs(self, server: Server) -> None:
        """A field of 4,000 bytes, and one byte for each time that it is meant again."""
        with Client(server.port) as client:
            first = HeadersFrame(1, b"\x40\x01k\x7f\xa1\x1e" + b"v" * 4000 + b"\xbe" * 10_000)
            first.flags.add("END_HEADERS")
            client.send(first.serialize())
            assert client.farewell()[1] == CALM
        check_others(server)


class TestFrames:
    """Frames that ask for nothing."""

    @pytest.mark.parametrize(
        "frame",
        [
            PingFrame(0, b"12345678"),
            SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 70_000}),
            PriorityFrame(3, depends_on=1),
            WindowUpdateFrame(0, 1),
        ],
        ids=lambda frame: type(frame).__name__,
    )
    def test_without_end(self, server: Server, frame: Frame) -> None:
        flood = frame.serialize() * 100
        with Client(server.port) as client:
            assert attack(client, lambda _: flood) == CALM
        check_others(server)

    def test_of_unknown_types(self, server: Server) -> None:
        with Client(server.port) as client:
            assert attack(client, lambda _: b"\0\0\0\xf0\0\0\0\0\0" * 100) == CALM
        check_others(server)

    def test_of_data_without_data(self, server: Server) -> None:
        with Client(server.port) as client:
            client.send(client.request(1, method="POST", ends=False))
            assert attack(client, lambda _: DataFrame(1).serialize() * 100) == CALM
        check_others(server)


class TestWindows:
    """What a client does not take, and what it must not offer."""

    def test_of_nothing_hold_no_memory_for_long(self, start: Start) -> None:
        """A hundred answers of a megabyte each wait in files, and then no more."""
        server = start("parallel:app", "--http2-cleartext", "--channel-timeout=2", PYTHONPATH=APPS)
        with Client(server.port, window=0) as client:
            client.send(b"".join(client.request(stream, "/large?1000000") for stream in range(1, 201, 2)))
            client.read_until(lambda: len(client.resets) == 100)
            assert set(client.resets.values()) == {"CANCEL"}
            check_others(server)
        assert "MemoryError" not in server.log
        assert "OutOfMemory" not in server.log

    def test_of_one_byte_at_a_time(self, server: Server) -> None:
        with Client(server.port, window=0) as client:
            client.send(client.request(1, "/large?1000000"))
            assert attack(client, lambda _: WindowUpdateFrame(1, 1).serialize() * 100) == CALM
        check_others(server)

    def test_that_are_too_large(self, server: Server) -> None:
        with Client(server.port) as client:
            client.open_window(0, 2**31 - 1)
            assert client.farewell()[1] == "FLOW_CONTROL_ERROR"
        check_others(server)


def test_an_administrator_is_told_once(server: Server) -> None:
    for _ in range(3):
        with Client(server.port) as client:
            attack(client, lambda _: PingFrame(0, b"12345678").serialize() * 100)
    server.wait_for("ended a connection of HTTP/2 from 127.0.0.1: too many frames that ask for nothing")
    assert server.log.count("ended a connection of HTTP/2") == 1
