"""Certificates that change while the server serves: no request fails, and what is broken is not taken over."""

from __future__ import annotations

import os
import signal
import ssl
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from certificates import NEEDED, TIMEOUT, Authority, ask, connect
from serving import ROOT
from test_tls import GET, read_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from conftest import Start
    from serving import Server

pytestmark = NEEDED

ECHO = "environ_echo:app"
#: With a revocation list that should have been replaced.
JDK_GOES_ON_SECONDS = 15 * 60
TIME_TO_START_SECONDS = 15
#: In a heap of 64 MB, of some 48 bytes each.
MANY_REVOKED = 40_000
TOO_MANY_REVOKED = 60_000
HERE = {"PYTHONPATH": str(ROOT / "python" / "tests")}
#: Within which a change is seen without a word.
INTERVAL = 10.0


class Files:
    """Certificate and key of a server, as programs that renew them put them there."""

    def __init__(self, folder: Path) -> None:
        """Make the first ones."""
        self.authority = Authority(folder)
        self.certificate = folder / "live.pem"
        self.key = folder / "live.key"
        self._number = 0
        self.renew()
        self.options = (f"--certfile={self.certificate}", f"--keyfile={self.key}")

    def issue(self) -> tuple[Path, Path]:
        """Issue another certificate."""
        self._number += 1
        path = self.authority.issue(f"v{self._number}", names="DNS:localhost", usage="serverAuth")
        return path, path.with_suffix(".key")

    def renew(self) -> None:
        """Put another pair in place, each file by a rename."""
        for new, place in zip(self.issue(), (self.certificate, self.key)):
            os.replace(new, place)

    def serial(self, server: Server) -> str:
        """What a new client is shown."""
        with connect(server.port, self.authority.context()) as client:
            certificate = client.getpeercert()
        assert certificate
        return str(certificate["serialNumber"])

    def await_serial(self, server: Server, *, other_than: str) -> str:
        """Wait until a new client is shown another one."""
        deadline = time.monotonic() + INTERVAL + TIMEOUT
        while time.monotonic() < deadline:
            now = self.serial(server)
            if now != other_than:
                return now
            time.sleep(0.1)
        raise AssertionError(server.log)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def reload(server: Server) -> None:
    os.kill(server.process.pid, signal.SIGHUP)


def test_new_ones_are_seen_without_a_word(start: Start, files: Files) -> None:
    server = start(ECHO, *files.options, **HERE)
    before = files.serial(server)
    with connect(server.port, files.authority.context()) as kept:
        kept.sendall(GET)
        read_answer(kept)
        files.renew()
        assert files.await_serial(server, other_than=before)
        kept.sendall(GET)
        assert b"TLSv1.3" in read_answer(kept)
    server.wait_for("new certificate, valid until ")


