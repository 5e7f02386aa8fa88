"""Clients that take or send more than a server can hold: it holds none of it, and serves the others."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from performers import KINDS, Kind, Performer, performing, script
from procfs import most_resident, on_linux, processes, resident, spooled, wait_until_nothing_is_spooled
from serving import WORKERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIB = 1 << 20
WATERMARK = 16 * MIB
BLOCK = 100_000
FLOOD = 500_000_000
# What front and worker may grow by, whatever their clients do.
GROWTH = 64 * MIB
# Buffers of the kernel at both ends of the connection, and those between front and worker.
KERNEL = 16 * MIB
CLOSE_SECONDS = 1
UPLOAD = 100_000_000
SOAK_UPLOAD = 1_000_000_000
PIECE = 1_000_003
OVER_TCP = [kind for kind in KINDS if kind.transport == "tcp"]


@pytest.fixture(params=KINDS, ids=str)
def idle(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Performer]:
    """Run a performer for this test alone, with few threads, after a few requests."""
    kind: Kind = request.param
    with performing(kind, tmp_path, "--threads=2") as running:
        for _ in range(20):
            assert running.perform("start=200 OK; list; item=x").head.status == 200
        yield running


def blocks_made(performer: Performer, name: str) -> int:
    """How far a flood has come; another client is served for that."""
    with performer.connect() as connection:
        connection.ask("GET", f"/flooded?{name}")
        return int(connection.body(connection.head()))


def stalled(performer: Performer, name: str) -> int:
    """Wait until the application makes no more blocks, and return how many it made."""
    before = -1
    while (now := blocks_made(performer, name)) != before or now == 0:
        before = now
        time.sleep(0.1)  # there is no event for something that does not happen
    return now


@on_linux
class TestReaderThatDoesNotRead:
    """An application that makes half a gigabyte, and nobody who takes it."""

    def test_stops_the_application_and_nobody_else(self, idle: Performer) -> None:
        """Neither memory nor disk hold more than the watermark says; when the client goes, the body is closed."""
        name = secrets.token_hex()
        before = {pid: resident(pid) for pid in processes(idle.server)}
        flood = f"start=200 OK; iterate; flood={name},{FLOOD // BLOCK},{BLOCK}; close={name}"
        with idle.connect() as connection:
            connection.ask("GET", script(flood))
            made = stalled(idle, name) * BLOCK
            assert made < WATERMARK + BLOCK + KERNEL
            for pid, idle_bytes in before.items():
                assert most_resident(pid) - idle_bytes < GROWTH, pid
                assert spooled(pid) <= WATERMARK + BLOCK + MIB
            assert f"closed {name}" not in idle.server.log
        idle.server.wait_for(f"closed {name}$", timeout=CLOSE_SECONDS)
        idle.server.wait_for("INFO:waitress:Client disconnected while serving /perform$")
        for pid in before:
            wait_until_nothing_is_spooled(pid)


@on_linux
class TestSettings:
    """How much waits for a reader that does not read, and where."""

    @pytest.mark.parametrize("mark", [MIB, 3 * WATERMARK])
    @pytest.mark.parametrize("kind", OVER_TCP, ids=str)
    def test_say_when_the_application_waits(self, kind: Kind, tmp_path: Path, mark: int) -> None:
        options = ["--threads=2", f"--outbuf-high-watermark={mark}"]
        with performing(kind, tmp_path, *options) as performer, performer.connect() as connection:
            name = secrets.token_hex()
            connection.ask("GET", script(f"start=200 OK; iterate; flood={name},{FLOOD // BLOCK},{BLOCK}"))
            assert mark <= stalled(performer, name) * BLOCK < mark + BLOCK + KERNEL

    @pytest.mark.parametrize("overflow", [100_000, 8 * MIB])
    @pytest.mark.parametrize("kind", OVER_TCP, ids=str)
    def test_say_what_goes_to_a_file(self, kind: Kind, tmp_path: Path, overflow: int) -> None:
        """Blocks that are too small for the memory that both sides share."""
        mark, block = 2 * MIB, 10_000
        options = ["--threads=2", f"--outbuf-high-watermark={mark}", f"--outbuf-overflow={overflow}"]
        with performing(kind, tmp_path, *options) as performer, performer.connect() as connection:
            name = secrets.token_hex()
            connection.ask("GET", script(f"start=200 OK; iterate; flood={name},{FLOOD // block},{block}"))
            stalled(performer, name)
            stored = spooled(performer.server.process.pid)
            assert (stored > mark // 2) == (overflow < mark)


class TestSlowReader:
    """Who reads late, or leaves."""

    def test_gets_all_of_it_when_it_reads_at_last(self, performer: Performer) -> None:
        """Nothing was lost in the files and the waiting."""
        name = secrets.token_hex()
        size = 4 * WATERMARK
        with performer.connect() as connection:
            connection.ask("GET", script(f"start=200 OK; iterate; flood={name},{size // BLOCK},{BLOCK}; close={name}"))
            stalled(performer, name)
            assert connection.head().status == 200
            assert sum(map(len, connection.chunks())) == size // BLOCK * BLOCK
            assert connection.lives()
        performer.server.wait_for(f"closed {name}$")

    def test_that_vanishes_in_the_middle_of_a_write_hurts_nobody(self, performer: Performer) -> None:
        """Ten at once, reset while blocks are being written; each of them is closed, all threads are free again."""

        def vanish(name: str) -> None:
            with performer.connect() as connection:
                connection.ask("GET", script(f"start=200 OK; iterate; flood={name},10000,{BLOCK}; close={name}"))
                assert connection.head().status == 200
                connection.reset_on_close()

        seen = len(performer.server.lines)
        names = [secrets.token_hex() for _ in range(10)]
        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(vanish, names))
        for name in names:
            performer.server.wait_for(f"closed {name}$")
        assert performer.perform("start=200 OK; list; item=fine").body == b"fine"
        assert not [line for line in performer.server.lines[seen:] if "ERROR" in line]


class TestSenderThatDoesNotWait:
    """Requests that nobody has answered yet stay in the kernel, and so at the client."""

    def test_is_made_to_wait(self, performer: Performer) -> None:
        """While its first request runs, no more than a buffer's worth of the others is taken."""
        name = secrets.token_hex()
        target, field = script("start=200 OK; list; item=x"), "X: " + "x" * 8000
        request = f"GET {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n".encode()
        with performer.connect() as connection:
            connection.ask("GET", script(f"await={name}; start=200 OK; list; item=first"))
            performer.server.wait_for(f"awaits {name}$")
            sent = connection.send_what_fits(request)
            assert sent < KERNEL
            performer.perform(f"release={name}; start=200 OK; list")
            assert connection.body(connection.head()) == b"first"
            whole, rest = divmod(sent, len(request))
            for _ in range(whole):
                assert connection.body(connection.head()) == b"x"
            connection.send(request[rest:] if rest else request)
            assert connection.body(connection.head()) == b"x"


