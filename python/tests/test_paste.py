"""Ini files: PasteDeploy's own library loads them, this server serves them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from serving import Server
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., Server]

APPLICATION = """\
import json, logging, os, signal

class Ending(logging.Handler):
    def emit(self, record):
        os.kill(os.getpid(), signal.SIGTERM)

def make(global_conf, **local):
    def app(environ, start_response):
        start_response("200 OK", [])
        shown = {name: value for name, value in environ.items() if isinstance(value, str)}
        return [json.dumps({"environ": shown, "global": global_conf, "local": local}).encode()]
    return app

def filtered(app, global_conf, mark):
    def filter(environ, start_response):
        environ["marks"] = environ.get("marks", "") + mark
        return app(environ, start_response)
    return filter

def composite(loader, global_conf, **paths):
    apps = {path: loader.get_app(name, global_conf) for path, name in paths.items()}
    def choose(environ, start_response):
        return apps[environ["PATH_INFO"]](environ, start_response)
    return choose

def pyramid(global_conf, **settings):
    from pyramid.config import Configurator
    from pyramid.response import Response
    config = Configurator(settings=settings)
    config.add_route("hello", "/hello/{name}")
    config.add_view(lambda request: Response("hello " + request.matchdict["name"]), route_name="hello")
    return config.make_wsgi_app()
"""

SERVER = """
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = 0
"""

VISIBLE = """
[logger_waitress]
level = INFO
"""

MAIN = """
[app:main]
use = call:applications:make
"""


@pytest.fixture
def run(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run an ini file's text by ``waitress-serve --paste``."""
    monkeypatch.delenv("WAITRESS_JAR", raising=False)
    (tmp_path / "applications.py").write_text(APPLICATION)
    servers = []

    def run_one(text: str, *variables: str, name: str = "", runner: str = "waitress-serve") -> Server:
        path = tmp_path / "production.ini"
        path.write_text(text)
        if runner == "pserve":
            command = [str(Path(sys.executable).with_name("pserve")), str(path), *variables]
        else:
            command = [sys.executable, "-m", "waitress", f"--paste={path}{name}", *variables]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(installed), str(tmp_path)]))
        server = Started(command)
        servers.append(server)
        return server

    yield run_one
    for server in servers:
        server.kill()


class Started(Server):
    """One run of a command."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        super().__init__(*command)

    def command(self, application: str, *options: str) -> list[str]:
        """Any command."""
        return [application, *options]


def fetch(server: Server, path: str = "", **headers: str) -> dict[str, dict[str, str]]:
    return requests.get(server.url + path, headers=headers, timeout=10).json()  # type: ignore[no-any-return]


def test_the_example_of_the_documentation(run: Run) -> None:
    """A pipeline of PrefixMiddleware and an application; a lone logger section shows where it listens."""
    server = run(
        """
[app:myapp]
use = call:applications:make
[filter:paste_prefix]
use = egg:PasteDeploy#prefix
[pipeline:main]
pipeline =
    paste_prefix
    myapp
