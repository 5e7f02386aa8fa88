"""The server's own records as JSON, and where a file says what becomes of them."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from serving import EVENT_SECONDS, Server
from wire import Connection

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start

FIELDS = ["time", "level", "logger", "message", "pid", "thread"]
APP = r"""
import logging
LOG = logging.getLogger('shop "and"\nmore')
class Unspeakable:
    def __str__(self):
        raise ValueError("unspeakable")
    __repr__ = __str__
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/fail"):
        raise ValueError('no "such"\nthing \x00\x1b \u2028 \udcff ' + path)
    if path == "/plain":
        raise KeyError(path)
    if path == "/long":
        LOG.warning("x" * 1000000)
    if path == "/misfit":
        LOG.warning("%s and\n%s", "one")
        LOG.warning("%s", Unspeakable())
    LOG.warning("asked for %s \udce9\u00e9\U0001f600\x85", path)
    start_response("204 No Content", [])
    return []
"""


@pytest.fixture(name="shop")
def make_shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APP)
    return tmp_path


def ask(server: Server, target: str) -> int:
    with Connection(server.address) as connection:
        connection.ask("GET", target, "Connection: close")
        return connection.head().status


def records(server: Server) -> list[dict[str, Any]]:
    """Read the log as a stranger does: what is between two line feeds is one object."""
    assert all(line.isascii() and line.isprintable() for line in server.log.splitlines())
    return [json.loads(line) for line in server.log.splitlines()]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_every_line_is_an_object_whatever_it_tells_of(start: Start, shop: Path, locale: str) -> None:
    server = start(
        "shop:app", "--log-format=json", "--reload", "--trusted-proxy=*", "--trusted-proxy-headers=forwarded",
        "--log-untrusted-proxy-headers", PYTHONPATH=str(shop), LC_ALL=locale,
    )  # fmt: skip
    assert ask(server, "/%22quoted%22%0Aline%FF%00%1b[2J") == 204
    assert ask(server, "/fail%22%0A%FF%E2%82%AC") == 500
    assert ask(server, "/long") == 204
    assert ask(server, "/misfit") == 204
    with Connection(server.address) as connection:
        connection.ask("GET", "/", 'Forwarded: for="a\tb\\"', "Connection: close")
        assert connection.head().status == 400
    server.wait_for("Malformed proxy header")
    (shop / "shop.py").write_text(APP + 'raise RuntimeError("not \\"again\\"\\n")\n')
    server.wait_for("Cannot load the application")
    (shop / "shop.py").write_text(APP + "more = 1\n")
    server.wait_for("The application was loaded again")
    server.stop()
    found = records(server)
    for each in found:
        assert [name for name in each if name != "exception"] == FIELDS
        assert datetime.fromisoformat(each["time"]).utcoffset() is not None
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", each["time"])
        assert isinstance(each["pid"], int)
    by_front, failed = found[0], next(each for each in found if "exception" in each)
    assert by_front["message"].startswith("Serving on http://")
    assert failed["level"] == "ERROR"
    assert failed["pid"] != by_front["pid"]
    assert failed["exception"].startswith("Traceback (most recent call last):\n")
    assert 'ValueError: no "such"\nthing \0\x1b \u2028 \\udcff /fail"\n' in failed["exception"]
    said = [each["message"] for each in found if each["logger"] == 'shop "and"\nmore']
    assert 'asked for /"quoted"\nline\xff\0\x1b[2J \\udce9\u00e9\U0001f600\x85' in said
    assert max(map(len, said)) < 70_000
    assert "%s and\n%s (arguments ('one',): TypeError('not enough arguments for format string'))" in said
    assert re.search(r"^%s \(arguments <tuple .*ValueError\('unspeakable'\)\)$", "\n".join(said), re.MULTILINE)


def test_what_an_application_prints_or_sets_up_stays_as_it_is(start: Start, shop: Path) -> None:
    own = "import logging, sys\nlogging.basicConfig(format='mine: %(message)s')\nprint('printed', file=sys.stderr)\n"
    (shop / "shop.py").write_text(own + APP)
    server = start("shop:app", "--log-format=json", PYTHONPATH=str(shop))
    assert ask(server, "/") == 204
    server.wait_for("^mine: asked for / ")
    server.wait_for("^printed$")


CONFIG = {
    "version": 1,
    "formatters": {"short": {"format": "<%(levelname)s %(name)s> %(message)s"}},
    "handlers": {"file": {"class": "logging.FileHandler", "filename": os.devnull, "formatter": "short"}},
    "root": {"level": "INFO", "handlers": ["file"]},
}


def configured(folder: Path, config: object = CONFIG) -> str:
    file = folder / "log.json"
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    return f"--log-config={file}"


def test_a_file_rules_over_all_records_before_the_application_is_loaded(start: Start, shop: Path) -> None:
    log = shop / "all.log"
    handlers = {
        "file": {"class": "logging.FileHandler", "filename": str(log), "formatter": "short"},
        "console": {"class": "logging.StreamHandler", "formatter": "short"},
    }
    config = {**CONFIG, "handlers": handlers, "root": {"level": "INFO", "handlers": ["file", "console"]}}
    (shop / "shop.py").write_text("import logging\nlogging.getLogger('early').info('loading')\n" + APP)
    server = start("shop:app", configured(shop, config), PYTHONPATH=str(shop))
    port = server.port
    assert ask(server, "/plain") == 500
    server.stop()
    written = log.read_text("utf-8", "surrogateescape")
    lines = written.splitlines()
    assert lines[0] == "<INFO early> loading"
    assert f"<INFO waitress> Serving on http://127.0.0.1:{port}" in lines
    assert "<ERROR waitress> Exception while serving /plain" in lines
    assert not re.search(r"^\w+:waitress", server.log, re.MULTILINE)


@pytest.mark.parametrize("preload", [(), ("--preload", "--workers=2")])
def test_a_file_may_ask_for_the_servers_json(start: Start, shop: Path, preload: tuple[str, ...]) -> None:
    config = {
        "version": 1,
        "formatters": {"json": {"()": "waitress_worker.records.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "INFO", "handlers": ["console"]},
    }
    server = start("shop:app", configured(shop, config), "--log-format=json", *preload, PYTHONPATH=str(shop))
    assert ask(server, "/fail") == 500
    server.wait_for('"exception"')
    assert {each["message"] for each in records(server)} >= {"Exception while serving /fail"}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (None, "No such file or directory"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2"),
        ("[]", ""),
        ('{"handlers": {}}', "dictionary doesn't specify a version"),
        ({**CONFIG, "formatters": {}}, "Unable to configure handler 'file'"),
        ({**CONFIG, "root": {"level": "LOUD"}}, "Unable to configure root logger: Unknown level: 'LOUD'"),
        ('{"version": 1, "a\xff', ""),
    ],
)
def test_a_file_that_is_wrong_ends_the_start_with_one_line(tmp_path: Path, config: object, reason: str) -> None:
    option = f"--log-config={tmp_path}/none.json" if config is None else configured(tmp_path, config)
    server = Server("examples.hello:app", option)
    assert server.process.wait(EVENT_SECONDS) == 1
    server.wait_for("log_config")
    server.kill()
    assert re.fullmatch(r"Error: log_config /\S+\.json: .*" + re.escape(reason) + r".*\n", server.log)


SLOW = r"""
import threading, time
def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        wait_for_long()
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
def wait_for_long():
    time.sleep(2.5)
