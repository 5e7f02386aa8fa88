"""Clients of the soak: each request is one that may go wrong in its own way, and each answer is checked."""

from __future__ import annotations

import hashlib
import http.client
import random
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "apps"))
from soak import content

#: What a server may say when a worker was killed, stopped, or taken up by a request that hangs, or there is no room.
SORRY = (502, 503, 504, 507)
PATIENCE_SECONDS = 60


class Wrong(Exception):
    """An answer that is neither right nor an honest refusal."""


class Clients:
    """Threads that ask until they are told to stop."""

    def __init__(self, port: int, count: int, seed: int) -> None:
        self._port = port
        self._dice = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(seed * 1000 + n,)) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each end its request."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _work(self, seed: int) -> None:
        dice = random.Random(seed)
        actions = [
            self.hello,
            self.hello,
            self.upload,
            self.download,
            self.stream,
            self.slow,
            self.abort,
            self.head,
            self.fail,
        ]
        while not self._stopped.is_set():
            action = dice.choice(actions)
            try:
                outcome = action(dice)
            except http.client.RemoteDisconnected:
                outcome = "dropped"
            except (http.client.IncompleteRead, ConnectionResetError, BrokenPipeError):
                outcome = "cut"
            except Exception as failure:  # noqa: BLE001 -- reported
                outcome = "fault"
                with self._lock:
                    self.faults.append(f"{action.__name__}: {failure!r}")
            with self._lock:
                self.counts[f"{action.__name__} {outcome}"] += 1

    def _ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            try:
                connection.request(method, path, body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all of it was sent: the answer is there, or the connection is cut
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def _exchange(self, method: str, path: str, wanted: bytes, body: bytes | None = None, status: int = 200) -> str:
        connection, answer = self._ask(method, path, body)
        try:
            received = answer.read()
            if answer.status in SORRY:
                return str(answer.status)
            if answer.status != status:
                raise Wrong(f"{method} {path}: {answer.status} {received[:200]!r}")
            if status == 200 and (received != wanted or answer.getheader("X-Seed") != path.split("/")[2]):
                raise Wrong(f"{method} {path}: {len(received)} bytes, {received[:40]!r}")
            return "right"
        finally:
            connection.close()

    def hello(self, dice: random.Random) -> str:
        """One that is answered at once."""
        seed = dice.randrange(10**9)
        return self._exchange("GET", f"/get/{seed}/16", content(seed, 16))

    def upload(self, dice: random.Random) -> str:
        """From 1 KB to 20 MB: through frames, shared memory and files."""
        seed, size = dice.randrange(10**9), int(1000 * 20_000 ** dice.random())
        body = content(seed, size)
        return self._exchange("POST", f"/digest/{seed}/0", hashlib.sha256(body).hexdigest().encode(), body)

    def download(self, dice: random.Random) -> str:
        seed, size = dice.randrange(10**9), int(1000 * 3000 ** dice.random())
        return self._exchange("GET", f"/get/{seed}/{size}", content(seed, size))

    def stream(self, dice: random.Random) -> str:
        seed, size = dice.randrange(10**9), int(1000 * 1000 ** dice.random())
        return self._exchange("GET", f"/stream/{seed}/{size}", content(seed, size))

    def head(self, dice: random.Random) -> str:
        seed = dice.randrange(10**9)
        return self._exchange("HEAD", f"/{dice.choice(['get', 'stream'])}/{seed}/100000", b"")

    def fail(self, dice: random.Random) -> str:
        return self._exchange("GET", f"/fail/{dice.randrange(10**9)}/0", b"", status=500)

    def is_answered(self) -> bool:
        """Whether somebody is served right now."""
        try:
            return self.hello(self._dice) == "right"
        except (http.client.HTTPException, ConnectionError):
            return False

    def hang(self, kind: str) -> None:
        """Ask for what does not end; wait until the server says so."""
        self._exchange("GET", f"/hang/{self._dice.randrange(10**9)}/{kind}", b"", status=504)

    def slow(self, dice: random.Random) -> str:
        """Read a large answer little by little."""
        seed = dice.randrange(10**9)
        connection, answer = self._ask("GET", f"/get/{seed}/3000000")
        try:
            if answer.status in SORRY:
                return str(answer.status)
            received = b""
            while block := answer.read(150_000):
                received += block
                time.sleep(0.05)
            if len(received) < 3_000_000:
                return "cut"
            if received != content(seed, 3_000_000):
                raise Wrong(f"slow {seed}: {received[:40]!r}")
            return "right"
        finally:
            connection.close()

    def abort(self, dice: random.Random) -> str:
        """Go away in the middle of a body, or of an answer."""
        with socket.create_connection(("127.0.0.1", self._port), PATIENCE_SECONDS) as client:
            if dice.random() < 0.5:
                client.sendall(
                    b"POST /digest/1/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 1_000_000
                )
            else:
                client.sendall(b"GET /stream/1/10000000 HTTP/1.1\r\nHost: a\r\n\r\n")
                client.recv(1000)
        return "right"
