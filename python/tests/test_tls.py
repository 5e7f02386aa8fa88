"""HTTPS: what clients get, what applications are told, and what becomes of those who do not encrypt."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING

import httpx
import pytest
import requests
from certificates import NEEDED, TIMEOUT, Authority, ask, connect, openssl
from conftest import serving
from serving import ROOT, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Start

pytestmark = NEEDED

ECHO = "environ_echo:app"
HERE = {"PYTHONPATH": str(ROOT / "python" / "tests")}
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve with one certificate, and plain HTTP beside."""
    options = (*authority.issue_for_server("usual"), "--tls-handshake-timeout=3")
    log = tmp_path_factory.mktemp("log") / "access.log"
    form = "--access-log-format=%{SSL_PROTOCOL}x %{SSL_CIPHER}x %r"
    with serving(log.parent, ECHO, *options, f"--access-log={log}", form, **HERE) as running:
        yield running


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_environ_tells_of_the_connection(server: Server, authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.context()
    context.maximum_version = version
    with connect(server.port, context) as client:
        client.sendall(GET)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        environ = json.loads(answer.read())
        cipher = client.cipher()
    assert cipher is not None
    told = {name: value for name, value in environ.items() if "SSL" in name or name in ("HTTPS", "wsgi.url_scheme")}
    assert told == {
        "wsgi.url_scheme": "https",
        "HTTPS": "on",
        "SSL_PROTOCOL": version.name.replace("_", "."),
        "SSL_CIPHER": cipher[0],
        "SSL_TLS_SNI": "localhost",
        "SSL_SESSION_RESUMED": "Initial",
        "SSL_CLIENT_VERIFY": "NONE",
    }
    assert environ["SERVER_PORT"] == str(server.port)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_resumed(server: Server, authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.context()
    context.maximum_version = version
    with connect(server.port, context) as first:
        first.sendall(GET)
        assert b"Initial" in read_answer(first)
        session = first.session
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as plain:
        time.sleep(0.01)  # sessions of one millisecond cannot be told from new ones
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as second:
            second.sendall(GET)
            assert b"Resumed" in read_answer(second)
            assert second.session_reused


def read_answer(client: socket.socket) -> bytes:
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer.read()


def test_the_access_log_tells_of_it(server: Server, authority: Authority, tmp_path: Path) -> None:
    assert ask(server.port, authority.context())
    log = next(argument for argument in server.process.args if str(argument).startswith("--access-log="))  # type: ignore[union-attr]
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        with open(str(log).partition("=")[2]) as lines:
            if "TLSv1.3 TLS_AES_128_GCM_SHA256 GET / HTTP/1.1\n" in list(lines):
                return
        time.sleep(0.05)
    raise AssertionError(log)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), (["http/1.0"], "http/1.0"), ([], None)],
)
def test_clients_choose_a_version_of_http(
    server: Server, authority: Authority, offered: list[str], chosen: str | None
) -> None:
    """The server prefers HTTP/2, whatever comes first."""
    context = authority.context()
    if offered:
        context.set_alpn_protocols(offered)
    with context.wrap_socket(socket.create_connection(("localhost", server.port)), server_hostname="localhost") as one:
        assert one.selected_alpn_protocol() == chosen


def test_http2_is_spoken_over_it(server: Server, authority: Authority) -> None:
    with httpx.Client(http1=False, http2=True, verify=authority.context()) as client:
        answer = client.get(f"https://localhost:{server.port}/")
        assert answer.http_version == "HTTP/2"
        assert answer.json()["SERVER_PROTOCOL"] == "HTTP/2.0"
        assert answer.json()["wsgi.url_scheme"] == "https"


def test_a_connection_is_kept(server: Server, authority: Authority) -> None:
    with connect(server.port, authority.context()) as client:
        for _ in range(50):
            client.sendall(GET)
            assert b"wsgi.url_scheme" in read_answer(client)


def test_an_answer_shares_one_record(server: Server, authority: Authority) -> None:
    """Head and body leave together: a second record would cost a client another wait."""
    with connect(server.port, authority.context()) as client:
        client.sendall(GET)
        assert client.recv(65536).endswith(b"}")


def test_close_notify_ends_a_connection(server: Server, authority: Authority) -> None:
    with connect(server.port, authority.context()) as client:
        client.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        client.suppress_ragged_eofs = False
        while client.recv(65536):
            pass  # ssl.SSLEOFError without a close_notify