"""
PHASES = r"receive (\d+\.\d{3}), queue (\d+\.\d{3}), application (\d+\.\d{3}), send (\d+\.\d{3}), by 1/\d+"


def test_a_slow_request_is_told_of_with_the_place_where_it_was_meanwhile(start: Start, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SLOW)
    server = start("shop:app", "--slow-request-threshold=1", "--request-id", PYTHONPATH=str(tmp_path))
    assert ask(server, "/quick") == 200
    assert ask(server, "/slow?a=%0A\x1f") == 400
    assert ask(server, "/slow?a=%0A") == 200
    title = r"^WARNING:waitress:slow request: GET /slow\?a=%0A \(\S+\): 200 after [23]\.\d{3} s: "
    told = server.wait_for(title + PHASES + r", which was here after [12]\.\d{3} s:$")
    receive, queue, application, send = map(float, told.groups())
    assert 2.5 <= application < 4
    assert max(receive, queue, send) < 1
    server.wait_for(r"^    time\.sleep\(2\.5\)$")
    assert "/quick" not in server.log
    assert "waitress_worker" not in server.log


def test_a_request_that_its_client_makes_slow_is_told_apart(start: Start, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SLOW)
    server = start("shop:app", "--slow-request-threshold=1", PYTHONPATH=str(tmp_path))
    with Connection(server.port) as connection:
        connection.ask("POST", "/quick", "Content-Length: 2")
        time.sleep(2)  # this is what is slow
        connection.send(b"ab")
        assert connection.head().status == 200
    told = server.wait_for(r"^WARNING:waitress:slow client: POST /quick: 200 after \d\.\d{3} s: " + PHASES + "$")
    assert float(told[1]) >= 1