def upload(performer: Performer, size: int, *, chunked: bool) -> None:
    """Send a body of pieces that differ, and compare the digest that the application has of it."""
    piece = os.urandom(PIECE)
    expected = hashlib.sha256()
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    with performer.connect() as connection:
        connection.ask("POST", "/digest", framing)
        for start in range(0, size, PIECE):
            data = b"%015d" % start + piece[15 : min(PIECE, size - start)]
            expected.update(data)
            connection.send(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
        if chunked:
            connection.send(b"0\r\n\r\n")
        assert connection.body(connection.head()).decode() == f"{size} {expected.hexdigest()}"


@on_linux
class TestUpload:
    """Of more than fits into memory."""

    @pytest.mark.parametrize("size", [UPLOAD, pytest.param(SOAK_UPLOAD, marks=pytest.mark.soak)])
    @pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
    @pytest.mark.parametrize("idle", OVER_TCP, indirect=True, ids=str)
    def test_takes_no_more_memory_than_another(self, idle: Performer, size: int, *, chunked: bool) -> None:
        """It arrives byte for byte, and leaves nothing behind."""
        if "pypy" in WORKERS.python:
            pytest.skip("PyPy collects late: with no server either, reading 100 MB in pieces takes 300 MB")
        before = {pid: resident(pid) for pid in processes(idle.server)}
        upload(idle, size, chunked=chunked)
        for pid, idle_bytes in before.items():
            assert most_resident(pid) - idle_bytes < GROWTH, pid
            wait_until_nothing_is_spooled(pid)
