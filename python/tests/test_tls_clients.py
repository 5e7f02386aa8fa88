"""Certificates of clients: who is let in, and what applications are told of them."""

from __future__ import annotations

import contextlib
import json
import ssl
from typing import TYPE_CHECKING

import pytest
from certificates import NEEDED, Authority, ask, connect
from serving import ROOT
from test_tls import GET, read_answer

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start

pytestmark = NEEDED

ECHO = "environ_echo:app"
HERE = {"PYTHONPATH": str(ROOT / "python" / "tests")}
SUBJECT = "/C=DE/O=Shop/OU=one/CN=Jané, Doe/emailAddress=jane@shop.test"


class Clients:
    """One of each kind."""

    def __init__(self, folder: Path) -> None:
        """Issue their certificates."""
        self.authority = Authority(folder)
        (folder / "elsewhere").mkdir()
        elsewhere = Authority(folder / "elsewhere", "elsewhere")
        self.valid = self.authority.issue(
            "client", names="DNS:c.test,email:jane@shop.test", usage="clientAuth", subject="/CN=client"
        )
        self.expired = self.authority.issue("expired", usage="clientAuth", days=0)
        self.foreign = elsewhere.issue("foreign", usage="clientAuth")
        self.revoked = self.authority.issue("revoked", usage="clientAuth")
        self.for_servers = self.authority.issue("for_servers", usage="serverAuth")
        self.list = self.authority.revoke(self.revoked)

    def is_let_in(self, port: int, certificate: Path | None) -> bool:
        """Whether the client with this certificate gets an answer."""
        try:
            environ = ask(port, self.authority.context(certificate))
        except (ssl.SSLError, ConnectionResetError):
            return False
        assert environ["SSL_CLIENT_VERIFY"] == ("NONE" if certificate is None else "SUCCESS")
        return True


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    return Clients(tmp_path_factory.mktemp("clients"))


@pytest.mark.parametrize("wanted", ["optional", "required"])
def test_those_that_show_a_certificate_must_show_a_valid_one(start: Start, clients: Clients, wanted: str) -> None:
    options = (*clients.authority.issue_for_server("server"), f"--ca-certs={clients.authority.path}")
    server = start(ECHO, *options, f"--cert-reqs={wanted}", f"--crlfile={clients.list}", **HERE)
    assert clients.is_let_in(server.port, clients.valid)
    assert clients.is_let_in(server.port, None) == (wanted == "optional")
    for refused in (clients.expired, clients.foreign, clients.revoked, clients.for_servers):
        assert not clients.is_let_in(server.port, refused), refused
        assert clients.is_let_in(server.port, clients.valid)
    assert "Exception" not in server.log


def test_without_lists_nobody_is_revoked(start: Start, clients: Clients) -> None:
    options = (*clients.authority.issue_for_server("trusting"), f"--ca-certs={clients.authority.path}", "--cert-reqs=2")
    server = start(ECHO, *options, **HERE)
    assert clients.is_let_in(server.port, clients.revoked)


def test_nobody_is_asked_by_default(start: Start, clients: Clients) -> None:
    server = start(ECHO, *clients.authority.issue_for_server("open"), **HERE)
    assert ask(server.port, clients.authority.context(clients.foreign))["SSL_CLIENT_VERIFY"] == "NONE"


def test_nobody_is_taken_for_another_one(start: Start, clients: Clients) -> None:
    """Though all ask for the same, and what requests repeat is sent to workers once."""
    options = (
        *clients.authority.issue_for_server("many"),
        f"--ca-certs={clients.authority.path}",
        "--cert-reqs=optional",
    )
    server = start(ECHO, *options, **HERE)
    people = (clients.valid, clients.revoked, None)
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(connect(server.port, clients.authority.context(certificate))) for certificate in people
        ]
        for _ in range(5):
            for certificate, client in zip(people, connections):
                client.sendall(GET)
                environ = json.loads(read_answer(client))
                expected = None if certificate is None else f"CN={certificate.stem}"
                assert environ.get("SSL_CLIENT_S_DN") == expected


def test_the_environ_tells_of_the_certificate(start: Start, clients: Clients) -> None:
    options = (*clients.authority.issue_for_server("told"), f"--ca-certs={clients.authority.path}", "--cert-reqs=1")
    server = start(ECHO, *options, **HERE)
    person = clients.authority.issue("person", names="DNS:c.test,email:jane@shop.test", subject=SUBJECT)
    environ = ask(server.port, clients.authority.context(person))
    told = {name[11:]: value for name, value in environ.items() if name.startswith("SSL_CLIENT_")}
    certificate = told.pop("CERT")
    assert certificate.replace("\n", "") in person.read_text().replace("\n", "")
    assert told.pop("V_START").endswith(" GMT")
    assert told.pop("V_END").endswith(" GMT")
    assert told.pop("V_REMAIN") in ("59", "60")
    assert told.pop("M_SERIAL")
    name = told["S_DN_CN"].encode("latin-1").decode()
    assert name.endswith(", Doe")
    told.pop("S_DN_CN")
    assert told.pop("S_DN").endswith("OU=one,O=Shop,C=DE")
    assert told == {
        "VERIFY": "SUCCESS",
        "S_DN_C": "DE",
        "S_DN_O": "Shop",
        "S_DN_OU": "one",
        "S_DN_Email": "jane@shop.test",
        "I_DN": "CN=ca",
        "I_DN_CN": "ca",
        "SAN_DNS_0": "c.test",
        "SAN_Email_0": "jane@shop.test",
    }
