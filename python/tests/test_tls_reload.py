"""Certificates that change while the server serves: no request fails, and what is broken is not taken over."""

from __future__ import annotations

import os
import signal
import socket
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
    from pathlib import Path

    from conftest import Start
    from serving import Server

pytestmark = NEEDED

ECHO = "environ_echo:app"
HERE = {"PYTHONPATH": str(ROOT / "python" / "tests")}
CHANGES = 12
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
    plain = socket.create_connection(("127.0.0.1", server.port), TIMEOUT)
    with context.wrap_socket(plain, server_hostname="localhost", session=session) as second:
        assert second.session_reused


def test_no_request_fails_while_they_change(start: Start, files: Files) -> None:
    server = start(ECHO, *files.options, **HERE)
    over = threading.Event()
    failures: list[Exception] = []
    served = [0, 0]

    def come_anew() -> None:
        while not over.is_set():
            try:
                assert ask(server.port, files.authority.context())["HTTPS"] == "on"
                served[0] += 1
            except (OSError, AssertionError, ssl.SSLError) as failure:
                failures.append(failure)

    def stay() -> None:
        with connect(server.port, files.authority.context()) as client:
            while not over.is_set():
                client.sendall(GET)
                served[1] += b"TLSv1.3" in read_answer(client)

    threads = [threading.Thread(target=each) for each in (come_anew, come_anew, stay)]
    for thread in threads:
        thread.start()
    try:
        for number in range(CHANGES):
            if number % 3 == 2:
                files.certificate.write_text("half of a file")
            else:
                files.renew()
            reload(server)
            time.sleep(0.3)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert min(served) > CHANGES


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