def test_those_behind_links_are_seen_at_a_signal(start: Start, files: Files, tmp_path: Path) -> None:
    """As Kubernetes mounts them: a link to a folder is exchanged, and the times of files may be any."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        certificate, key = files.issue()
        os.replace(certificate, tmp_path / name / "tls.crt")
        os.replace(key, tmp_path / name / "tls.key")
        for file in (tmp_path / name).iterdir():
            os.utime(file, (1, 1))
    data = tmp_path / "data"
    data.symlink_to("one")
    server = start(ECHO, f"--certfile={data}/tls.crt", f"--keyfile={data}/tls.key", **HERE)
    before = files.serial(server)
    (tmp_path / "next").symlink_to("two")
    os.replace(tmp_path / "next", data)
    reload(server)
    assert files.await_serial(server, other_than=before)


def test_broken_ones_are_complained_of_once_and_not_taken_over(start: Start, files: Files) -> None:
    server = start(ECHO, *files.options, **HERE)
    before = files.serial(server)
    text = files.certificate.read_text()
    files.certificate.write_text(text[: len(text) // 2])
    for _ in range(3):
        reload(server)
    server.wait_for("ERROR:waitress:.*live.pem: line 1: .* the file is cut off; the certificate of before is served on")
    files.key.unlink()
    reload(server)
    server.wait_for("ERROR:waitress:.*live.key: there is no such file")
    assert files.serial(server) == before
    files.renew()
    reload(server)
    files.await_serial(server, other_than=before)
    assert server.log.count("ERROR") == 2


def test_sessions_survive_a_renewal(start: Start, files: Files) -> None:
    server = start(ECHO, *files.options, **HERE)
    context = files.authority.context()
    before = files.serial(server)
    with connect(server.port, context) as first:
        first.sendall(GET)
        read_answer(first)
        session = first.session
    files.renew()
    reload(server)
    files.await_serial(server, other_than=before)
    with connect(server.port, context, session=session) as second:
        assert second.session_reused


class Asking:
    """Clients that come anew for each request, and one that stays; a context manager."""

    def __init__(self, server: Server, context: Callable[[], ssl.SSLContext]) -> None:
        """Say whom they ask, and what each trusts."""
        self._server = server
        self._context = context
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go, args=(each,)) for each in (self._come, self._come, self._stay)
        ]
        self.failures: list[Exception] = []
        #: By those who come, and by the one who stays.
        self.served = [0, 0]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let each end its request."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go(self, way: Callable[[], None]) -> None:
        try:
            way()
        except (OSError, AssertionError, ssl.SSLError) as failure:
            self.failures.append(failure)

    def _come(self) -> None:
        while not self._over.is_set():
            assert ask(self._server.port, self._context())["HTTPS"] == "on"
            self.served[0] += 1

    def _stay(self) -> None:
        with connect(self._server.port, self._context()) as client:
            while not self._over.is_set():
                client.sendall(GET)
                self.served[1] += b"TLSv1.3" in read_answer(client)


def change(files: Files, number: int) -> bool:
    """Change the files in one way after the other; tell whether they are whole then."""
    if number % 4 == 2:
        os.replace(files.issue()[1], files.key)  # another one's
    elif number % 4 == 3:
        files.certificate.write_text("half of a file")
    else:
        files.renew()
    return number % 4 < 2


@pytest.mark.parametrize(
    ("changes", "pause"),
    [pytest.param(12, 0.3, id="short"), pytest.param(30, 2.0, id="long", marks=pytest.mark.soak)],
)
def test_no_request_fails_while_they_change(start: Start, files: Files, changes: int, pause: float) -> None:
    """New clients see each pair that is whole, and of each that is not the log tells once."""
    server = start(ECHO, *files.options, **HERE)
    with Asking(server, files.authority.context) as clients:
        shown = [files.serial(server)]
        for number in range(changes):
            is_whole = change(files, number)
            reload(server)
            if is_whole:
                shown.append(files.await_serial(server, other_than=shown[-1]))
            time.sleep(pause)
            assert files.serial(server) == shown[-1]
    assert not clients.failures
    assert min(clients.served) > changes
    assert len(set(shown)) == len(shown)
    assert server.log.count("ERROR") == changes - len(shown) + 1


def test_authorities_and_lists_are_followed_too(start: Start, files: Files) -> None:
    client = files.authority.issue("client", usage="clientAuth")
    revocations = files.authority.revoke()
    options = (f"--ca-certs={files.authority.path}", "--cert-reqs=required", f"--crlfile={revocations}")
    server = start(ECHO, *files.options, *options, **HERE)
    context = files.authority.context(client)
    assert ask(server.port, context)["SSL_CLIENT_VERIFY"] == "SUCCESS"
    files.authority.revoke(client)
    reload(server)
    server.wait_for("ca_certs and crlfile have changed")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        ask(server.port, files.authority.context(client))


def test_lists_are_taken_over_as_far_as_they_fit_into_the_heap(start: Start, files: Files) -> None:
    """Both are there for a while, and read they are many times as large."""
    client = files.authority.issue("client", usage="clientAuth")
    revocations = files.authority.revoke(others=MANY_REVOKED)
    options = (f"--ca-certs={files.authority.path}", "--cert-reqs=required", f"--crlfile={revocations}")
    server = start(ECHO, *files.options, *options, **HERE)
    files.authority.revoke(others=TOO_MANY_REVOKED)
    reload(server)
    server.wait_for(
        r"ERROR:waitress:\S+\.crl: is too large: all together may have \d+ bytes.*; clients are judged as before"
    )
    assert ask(server.port, files.authority.context(client))["SSL_CLIENT_VERIFY"] == "SUCCESS"
    files.authority.revoke(client, others=MANY_REVOKED)
    reload(server)
    server.wait_for("ca_certs and crlfile have changed")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        ask(server.port, files.authority.context(client))
    assert "OutOfMemory" not in server.log


def test_sessions_end_with_the_list_that_their_clients_are_not_on(start: Start, files: Files) -> None:
    """A client that resumes a session is not looked up in it again. Also where the next list cannot be used."""
    client = files.authority.issue("client", usage="clientAuth")
    revocations = files.authority.revoke(until=time.time() - JDK_GOES_ON_SECONDS + TIME_TO_START_SECONDS)
    options = (f"--ca-certs={files.authority.path}", "--cert-reqs=required", f"--crlfile={revocations}")
    server = start(ECHO, *files.options, *options, **HERE)
    context = files.authority.context(client)
    session = None
    for _ in range(2):
        with connect(server.port, context, session=session) as client_side:
            assert client_side.session_reused == (session is not None)
            client_side.sendall(GET)
            read_answer(client_side)
            session = client_side.session
    revocations.write_text("half of a list")
    reload(server)
    server.wait_for("ERROR:waitress:crlfile .*; clients are judged as before")
    server.wait_for("WARNING:waitress:crlfile: a list should have been replaced before ")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        ask(server.port, context, session=session)
    files.authority.revoke()
    reload(server)
    server.wait_for("ca_certs and crlfile have changed")
    assert ask(server.port, files.authority.context(client))["SSL_CLIENT_VERIFY"] == "SUCCESS"
    assert server.log.count("should have been replaced") == 1


def test_the_end_of_one_is_announced(start: Start, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    path = authority.issue("short", names="DNS:localhost", usage="serverAuth", days=2)
    options = (f"--certfile={path}", f"--keyfile={path.with_suffix('.key')}", "--metrics-listen=127.0.0.1:0")
    server = start(ECHO, *options, **HERE)
    metrics = requests.get(server.wait_for(r"Metrics on (\S+)")[1] + "/metrics", timeout=TIMEOUT).text
    left = float(metrics.partition("\nwaitress_certificate_not_after_seconds ")[2].split()[0]) - time.time()
    assert 1.9 < left / 86400 < 2.1
    server.wait_for(r"WARNING:waitress:the certificate of CN=short expires on .*: whatever renews it has not done so")
    reload(server)
    assert ask(server.port, authority.context())["HTTPS"] == "on"
    assert server.log.count("expires on") == 1
