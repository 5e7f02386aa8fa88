"""Many clients at once: however much they send, or leave unread, the server lives in the heap that it has."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from performers import KINDS, Kind, Performer, performing, script
from procfs import on_linux
from serving import EVENT_SECONDS, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wire import Connection

OVER_TCP = [kind for kind in KINDS if kind.transport == "tcp"]
#: Some 12 MiB of it for clients, 6 MiB for those who want much.
SMALL_HEAP = {"WAITRESS_JAVA_OPTS": "-Xmx24m"}
SCARCE = "WARNING:waitress:clients take up [0-9]+ MiB of the heap"
CLIENTS = 100


@contextlib.contextmanager
def small(kind: Kind, folder: Path, *options: str) -> Iterator[Performer]:
    options = (f"--connection-limit={3 * CLIENTS}", "--inbuf-overflow=600000", *options)
    with performing(kind, folder, *options, **SMALL_HEAP) as performer:
        yield performer
        assert "OutOfMemoryError" not in performer.server.log


def connect(clients: contextlib.ExitStack, performer: Performer) -> Connection:
    return clients.enter_context(performer.connect())


def is_answered(performer: Performer) -> bool:
    """Whether somebody else gets an answer meanwhile."""
    return performer.perform("start=200 OK; list; item=a").body == b"a"


@pytest.mark.parametrize("kind", OVER_TCP, ids=str)
class TestManyClients:
    """Together they want several times as much memory as there is."""

    def test_may_leave_their_answers_unread(self, kind: Kind, tmp_path: Path) -> None:
        """What finds no room in memory waits in files."""
        with small(kind, tmp_path) as performer, contextlib.ExitStack() as clients:
            readers = [connect(clients, performer) for _ in range(CLIENTS)]
            for reader in readers:
                reader.ask("GET", script("header=Content-Length:1000000; start=200 OK; iterate; flood=a,20,50000"))
            performer.server.wait_for(SCARCE)
            assert is_answered(performer)
            for reader in readers:
                assert reader.body(reader.head()) == b"x" * 1_000_000

    def test_may_send_bodies_at_the_same_time(self, kind: Kind, tmp_path: Path) -> None:
        """In chunks, so that their sizes are not known before."""
        piece = b"y" * 50_000
        digest = hashlib.sha256(10 * piece).hexdigest()
        with small(kind, tmp_path) as performer, contextlib.ExitStack() as clients:
            senders = [connect(clients, performer) for _ in range(CLIENTS)]
            for sender in senders:
                sender.ask("POST", "/digest", "Transfer-Encoding: chunked")
                sender.send((b"%x\r\n" % len(piece) + piece + b"\r\n") * 10)
            performer.server.wait_for(SCARCE)
            assert is_answered(performer)
            for sender in senders:
                sender.send(b"0\r\n\r\n")
                assert sender.body(sender.head()).decode() == f"500000 {digest}"

    def test_may_send_large_heads_as_far_as_there_is_room(self, kind: Kind, tmp_path: Path) -> None:
        """The others are refused; what the first ones took up is there again when they have gone."""
        head = large_head(200)
        with small(kind, tmp_path) as performer:
            for _ in range(3):
                with contextlib.ExitStack() as clients:
                    senders = [connect(clients, performer) for _ in range(CLIENTS)]
                    for sender in senders:
                        sender.send(head)
                    performer.server.wait_for(SCARCE)
                    assert is_answered(performer)
                    answers = [complete(sender) for sender in senders]
                refused = [body for status, body in answers if status == 503]
                assert all(b"The server is short of memory" in body for body in refused)
                assert len(refused) > 5
                assert answers.count((200, b"a")) > 5

    def test_may_come_and_go_while_all_threads_are_busy(self, kind: Kind, tmp_path: Path) -> None:
        """What waits for a thread is dropped with its client."""
        head = large_head(100) + b"\r\n"
        with small(kind, tmp_path, "--threads=1") as performer:
            with performer.connect() as busy:
                busy.ask("GET", script("start=200 OK; outlast; list"))
                performer.server.wait_for("outlasts")
                busy.reset_on_close()
                for number in range(1, 301):
                    with performer.connect() as passing:
                        passing.send(head)
                        performer.server.wait_for(f"Task queue depth is {number}$")
                        passing.reset_on_close()
            assert is_answered(performer)

    def test_may_send_requests_that_wait_for_others(self, kind: Kind, tmp_path: Path) -> None:
        """Ten clients, of 60 requests each, of 200 KB: all that waits is counted."""
        request = large_head(200) + b"\r\n"
        with small(kind, tmp_path, "--threads=1", "--channel-request-lookahead=50") as performer:
            with contextlib.ExitStack() as clients:
                senders = [connect(clients, performer) for _ in range(10)]
                threads = clients.enter_context(ThreadPoolExecutor(len(senders)))
                with performer.connect() as busy:
                    busy.ask("GET", script("start=200 OK; outlast; list"))
                    performer.server.wait_for("outlasts")
                    for sender in senders:
                        threads.submit(send_all, sender, 60 * request)
                    performer.server.wait_for(SCARCE)
                    busy.reset_on_close()
                answered = [status for sender in senders for status in statuses(sender)]
                assert set(answered) == {200, 503}
                assert answered.count(503) <= len(senders)  # the last answer of its connection
            assert is_answered(performer)


def send_all(sender: Connection, requests: bytes) -> None:
    """Send as much as the server wants."""
    with contextlib.suppress(OSError):
        sender.send(requests)


def statuses(sender: Connection) -> list[int]:
    """Of the answers until the end of the connection, or of 60."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        while len(found) < 60 and found[-1:] != [503]:
            head = sender.head()
            found.append(head.status)
            sender.body(head)
    return found


