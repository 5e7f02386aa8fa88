"""WebTest's live server, a subclass of Waitress' that reaches into it, and what was written after its example."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

import waitress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Create = Callable[..., Any]

pytestmark = [
    pytest.mark.usefixtures("jar"),
    # The connection by which WebTest waits for its server is left to the collector.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def assert_is_gone(url: str) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


class TestStopableWSGIServer:
    """The real one, from PyPI."""

    @pytest.fixture
    def create(self) -> Iterator[Create]:
        """Start servers that are shut down after the test at the latest."""
        http = pytest.importorskip("webtest.http")
        servers = []

        def create_one(**settings: Any) -> Any:
            servers.append(http.StopableWSGIServer.create(app, **settings))
            return servers[-1]

        yield create_one
        for server in servers:
            server.shutdown()

    def test_serves_until_its_shutdown(self, create: Create) -> None:
        server = create()
        assert isinstance(server, waitress.Server)
        assert server.wait()
        assert server.application_url == f"http://127.0.0.1:{server.effective_port}/"
        assert requests.get(server.application_url + "page", timeout=10).text == "/page"
        assert server.shutdown()
        server.runner.join(10)
        assert not server.runner.is_alive()
        assert_is_gone(server.application_url)

    def test_takes_the_settings_that_projects_give(self, create: Create) -> None:
        """The URL has the name of the host that was given."""
        server = create(host="localhost", threads=1, channel_timeout=60, cleanup_interval=10, expose_tracebacks=True)
        assert server.application_url == f"http://localhost:{server.effective_port}/"
        assert server.wait()

    def test_silences_no_other_server(self, create: Create) -> None:
        """At its end it sets the level of what it takes for its own logger."""
        create().shutdown()
        assert logging.getLogger("waitress").getEffectiveLevel() < logging.FATAL


def close_all(server: waitress.Server) -> None:
    for channel in list(server._map.values()):
        channel.handle_close()


def as_anki_does(server: waitress.Server) -> None:
    close_all(server)
    server.task_dispatcher.shutdown()


def as_ycmd_does(server: waitress.Server) -> None:
    server.logger.setLevel(logging.FATAL)
    server.task_dispatcher.shutdown()
    while server._map:
        close_all(server)


def after_closing_it(server: waitress.Server) -> None:
    server.close()
    assert server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)


@pytest.mark.parametrize("end", [as_anki_does, as_ycmd_does, after_closing_it], ids=lambda end: end.__name__)
def test_a_server_may_be_ended_by_its_insides(end: Callable[[waitress.Server], None]) -> None:
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    url = f"http://127.0.0.1:{server.effective_port}/x"
    assert requests.get(url, timeout=10).text == "/x"
    end(server)
    thread.join(10)
    assert not thread.is_alive()
    assert_is_gone(url)
