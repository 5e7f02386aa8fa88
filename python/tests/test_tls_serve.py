"""HTTPS of ``serve()``: the same settings, and a front that is told its secrets by a pipe."""

from __future__ import annotations

import logging
import ssl
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from certificates import NEEDED, TIMEOUT, Authority, ask, openssl
from environ_echo import app

import waitress

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = NEEDED


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def pair(authority: Authority) -> dict[str, Any]:
    path = authority.issue("served", names="DNS:localhost", usage="serverAuth")
    return {"certfile": path, "keyfile": [path.with_suffix(".key")]}


@pytest.fixture
def serve(jar: Path) -> Iterator[Any]:
    assert jar.exists()
    running = []

    def serve_one(**settings: Any) -> waitress.Server:
        server = waitress.create_server(app, listen="127.0.0.1:0", **settings)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return server

    yield serve_one
    for server, thread in running:
        server.close()
        thread.join(TIMEOUT)


def test_takes_the_same_settings(
    serve: Any, authority: Authority, pair: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    client = authority.issue("client", usage="clientAuth")
    server = serve(**pair, ca_certs=authority.path, cert_reqs=ssl.CERT_REQUIRED)
    environ = ask(int(server.effective_port), authority.context(client))
    assert (environ["wsgi.url_scheme"], environ["SSL_CLIENT_S_DN"]) == ("https", "CN=client")
    with caplog.at_level(logging.INFO, "waitress"):
        server.print_listen("Serving on http://{}:{}")
    assert caplog.messages == [f"Serving on https://127.0.0.1:{server.effective_port}"]


def test_plain_addresses_are_told_from_others(
    serve: Any, pair: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(**pair, http_listen="127.0.0.1:0")
    with caplog.at_level(logging.INFO, "waitress"):
        server.print_listen("Serving on http://{}:{}")
    assert [message.partition("://")[0] for message in caplog.messages] == ["Serving on https", "Serving on http"]


def test_a_password_is_in_no_command_line(serve: Any, authority: Authority, pair: dict[str, Any]) -> None:
    openssl(authority.folder, "pkcs8", "-topk8", "-in", "served.key", "-out", "served.p8", "-passout", "pass:s3cret")
    locked = {**pair, "keyfile": authority.folder / "served.p8"}
    server = serve(**locked, keyfile_password="s3cret")
    assert ask(int(server.effective_port), authority.context())["HTTPS"] == "on"
    shown = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert "s3cret" not in shown
    with pytest.raises(ValueError, match=r"served\.p8: wrong keyfile_password"):
        waitress.create_server(app, listen="127.0.0.1:0", **locked, keyfile_password="other")


def test_what_is_wrong_is_a_value_error(pair: dict[str, Any], jar: Path) -> None:
    assert jar.exists()
    with pytest.raises(ValueError, match="there is no such file"):
        waitress.create_server(app, listen="127.0.0.1:0", certfile="/nowhere/cert.pem")
    with pytest.raises(ValueError, match="cert_reqs: which certificates are valid"):
        waitress.create_server(app, listen="127.0.0.1:0", **pair, cert_reqs=ssl.CERT_REQUIRED)
