"""The access log of a server under load, on a disk that stalls, and in the hands of whoever sends anything."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import resource
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import EVENT_SECONDS, ROOT, STOP_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from conftest import Start

HELLO = "examples.hello:app"
BODY = b"Hello, world!\n"
DROPPED = re.compile(r"WARNING:waitress:the access log is written too slowly: (\d+) lines were dropped\n")

SHORT_LINE = r'127\.0\.0\.1 - - \[[^]]{26}\] "GET / HTTP/1\.1" 200 14 "-" "-"\n'
FULL_BYTES = 1000

CONNECTIONS = 256
REQUESTS_EACH = 80
ROTATIONS = 4
POLL_SECONDS = 0.01

# With it a line is some 30 KB: a few hundred of them are more than the 8 MiB that may wait for a disk.
LONG_FIELD = "Referer: " + "x" * 30_000
MORE_THAN_WAITS = 600


def test_every_request_leaves_one_whole_line_while_files_are_rotated(start: Start, tmp_path: Path) -> None:
    """None is lost, torn or written twice, whichever file it comes to lie in."""
    log = tmp_path / "access.log"
    server = start(HELLO, f"--access-log={log}", "--connection-limit=300")
    answered = threading.Semaphore(0)
    with ThreadPoolExecutor(1) as administrator:
        rotation = administrator.submit(rotate, server, log, answered)
        asyncio.run(ask_on_all_connections(server.port, answered))
        rotation.result()
    server.stop()
    files = [log, *(rotated(log, number) for number in range(ROTATIONS))]
    lines = [line for file in files for line in file.read_text().splitlines(keepends=True)]
    whole = re.compile(r'127\.0\.0\.1 - - \[[^]]{26}\] "GET /(\d+/\d+) HTTP/1\.1" 200 14 "-" "-"\n')
    matches = [whole.fullmatch(line) for line in lines]
    assert [line for line, match in zip(lines, matches) if match is None] == []
    targets = [f"{client}/{number}" for client in range(CONNECTIONS) for number in range(REQUESTS_EACH)]
    assert Counter(match[1] for match in matches if match) == Counter(targets)
    assert not DROPPED.search(server.log)


def rotated(log: Path, number: int) -> Path:
    return log.with_suffix(f".{number}")


def rotate(server: Server, log: Path, answered: threading.Semaphore) -> None:
    """Move the file away and say so, again and again while clients ask."""
    for number in range(ROTATIONS):
        for _ in range(CONNECTIONS * REQUESTS_EACH // (ROTATIONS + 1)):
            assert answered.acquire(timeout=EVENT_SECONDS)
        log.rename(rotated(log, number))
        server.process.send_signal(signal.SIGUSR1)
        wait_for_file(log)


def wait_for_file(path: Path) -> None:
    deadline = time.monotonic() + EVENT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(POLL_SECONDS)


async def ask_on_all_connections(port: int, answered: threading.Semaphore) -> None:
    """Ask for something else each time."""

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in range(REQUESTS_EACH):
            writer.write(f"GET /{number}/{request} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
            assert await reader.readexactly(len(BODY)) == BODY
            answered.release()
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(number) for number in range(CONNECTIONS)))


class TestStalledDisk:
    """A named pipe whose reader does not read is one."""

    @pytest.fixture
    def reader(self, tmp_path: Path) -> int:
        """Open the end for reading, without which the server would wait for a reader when it starts."""
        os.mkfifo(tmp_path / "pipe")
        return os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def test_delays_no_request_and_what_is_lost_is_counted(self, start: Start, tmp_path: Path, reader: int) -> None:
        """Every request has its line, or is among those that the server says it has dropped."""
        server = start(HELLO, f"--access-log={tmp_path / 'pipe'}")
        ask(server, MORE_THAN_WAITS, LONG_FIELD)
        server.wait_for(DROPPED)
        os.set_blocking(reader, True)
        with open(reader, "rb") as pipe:
            server.process.send_signal(signal.SIGTERM)
            lines = pipe.read().decode().splitlines(keepends=True)
        server.check_ended()
        whole = re.compile(r'127\.0\.0\.1 - - \[[^]]{26}\] "GET / HTTP/1\.1" 200 14 "x{30000}" "-"\n')
        assert all(whole.fullmatch(line) for line in lines)
        server.kill()  # reads its log to the end
        dropped = sum(int(count) for count in DROPPED.findall(server.log))
        assert len(lines) + dropped == MORE_THAN_WAITS

    def test_does_not_keep_the_server_from_ending(self, start: Start, tmp_path: Path, reader: int) -> None:
        """It waits a few seconds, and says how many lines it could not write."""
        writer = os.open(tmp_path / "pipe", os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, bytes(4096))
        server = start(HELLO, f"--access-log={tmp_path / 'pipe'}")
        ask(server, 4)
        server.stop()
        os.close(reader)
        os.close(writer)
        assert sum(int(count) for count in DROPPED.findall(server.log)) == 4


class TestPipeThatNobodyReads:
    """A named one: to open it for writing waits for a reader."""

    def test_does_not_keep_the_server_from_its_work(self, start: Start, tmp_path: Path) -> None:
        """Nor does it after a rotation; once somebody reads, the line that could not be written comes."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        server = start(HELLO, f"--access-log={pipe}")
        ask(server, 1)
        server.wait_for(f"WARNING:waitress:cannot write the access log {pipe}: Broken pipe$")
        server.process.send_signal(signal.SIGUSR1)
        ask(server, 1)
        with pipe.open("rb") as reader:
            assert [re.fullmatch(SHORT_LINE.encode(), reader.readline()) is not None for _ in range(2)] == [True, True]
            server.wait_for(f"INFO:waitress:the access log {pipe} is written again$")
            server.stop()
            assert reader.read() == b""


