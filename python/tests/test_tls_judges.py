"""Encryption as those see it who judge servers: sslyze and testssl.sh."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from certificates import NEEDED, Authority

if TYPE_CHECKING:
    from conftest import Start

pytestmark = NEEDED

SSLYZE = shutil.which("sslyze", path=str(Path(sys.executable).parent)) or shutil.which("sslyze")
TESTSSL = shutil.which("testssl")

#: Nobody knows the authority of the tests, nor does it tell of what it has revoked, and it numbers by ones; the application
#: could add headers. Whether a client may renegotiate testssl cannot tell for certain: who is slow to refuse it counts as
#: vulnerable. That is up to sslyze.
NOT_OURS = {
    "cert_serialNumber",
    "cert_serialNumberLen",
    "cert_chain_of_trust",
    "cert_revocation",
    "cert_crlDistributionPoints",
    "security_headers",
    "secure_client_renego",
}


def serve(start: Start, folder: Path) -> str:
    """Start a server; return its address."""
    names = "DNS:localhost,IP:127.0.0.1"
    certificate = Authority(folder).issue("usual", names=names, usage="serverAuth", days=80)
    options = (f"--certfile={certificate}", f"--keyfile={certificate.with_suffix('.key')}", "--hsts=max-age=31536000")
    server = start("examples.hello:app", *options)
    return f"127.0.0.1:{server.port}"


@pytest.mark.skipif(SSLYZE is None, reason="no sslyze (pip install sslyze)")
def test_sslyze_finds_a_private_authority_alone(start: Start, tmp_path: Path) -> None:
    """By Mozilla's intermediate configuration."""
    command = [str(SSLYZE), "--mozilla_config=intermediate", serve(start, tmp_path)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120, check=False).stdout
    _, _, verdict = told.partition("COMPLIANCE AGAINST TLS CONFIGURATION")
    assert re.search("Client Renegotiation DoS Attack: +OK", told), told
    assert re.findall(r"^ +\* (\w+):", verdict, re.MULTILINE) == ["certificate_path_validation"], told


@pytest.mark.skipif(TESTSSL is None, reason="no testssl (apt-get install testssl.sh bsdmainutils)")
def test_testssl_finds_a_private_authority_alone(start: Start, tmp_path: Path) -> None:
    """Protocols, preferences, what the server says at first, its headers, and known attacks."""
    report = tmp_path / "report.json"
    options = ["--warnings", "off", "--color", "0", "--quiet", "-p", "-P", "-S", "-h", "-U", "--jsonfile", str(report)]
    command = [str(TESTSSL), *options, serve(start, tmp_path)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=150, check=False).stdout
    findings = json.loads(report.read_text())
    names = {each["id"] for each in findings}
    assert {"heartbleed", "TLS1_3", "cipher_order", "LUCKY13"} <= names, told
    bad = {each["id"]: each["finding"] for each in findings if each["severity"] in {"MEDIUM", "HIGH", "CRITICAL"}}
    assert set(bad) <= NOT_OURS, told