"""
        + SERVER
        + VISIBLE
    )
    environ = fetch(server, "x")["environ"]
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/x")
    server.stop()
    assert server.lines == [f"INFO:waitress:Serving on http://127.0.0.1:{server.port}\n"]


def test_without_logging_sections_nothing_is_printed(run: Run, tmp_path: Path) -> None:
    server = run(MAIN + f"[server:main]\nuse = egg:waitress\nunix_socket = {tmp_path / 's'}\nunix_socket_perms = 660\n")
    while not (tmp_path / "s").exists():
        assert server.process.poll() is None, server.log
    with Connection(tmp_path / "s") as connection:
        connection.ask("GET", "/", "Connection: close")
        assert connection.head().status == 200
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o660
    server.stop()
    assert server.lines == []


def test_settings_are_text(run: Run) -> None:
    """Of the server's section; the global configuration has no part in it."""
    server = run(
        "[DEFAULT]\nthreads = none of our business\n"
        + MAIN
        + """
[server:main]
use = egg:waitress#main
listen =
    127.0.0.1:0
    [::1]:0
url_scheme = https
url_prefix = foo/
clear_untrusted_proxy_headers = no
ident =
ipv6 = yes
"""
        + VISIBLE
    )
    environ = fetch(server, "foo/x")["environ"]
    assert (environ["wsgi.url_scheme"], environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("https", "/foo", "/x")
    server.wait_for(r"Serving on http://\[::1\]:")


def test_variables_reach_the_factories(run: Run) -> None:
    server = run(MAIN + "speed = %(mode)s\n" + SERVER + VISIBLE, "mode=fast")
    shown = fetch(server)
    assert shown["local"] == {"speed": "fast"}
    assert shown["global"]["mode"] == "fast"


def test_another_application_may_be_named(run: Run) -> None:
    server = run(
        "[composite:both]\nuse = call:applications:composite\n/a = one\n/b = other\n"
        "[app:one]\nuse = call:applications:make\nname = 1\n"
        "[app:other]\nuse = one\nname = 2\nfilter-with = marked\n"
        "[filter:marked]\npaste.filter_app_factory = applications:filtered\nmark = m\n" + SERVER + VISIBLE,
        name="#both",
    )
    assert fetch(server, "a")["local"] == {"name": "1"}
    other = fetch(server, "b")
    assert (other["local"], other["environ"]["marks"]) == ({"name": "2"}, "m")


def test_a_wrong_setting_is_named(run: Run) -> None:
    server = run(MAIN + SERVER + "nope = 1\n")
    assert server.process.wait(20) == 1
    server.wait_for("ValueError: Unknown adjustment 'nope'")


def test_unknown_keys_of_a_lone_logger_are_named(run: Run) -> None:
    server = run(MAIN + SERVER + VISIBLE + "levle = INFO\n")
    assert server.process.wait(20) == 1
    server.wait_for(r"ValueError: \[logger_waitress\] has unknown keys: levle")


def test_logging_sections_rule(run: Run) -> None:
    server = run(
        MAIN
        + SERVER
        + """
[loggers]
keys = root, waitress
[handlers]
keys = console
[formatters]
keys = short
[logger_root]
level = WARN
handlers = console
[logger_waitress]
level = INFO
qualname = waitress
handlers =
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = short
[formatter_short]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""
    )
    server.wait_for(r"^INFO  \[waitress\] Serving on")
    server.stop()


@pytest.mark.parametrize("runner", ["waitress-serve", "pserve"])
def test_is_ready_for_a_signal_when_it_says_that_it_listens(run: Run, runner: str) -> None:
    """SIGTERM comes in the moment of the first line that tells it."""
    server = run(
        MAIN
        + SERVER
        + """
[loggers]
keys = root, waitress
[handlers]
keys = ending
[formatters]
keys =
[logger_root]
handlers =
[logger_waitress]
level = INFO
qualname = waitress
handlers = ending
[handler_ending]
class = applications.Ending
args = ()
""",
        runner=runner,
    )
    server.check_ended()
    assert not [line for line in server.lines if not line.startswith("Starting server in PID")]


def test_prefix_middleware_takes_the_scheme_of_a_proxy(run: Run) -> None:
    """Which by default does not get through: nobody has said that the proxy is to be trusted."""
    text = (
        "[app:inner]\nuse = call:applications:make\n[filter:prefix]\nuse = egg:PasteDeploy#prefix\nprefix = /p\n"
        "[pipeline:main]\npipeline = prefix inner\n" + SERVER
    )
    server = run(text + VISIBLE)
    environ = fetch(server, "p/x", **{"X-Forwarded-Proto": "https"})["environ"]
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/p", "/x")
    open_one = run(text + "clear_untrusted_proxy_headers = no\n" + VISIBLE)
    assert fetch(open_one, "p/x", **{"X-Forwarded-Proto": "https"})["environ"]["wsgi.url_scheme"] == "https"


def test_pserve_runs_a_pyramid_application(run: Run) -> None:
    server = run(
        "[app:main]\nuse = call:applications:pyramid\n"
        + SERVER
        + """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = INFO
handlers = console
[handler_console]
class = StreamHandler
""",
        runner="pserve",
    )
    assert requests.get(server.url + "hello/ada", timeout=10).text == "hello ada"
    server.stop()