def ask(server: Server, times: int, *fields: str) -> None:
    """Send requests on one connection."""
    with Connection(server.port) as connection:
        for _ in range(times):
            connection.ask("GET", "/", *fields)
            head = connection.head()
            assert head.status == 200
            connection.body(head)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of other processes are Linux's")
@pytest.mark.parametrize("is_moved", [False, True], ids=["there is room again", "a new file is begun"])
def test_a_full_disk_tears_no_line(start: Start, tmp_path: Path, *, is_moved: bool) -> None:
    """A limit on the size of files is one; the line that it cuts is completed, or whole in the next file."""
    log, old = tmp_path / "access.log", tmp_path / "old.log"
    server = start(HELLO, f"--access-log={log}")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, resource.RLIM_INFINITY))
    ask(server, 30)
    server.wait_for(f"WARNING:waitress:cannot write the access log {log}: File too large")
    assert log.stat().st_size == FULL_BYTES
    if is_moved:
        log.rename(old)
        server.process.send_signal(signal.SIGUSR1)
        wait_for_file(log)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    server.wait_for(f"INFO:waitress:the access log {log} is written again")
    server.stop()
    before = old.read_text() if is_moved else ""
    lines = [*before.splitlines(keepends=True)[:-1], *log.read_text().splitlines(keepends=True)]
    assert len(lines) == 30
    assert all(re.fullmatch(SHORT_LINE, line) for line in lines)
    assert not DROPPED.search(server.log)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("nowhere/access.log", "No such file or directory"), ("", "Is a directory")],
    ids=["no folder", "a folder"],
)
def test_a_file_that_cannot_be_opened_is_said_at_the_start(tmp_path: Path, path: str, reason: str) -> None:
    """In one line, and nothing is left running."""
    name = f"{tmp_path}/{path}".rstrip("/")
    command = Server.command(HELLO, f"--access-log={name}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=STOP_SECONDS, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Error: cannot open the access log: {name} ({reason})\n"


def test_json_is_json_whatever_clients_send(start: Start, tmp_path: Path) -> None:
    """A real parser reads each line, and finds what was sent."""
    seed = int(os.environ.get("TEST_SEED", secrets.randbits(32)))
    print(f"seed {seed}; TEST_SEED={seed} repeats it")
    chance = random.Random(seed)
    log = tmp_path / "access.log"
    server = start(HELLO, f"--access-log={log}", "--access-log-format=json")
    expected = []
    for _ in range(500):
        target, referer, agent = noise(chance, TARGET_BYTES), noise(chance, FIELD_BYTES), noise(chance, FIELD_BYTES)
        with Connection(server.port) as connection:
            head = [
                b"GET /" + target + b" HTTP/1.1",
                b"Host: localhost",
                b"Referer: " + referer,
                b"User-Agent: " + agent,
            ]
            connection.send(b"\r\n".join([*head, b"Connection: close", b"", b""]))
            status = connection.head().status
            connection.rest()
        # Of a request that is refused for its target only the first line is known.
        fields = (text(referer) or None, text(agent) or None) if status == 200 else (None, None)
        expected.append((f"GET /{text(target)} HTTP/1.1", status, *fields))
    server.stop()
    lines = [json.loads(line) for line in log.read_bytes().splitlines()]
    assert [(line["request"], line["status"], line["referer"], line["user_agent"]) for line in lines] == expected
    assert {line["status"] for line in lines} == {200, 400}


FIELD_BYTES = [b"\t", *(bytes([byte]) for byte in range(0x20, 0x7F)), *(bytes([byte]) for byte in range(0x80, 0x100))]
TARGET_BYTES = [byte for byte in FIELD_BYTES if byte not in b"\t #"]
# Characters of every length, and bytes that only look like some: overlong, surrogate, beyond Unicode, cut short.
PIECES = [
    "é".encode(),
    "€".encode(),
    "😀".encode(),
    b"\xc2\x85",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
]


def noise(chance: random.Random, alphabet: list[bytes]) -> bytes:
    """Bytes that may stand there, among them what matters to JSON or to UTF-8 more often than others."""
    special = [*PIECES, b'"', b"\\"]
    parts = [chance.choice(special if chance.random() < 0.3 else alphabet) for _ in range(chance.randrange(40))]
    return b"".join(parts).strip(b" \t")


def text(data: bytes) -> str:
    """UTF-8, but bytes that are none, or a control character, each as the character of its number."""
    pieces = re.split(rb"(\xc2[\x80-\x9f])", data)
    return "".join(piece.decode("latin-1") if index % 2 else utf8(piece) for index, piece in enumerate(pieces))


def utf8(data: bytes) -> str:
    decoded = data.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda match: chr(ord(match[0]) - 0xDC00), decoded)


def test_shows_what_the_filter_lets_pass(start: Start, tmp_path: Path) -> None:
    """A health check has no line, a failure has one."""
    log = tmp_path / "access.log"
    options = ("--access-log-format=%U %s", "--access-log-filter=not path:/-/, status>=400", "--health")
    server = start("examples.hello:app", f"--access-log={log}", *options)
    with Connection(server.port) as connection:
        for target in ("/", "/-/live", "/-/none"):
            connection.ask("GET", target)
            connection.body(connection.head())
        connection.ask("GET", "/", "Content-Length: x")
        assert connection.head().status == 400
    server.stop()
    assert log.read_text() == "- 400\n"


def test_a_filter_that_is_none_ends_the_start_with_one_line(tmp_path: Path) -> None:
    server = Server(HELLO, f"--access-log={tmp_path}/access.log", "--access-log-filter=status>=400, paht:/")
    assert server.process.wait(EVENT_SECONDS) == 1
    server.kill()
    assert re.fullmatch(r'Error: access_log_filter: "paht:/" at character 13 is no condition; .*\n', server.log)
