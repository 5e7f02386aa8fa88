"""Keys and certificates for tests, made by the command openssl."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import ssl
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

#: For modules that need it.
NEEDED = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no command openssl")

TIMEOUT = 20.0


def openssl(folder: Path, *arguments: str) -> str:
    """Run it in a folder."""
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def make_key(folder: Path, name: str, kind: str = "ec") -> Path:
    """Make a key."""
    options = {"ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}
    openssl(folder, "genpkey", "-algorithm", *options[kind], "-out", f"{name}.key")
    return folder / f"{name}.key"


class Authority:
    """A private authority that issues certificates into its folder."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        """Make its own certificate."""
        self.folder = folder
        self.name = name
        self.path = folder / f"{name}.pem"
        self._serial = 100
        make_key(folder, name)
        usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        arguments = ["-key", f"{name}.key", "-out", f"{name}.pem", "-days", "90", "-subj", f"/CN={name}", *usage]
        openssl(folder, "req", "-x509", "-new", *arguments)

    def issue(
        self, name: str, *, names: str = "", usage: str = "", subject: str = "", kind: str = "ec", days: int = 60
    ) -> Path:
        """Issue a certificate; names are those of OpenSSL's subjectAltName."""
        key = make_key(self.folder, name, kind)
        openssl(self.folder, "req", "-new", "-key", key.name, "-out", f"{name}.csr", "-subj", subject or f"/CN={name}")
        lines = ["basicConstraints=CA:FALSE", "authorityKeyIdentifier=keyid", "subjectKeyIdentifier=hash"]
        lines += [f"subjectAltName={names}"] if names else []
        lines += [f"extendedKeyUsage={usage}"] if usage else []
        (self.folder / f"{name}.ext").write_text("\n".join(lines))
        self._serial += 1
        openssl(
            self.folder,
            *["x509", "-req", "-in", f"{name}.csr", "-CA", self.path.name, "-CAkey", f"{self.name}.key"],
            *["-set_serial", str(self._serial), "-out", f"{name}.pem", "-days", str(days), "-extfile", f"{name}.ext"],
        )
        return self.folder / f"{name}.pem"

    def issue_for_server(
        self, name: str, names: str = "DNS:localhost,IP:127.0.0.1", kind: str = "ec"
    ) -> tuple[str, str]:
        """Issue one for a server; the options of the command that name it."""
        path = self.issue(name, names=names, usage="serverAuth", kind=kind)
        return f"--certfile={path}", f"--keyfile={path.with_suffix('.key')}"

    def revoke(self, *certificates: Path, until: float | None = None, others: int = 0) -> Path:
        """Write the list of those and others that were revoked, to be replaced at a time in seconds, or in 30 days."""
        database = "".join(
            f"R\t270101000000Z\t260101000000Z\t{openssl(self.folder, 'x509', '-in', str(one), '-noout', '-serial')[7:].strip()}"
            "\tunknown\t/CN=x\n"
            for one in certificates
        )
        database += "".join(
            f"R\t270101000000Z\t260101000000Z\t{1 << 64 | one:018X}\tunknown\t/CN=x\n" for one in range(others)
        )
        (self.folder / "index.txt").write_text(database)
        (self.folder / "crl.cnf").write_text(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\n"
        )
        files = ["-keyfile", f"{self.name}.key", "-cert", self.path.name, "-out", f"{self.name}.crl"]
        if until is not None:
            begin, end = (time.strftime("%y%m%d%H%M%SZ", time.gmtime(each)) for each in (until - 60, until))
            files += ["-crl_lastupdate", begin, "-crl_nextupdate", end]
        openssl(self.folder, "ca", "-config", "crl.cnf", "-gencrl", *files)
        return self.folder / f"{self.name}.crl"

    def context(self, certificate: Path | None = None) -> ssl.SSLContext:
        """What a client trusts, and perhaps shows."""
        context = ssl.create_default_context(cafile=str(self.path))
        if certificate is not None:
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
        return context


def connect(
    port: int, context: ssl.SSLContext, name: str | None = "localhost", session: ssl.SSLSession | None = None
) -> ssl.SSLSocket:
    """Connect, and shake hands, or resume a session."""
    if name is None:
        context.check_hostname = False
    plain = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    return context.wrap_socket(plain, server_hostname=name, session=session)


def ask(
    port: int, context: ssl.SSLContext, name: str | None = "localhost", session: ssl.SSLSession | None = None
) -> dict[str, str]:
    """Ask for the environ of a request."""
    with connect(port, context, name, session) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = http.client.HTTPResponse(client)
        answer.begin()
        found: dict[str, str] = json.loads(answer.read())
        return found