def complete(sender: Connection) -> tuple[int, bytes]:
    """Send the end of a head; who was refused a while ago may find that nobody reads it."""
    with contextlib.suppress(OSError):
        sender.send(b"\r\n")
    head = sender.head()
    return head.status, sender.body(head)


def large_head(kilobytes: int) -> bytes:
    """All of a request that is answered with "a", but the empty line."""
    target = script("start=200 OK; list; item=a").encode()
    fields = b"".join(b"X-%d: %s\r\n" % (number, b"z" * 990) for number in range(kilobytes))
    return b"GET %s HTTP/1.1\r\nHost: a\r\n%s" % (target, fields)


@on_linux
def test_dead_workers_leave_no_memory_behind(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """That which they shared with the front: it was mapped until a full collection."""
    if pytestconfig.getoption("--shortcuts") == "never":
        pytest.skip("they share none")
    (kind,) = [kind for kind in OVER_TCP if kind.language == "python"]
    with performing(kind, tmp_path) as performer:
        server = performer.server
        for _ in range(4):
            answer = performer.perform("start=200 OK; iterate; flood=a,1,1000000")
            assert answer.body == b"x" * 1_000_000
            assert arenas(server.process.pid) == 1
            seen = len(server.lines)
            worker = next(line for line in server.survivors() if "waitress_worker" in line)
            os.kill(int(worker.split()[0]), signal.SIGKILL)
            server.wait_for("worker [0-9]+ started", since=seen)
            assert arenas(server.process.pid) == 0


def arenas(pid: int) -> int:
    """How many a process has mapped; none it has not mapped may it have open."""
    mapped = Path(f"/proc/{pid}/maps").read_text().count("/memfd:waitress-arena")
    opened = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since
            opened += "memfd:waitress-arena" in str(descriptor.readlink())
    assert opened == mapped
    return mapped


VARIABLES = """
import subprocess

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    own = open("/proc/self/environ").read().split(chr(0))
    child = subprocess.check_output(["env"]).decode().split(chr(10))
    named = [each for each in child if each.startswith(("MALLOC_ARENA_MAX", "WAITRESS_WORKER"))]
    return [repr(("MALLOC_ARENA_MAX=1" in own, named)).encode()]
"""


@on_linux
@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, (True, [])),
        ({"MALLOC_ARENA_MAX": "3"}, (False, ["MALLOC_ARENA_MAX=3"])),
        ({"GLIBC_TUNABLES": "glibc.malloc.arena_max=4"}, (False, [])),
    ],
    ids=["not set", "set", "tuned"],
)
def test_workers_keep_one_store_of_memory(tmp_path: Path, given: dict[str, str], wanted: object) -> None:
    """Unless the user has set something else; programs that the application starts know nothing of it."""
    (tmp_path / "variables.py").write_text(VARIABLES)
    server = Server("variables:app", environment=given, folder=tmp_path)
    try:
        assert requests.get(server.url, timeout=EVENT_SECONDS).text == repr(wanted)
        server.stop()
    finally:
        server.kill()