def test_a_client_that_has_said_all_is_answered(server: Server, authority: Authority) -> None:
    """TLS 1.3 closes each direction by itself."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = authority.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as client:
        while True:
            try:
                session.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.sendall(outgoing.read())
                incoming.write(client.recv(65536))
        session.write(GET)
        try:
            session.unwrap()
        except ssl.SSLWantReadError:
            pass
        client.sendall(outgoing.read())
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        assert len(answer) > 600  # sealed


def test_plain_http_is_told_so_at_once(server: Server) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as client:
        client.sendall(GET)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert time.monotonic() - begun < 1
    assert answer.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert b"This port speaks HTTPS" in answer


@pytest.mark.parametrize("sent", [b"\0" * 10, b"\x80\x2e\x01\x00\x02", b"\xff" * 3000])
def test_garbage_is_cut(server: Server, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as client:
        client.sendall(sent)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass


def test_a_broken_handshake_is_answered_by_an_alert(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as client:
        client.sendall(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
        assert client.recv(100)[:1] == b"\x15"
    assert "Traceback" not in server.log
    assert "Exception" not in server.log


def test_half_open_handshakes_are_cut_at_the_deadline(server: Server, authority: Authority) -> None:
    begun = time.monotonic()
    half = [socket.create_connection(("127.0.0.1", server.port), TIMEOUT) for _ in range(100)]
    try:
        for number, client in enumerate(half):
            client.sendall(b"\x16\x03\x01\x02\x00\x01"[: number % 7])
        assert ask(server.port, authority.context())["HTTPS"] == "on"
        for client in half:
            try:
                assert client.recv(100) == b""
            except ConnectionResetError:
                pass
        assert 2.5 < time.monotonic() - begun < 5
    finally:
        for client in half:
            client.close()


def test_large_bodies_pass_both_ways(start: Start, authority: Authority) -> None:
    server = start("tls_bodies:app", *authority.issue_for_server("large"), **HERE)
    body = bytes(range(256)) * 4096 * 5
    with requests.Session() as session:
        session.trust_env = False  # it may name other authorities
        session.verify = str(authority.path)
        for _ in range(3):
            answer = session.post(f"https://localhost:{server.port}/", data=body, timeout=TIMEOUT)
            assert answer.content == body
        chunked = session.post(
            f"https://localhost:{server.port}/",
            data=(body[i : i + 70_000] for i in range(0, len(body), 70_000)),
            timeout=TIMEOUT,
        )
        assert chunked.content == body
        assert session.get(f"https://localhost:{server.port}/file", timeout=TIMEOUT).content == body


def test_slow_readers_get_all(start: Start, authority: Authority) -> None:
    server = start("tls_bodies:app", *authority.issue_for_server("slow"), "--outbuf-overflow=100000", **HERE)
    with connect(server.port, authority.context()) as client:
        client.sendall(GET.replace(b"GET / ", b"GET /file "))
        time.sleep(0.5)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        received = bytearray()
        while piece := answer.read(1000):
            received += piece
        assert received == bytes(range(256)) * 4096 * 5


def test_several_certificates_are_chosen_by_name(start: Start, authority: Authority) -> None:
    options = [
        *authority.issue_for_server("first", "DNS:first.test"),
        *authority.issue_for_server("exact", "DNS:a.shop.test"),
        *authority.issue_for_server("wild", "DNS:*.shop.test"),
        *authority.issue_for_server("exact-rsa", "DNS:a.shop.test", "rsa"),
    ]
    server = start(ECHO, *options, **HERE)

    def subject(name: str | None, *ciphers: str) -> str:
        context = authority.context()
        context.check_hostname = False
        if ciphers:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(*ciphers)
        with connect(server.port, context, name) as client:
            certificate = client.getpeercert()
        assert certificate
        return str(certificate["subject"][0][0][1])

    assert subject("a.shop.test") == "exact"
    assert subject("A.Shop.Test") == "exact"
    assert subject("a.shop.test", "ECDHE-RSA-AES128-GCM-SHA256") == "exact-rsa"
    assert subject("b.shop.test") == "wild"
    assert subject("x.b.shop.test") == "first"
    assert subject("unknown.test") == "first"
    assert subject(None) == "first"


def test_versions_and_ciphers_can_be_chosen(start: Start, authority: Authority) -> None:
    options = authority.issue_for_server("strict")
    newest = start(ECHO, *options, "--tls-min-version=1.3", **HERE)
    old = authority.context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match="alert|version|handshake"):
        ask(newest.port, old)
    one = start(ECHO, *options, "--ciphers=ECDHE-ECDSA-AES256-GCM-SHA384", **HERE)
    assert ask(one.port, old)["SSL_CIPHER"] == "ECDHE-ECDSA-AES256-GCM-SHA384"


def tls_port(server: Server) -> int:
    """Where it speaks HTTPS, if it speaks HTTP elsewhere."""
    return int(server.wait_for(r"Serving on https://127\.0\.0\.1:(\d+)")[1])


def test_plain_addresses_beside_can_send_clients_to_https(start: Start, authority: Authority, tmp_path: Path) -> None:
    challenges = tmp_path / "challenges"
    challenges.mkdir()
    (challenges / "token_1").write_text("token_1.thumbprint")
    options = [
        *authority.issue_for_server("both"),
        "--http-listen=127.0.0.1:0",
        "--https-redirect",
        "--hsts=max-age=60",
    ]
    server = start(ECHO, *options, f"--acme-challenge-dir={challenges}", **HERE)
    plain = server.wait_for(r"Serving on (http://127\.0\.0\.1:\d+)")[1]
    path = "/a//b;c?d=%20&e"
    answer = requests.get(plain + path, allow_redirects=False, timeout=TIMEOUT, headers={"Host": "localhost"})
    assert (answer.status_code, answer.headers["Location"]) == (308, f"https://localhost:{tls_port(server)}{path}")
    assert "Strict-Transport-Security" not in answer.headers
    followed = requests.get(plain.replace("127.0.0.1", "localhost") + path, verify=str(authority.path), timeout=TIMEOUT)
    assert followed.json()["REQUEST_URI"] == path
    assert followed.headers["Strict-Transport-Security"] == "max-age=60"
    challenge = requests.get(plain + "/.well-known/acme-challenge/token_1", timeout=TIMEOUT)
    assert challenge.text == "token_1.thumbprint"
    for token in ("none", "..%2Ftoken_1", "%2e%2e", ""):
        assert requests.get(plain + "/.well-known/acme-challenge/" + token, timeout=TIMEOUT).status_code == 404
    with socket.create_connection(("127.0.0.1", int(plain.rpartition(":")[2])), TIMEOUT) as old:
        old.sendall(b"GET /x HTTP/1.0\r\nHost: h:80\r\n\r\n")
        assert old.recv(1000).startswith(b"HTTP/1.0 301 Moved Permanently\r\n")
    with socket.create_connection(("127.0.0.1", int(plain.rpartition(":")[2])), TIMEOUT) as nobody:
        nobody.sendall(b"GET /x HTTP/1.0\r\n\r\n")
        assert nobody.recv(1000).startswith(b"HTTP/1.0 400 ")


def test_plain_addresses_beside_have_their_own_scheme(start: Start, authority: Authority) -> None:
    server = start(ECHO, *authority.issue_for_server("beside"), "--http-listen=127.0.0.1:0", **HERE)
    environ = requests.get(server.wait_for(r"Serving on (http://\S+)")[1], timeout=TIMEOUT).json()
    assert environ["wsgi.url_scheme"] == "http"
    assert not [name for name in environ if "SSL" in name or name == "HTTPS"]
    assert ask(tls_port(server), authority.context())["wsgi.url_scheme"] == "https"


def test_a_proxy_may_name_the_client_before_the_handshake(start: Start, authority: Authority) -> None:
    options = (*authority.issue_for_server("behind"), "--proxy-protocol", "--trusted-proxy=127.0.0.1")
    server = start(ECHO, *options, **HERE)
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as plain:
        plain.sendall(b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n")
        with authority.context().wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(GET)
            answer = read_answer(client)
    assert b'"REMOTE_ADDR": "192.0.2.7"' in answer
    assert b'"HTTPS": "on"' in answer


def test_self_signed_makes_one_for_development(start: Start) -> None:
    server = start(ECHO, "--self-signed", **HERE)
    server.wait_for("SHA-256 fingerprint")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with connect(server.port, context) as client:
        der = client.getpeercert(binary_form=True)
    assert der is not None
    text = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-text"], input=der, capture_output=True, check=True
    )
    assert b"DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1" in text.stdout
    assert b"TLS Web Server Authentication" in text.stdout
    pem = ssl.DER_cert_to_PEM_cert(der)
    assert ask(server.port, ssl.create_default_context(cadata=pem))["HTTPS"] == "on"


def refusal(*options: str, **environment: str) -> str:
    """What the command says that does not start."""
    server = Server(ECHO, *options, environment={**HERE, **environment})
    try:
        assert server.process.wait(60) == 1
    finally:
        server.kill()
    return server.log


def test_what_cannot_work_is_said_at_the_start(authority: Authority, tmp_path: Path) -> None:
    certfile, keyfile = authority.issue_for_server("good")
    other = authority.issue("other")
    openssl(authority.folder, "pkcs8", "-topk8", "-in", "good.key", "-out", "good.locked", "-passout", "pass:secret")
    locked = f"--keyfile={authority.folder / 'good.locked'}"
    (tmp_path / "cut.pem").write_text(authority.path.read_text()[:300])
    cases = {
        (certfile,): f"keyfile {certfile[11:]}: there is no private key in it",
        (certfile, f"--keyfile={other.with_suffix('.key')}"): "other.key: the key does not fit the certificate",
        (certfile, f"--keyfile={tmp_path}/none"): f"{tmp_path}/none: there is no such file",
        (f"--certfile={tmp_path}/cut.pem", keyfile): "cut.pem: line 1: -----BEGIN CERTIFICATE----- has no end",
        (certfile, locked): "the key is encrypted: give keyfile_password",
        (keyfile,): "keyfile has no meaning without setting certfile",
        (certfile, keyfile, "--cert-reqs=2"): "cert_reqs: which certificates are valid? Give ca_certs too",
        (certfile, keyfile, "--ciphers=NULL-MD5"): "ciphers: the JDK has no NULL-MD5; it has ",
        ("--https-redirect",): "https_redirect: has no meaning without setting certfile",
        (certfile, "--keyfile-password=secret"): "set WAITRESS_KEYFILE_PASSWORD",
    }
    for options, message in cases.items():
        log = refusal(*options)
        assert message in log
        assert log.startswith("Error: ")
        assert "at dev.waitress" not in log
    wrong = refusal(certfile, locked, WAITRESS_KEYFILE_PASSWORD="not this one")
    assert "good.locked: wrong keyfile_password" in wrong
    assert "not this one" not in wrong


def test_the_password_of_a_key_is_shown_to_nobody(start: Start, authority: Authority) -> None:
    certfile, _ = authority.issue_for_server("locked")
    openssl(authority.folder, "pkcs8", "-topk8", "-in", "locked.key", "-out", "locked.p8", "-passout", "pass:s3cret")
    options = (certfile, f"--keyfile={authority.folder / 'locked.p8'}")
    server = start("tls_bodies:app", *options, WAITRESS_KEYFILE_PASSWORD="s3cret", **HERE)
    with connect(server.port, authority.context()) as client:
        client.sendall(GET.replace(b"GET / ", b"GET /password "))
        assert read_answer(client) == b"none"
    assert "s3cret" not in server.log
    report = subprocess.run(
        [*server.command(ECHO, *options), "--print-settings"],
        env={**os.environ, "WAITRESS_KEYFILE_PASSWORD": "s3cret"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "s3cret" not in report.stdout
    assert "keyfile_password               = (not shown)" in report.stdout


@pytest.mark.skipif(shutil.which("sslyze") is None, reason="there is no command sslyze: pip install sslyze")
def test_sslyze_finds_nothing_but_the_private_authority(server: Server) -> None:
    done = subprocess.run(
        ["sslyze", "--mozilla_config=intermediate", f"localhost:{server.port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = done.stdout[done.stdout.index("COMPLIANCE AGAINST") :]
    complaints = [line for line in verdict.splitlines() if line.strip().startswith("* ")]
    assert not [line for line in complaints if "certificate" not in line.lower()], verdict


def test_idle_resumed_connections_leave_memory(tmp_path: Path) -> None:
    # Each holds a certificate of its own; as many as would be let in for what a new one takes do not fit into this heap.
    authority = Authority(tmp_path)
    names = ",".join(f"DNS:host{number}.example.org" for number in range(200))
    options = authority.issue_for_server("server", f"DNS:localhost,{names}")
    environ = {**HERE, "WAITRESS_JAVA_OPTS": "-Xmx16m"}
    context = authority.context()
    with serving(
        tmp_path, ECHO, *options, "--connection-limit=1000", **environ
    ) as running, contextlib.ExitStack() as idle:
        with connect(running.port, context) as first:
            first.sendall(GET)
            read_answer(first)
            session = first.session
        for _ in range(700):
            plain = socket.create_connection(("127.0.0.1", running.port), TIMEOUT)
            client = idle.enter_context(context.wrap_socket(plain, server_hostname="localhost", session=session))
            client.sendall(GET)
            assert read_answer(client)
        assert client.session_reused
        assert "OutOfMemoryError" not in running.log
