"""The page of ``metrics_listen``: what it shows, to whom, and what no client can make of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import Browser
from metering import OWN, Meter
from probes import until, workers
from serving import COMMAND, ROOT
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start

APPS = str(ROOT / "python" / "tests" / "apps")
PICTURES = ROOT / "docs" / "images"
EVIL = "<img/src=x/onerror=document.title='evil'><script>document.title='evil'</script>\"'&amp;"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path) as one:
        yield one


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as one:
        yield one


def told(port: int, *fields: str) -> dict[str, Any]:
    """The first event that somebody is told who watches."""
    with Connection(port) as connection:
        connection.ask("GET", "/events", *fields)
        assert connection.head().one("Content-Type") == "text/event-stream"
        event = next(iter(connection.chunks())).decode()
        assert event.startswith("data: ")
        assert event.endswith("\n\n")
        return dict(json.loads(event[6:]))


class TestInABrowser:
    """Everything works under the policy of the page, without anything from elsewhere."""

    def test_a_worker_that_dies_and_the_next_one_are_seen(self, start: Start, browser: Browser) -> None:
        server = start("counted:app", OWN, "--workers=2", PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        browser.wait_for("ready", "#state")
        (worker, *_) = workers(server)
        browser.wait_for(str(worker), "#workers")
        os.kill(worker, signal.SIGKILL)
        number = server.wait_for(r"worker (\d+) started")[1]
        browser.wait_for(number, "#workers")
        until(lambda: browser.text("#workers").count("serving") == 2, "two that serve")
        assert str(worker) not in browser.text("#workers")

    def test_requests_that_run_and_those_that_have_failed_are_seen(self, start: Start, browser: Browser) -> None:
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        with Connection(server.port) as slow, Connection(server.port) as failing:
            slow.ask("GET", "/sleep/5?q=1")
            browser.wait_for("GET /sleep/5?q=1", "#running")
            failing.ask("GET", "/fail?q=2")
            assert failing.head().status == 500
            browser.wait_for("500 GET /fail?q=2", "#failures summary")
            assert "ValueError: as asked" not in browser.text("#failures")
            browser.value("document.querySelector('#failures summary').click()")
            assert "ValueError: as asked" in browser.text("#failures pre")
            assert slow.head().status == 200
        browser.wait_for(" s", "#most-time")
        assert browser.value("document.querySelector('#rates path').getAttribute('d').includes('L')")
        assert "ValueError: as asked" in browser.text("#failures pre"), "it stays unfolded"

    def test_a_slow_request_is_seen_with_its_stack(self, start: Start, browser: Browser) -> None:
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        with Connection(server.port) as slow:
            slow.ask("GET", "/sleep/10")
            browser.wait_for("GET /sleep/10", "#running details summary")
            assert "counted.py" not in browser.text("#running")
            browser.value("document.querySelector('#running summary').click()")
            browser.wait_for("counted.py", "#running pre")
            assert "time.sleep" in browser.text("#running pre")

    def test_nothing_of_a_client_is_run(self, start: Start, browser: Browser) -> None:
        """Neither what it asks for, nor what an application says of that."""
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        with Connection(server.port) as slow, Connection(server.port) as failing:
            slow.send(f"GET /sleep/4?{EVIL} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            failing.send(f"GET /echo/{EVIL} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert failing.head().status == 500
            browser.wait_for(f"GET /sleep/4?{EVIL}", "#running")
            browser.wait_for("GET /echo/", "#failures summary")
            browser.value("document.querySelector('#failures summary').click()")
            assert EVIL.partition("/")[0] in browser.text("#failures pre")
            assert browser.value("document.title") == "waitress"
            assert browser.value("document.querySelectorAll('img').length") == 0
            assert browser.value("document.querySelectorAll('script').length") == 1
            assert slow.head().status == 200

    def test_what_is_put_in_by_force_is_not_run_either(self, start: Start, browser: Browser) -> None:
        """Where the script had a hole, the policy would be behind it."""
        browser.open(f"http://127.0.0.1:{Meter(start('counted:app', OWN, PYTHONPATH=APPS)).port}/")
        browser.wait_for("ready", "#state")
        assert browser.value(
            """new Promise(done => {
              document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
              const script = document.createElement("script");
              script.textContent = "document.title = 'evil'";
              document.body.append(script);
            })"""
        ).startswith("script-src")
        assert browser.value("document.title") == "waitress"

    def test_orders_are_given_by_buttons(self, start: Start, browser: Browser) -> None:
        server = start("counted:app", OWN, "--admin-actions", PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        browser.wait_for("Reload", "#orders")
        browser.value("document.querySelector('[data-order=add]').click()")
        browser.wait_for("one more worker, 2 from now on", "#outcome")
        until(lambda: browser.text("#workers").count("serving") == 2, "two that serve")
        browser.value("document.querySelector('[data-order=reload]').click()")
        browser.wait_for("The application was loaded again", "#outcome")
        browser.wait_for("The application was loaded again", "#reloads")

    def test_it_is_read_on_a_phone_and_in_the_dark(self, start: Start, browser: Browser) -> None:
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        browser.appear(width=360, height=740)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        browser.wait_for("serving", "#workers")
        assert browser.value("document.documentElement.scrollWidth") <= 360
        light = browser.value("getComputedStyle(document.body).backgroundColor")
        browser.appear(width=360, height=740, dark=True)
        assert browser.value("getComputedStyle(document.body).backgroundColor") != light

    @pytest.mark.soak
    def test_has_its_pictures_in_the_documentation(self, start: Start, browser: Browser, stack: ExitStack) -> None:
        """It makes them: after half a minute of requests that sleep for some milliseconds, without a path of this machine."""
        shop = Path(tempfile.gettempdir(), "shop")
        shop.mkdir()
        stack.callback(shutil.rmtree, shop)
        shutil.copy(Path(APPS, "counted.py"), shop)
        server = start("counted:app", OWN, "--workers=2", PYTHONPATH=str(shop))
        over = threading.Event()

        def ask() -> None:
            with Connection(server.port) as connection:
                while not over.is_set():
                    connection.ask("GET", f"/sleep/{random.uniform(0.005, 0.05)}")
                    connection.body(connection.head())

        asking = [threading.Thread(target=ask) for _ in range(4)]
        browser.appear(width=1180, height=1010)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        for thread in asking:
            thread.start()
        try:
            with Connection(server.port) as slow, Connection(server.port) as failing:
                os.kill(server.process.pid, signal.SIGHUP)
                failing.ask("GET", "/fail")
                assert failing.head().status == 500
                over.wait(30)
                slow.ask("GET", "/sleep/20")
                browser.wait_for("GET /sleep/20", "#running details summary")
                browser.value("document.querySelector('#running summary').click()")
                browser.wait_for("time.sleep", "#running pre")
                PICTURES.mkdir(exist_ok=True)
                browser.picture(PICTURES / "page-light.png")
                browser.appear(width=1180, height=1010, dark=True)
                browser.picture(PICTURES / "page-dark.png")
                browser.appear(width=390, height=844)
                browser.picture(PICTURES / "page-phone.png")
        finally:
            over.set()
            for thread in asking:
                thread.join()

    def test_it_comes_again_when_the_server_does(self, start: Start, browser: Browser) -> None:
        """It says so meanwhile; and who watches is no request that the server would wait for."""
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        browser.open(f"http://127.0.0.1:{Meter(server).port}/")
        browser.wait_for("ready", "#state")
        server.stop()
        browser.wait_for("no connection", "#state")
        assert "cutting" not in server.log


class TestToWhom:
    """Query strings and tracebacks are not for everybody who can connect."""

    @pytest.fixture
    def fail(self, start: Start) -> Any:
        def fail(*options: str, **environment: str) -> int:
            server = start("counted:app", *options, PYTHONPATH=APPS, **environment)
            with Connection(server.port) as connection:
                connection.ask("GET", "/fail?token=1")
                assert connection.head().status == 500
            return int(server.wait_for(r"Metrics on http://[\d.]+:(\d+)")[1])

        return fail

    def test_users_of_the_machine_see_all(self, fail: Any) -> None:
        (failure,) = told(fail(OWN))["failures"]
        assert failure["request"] == "GET /fail?token=1"
        assert failure["traceback"].endswith("ValueError: as asked\n")

    def test_others_see_neither(self, fail: Any) -> None:
        event = told(fail("--metrics-listen=0.0.0.0:0"))
        (failure,) = event["failures"]
        assert (failure["request"], failure["traceback"]) == ("GET /fail?…", "")
        assert event["all"] is False

    def test_others_see_both_with_the_token(self, fail: Any) -> None:
        port = fail("--metrics-listen=0.0.0.0:0", WAITRESS_ADMIN_TOKEN="open sesame")
        (failure,) = told(port, "Authorization: Bearer open sesam")["failures"]
        assert failure["request"] == "GET /fail?…"
        (failure,) = told(port, "Authorization: Bearer open sesame")["failures"]
        assert failure["request"] == "GET /fail?token=1"
        assert "ValueError" in failure["traceback"]

    def test_a_name_that_was_made_to_lead_here_sees_nothing(self, fail: Any) -> None:
        port = fail(OWN)
        for path in ("/", "/events", "/metrics"):
            with Connection(port) as connection:
                connection.send(f"GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n".encode())
                assert connection.head().status == 421

    def test_clients_of_the_application_see_no_traceback(self, start: Start) -> None:
        """Though it travels to the front."""
        server = start("counted:app", OWN, PYTHONPATH=APPS)
        with Connection(server.port) as connection:
            connection.ask("GET", "/fail")
            head = connection.head()
            assert b"ValueError" not in connection.body(head)


@pytest.mark.usefixtures("jar")
def test_orders_of_strangers_are_refused_at_the_start() -> None:
    """Whoever could connect could end workers."""
    ended = subprocess.run(
        [COMMAND, "--listen=127.0.0.1:0", "--metrics-listen=0.0.0.0:0", "--admin-actions", "counted:app"],
        env={**os.environ, "PYTHONPATH": APPS},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode != 0
    assert "admin_actions needs admin_token where metrics_listen has an address that others can reach" in ended.stderr
