"""The application's own metrics: told by the front, as exact as its answers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from metering import OWN, Meter, Sampled
from probes import halt, until, workers
from scripts import PREAMBLE, Program, Script
from serving import ROOT
from wire import Connection

from waitress.java import find_java

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Start
    from serving import Server

APPS = str(ROOT / "python" / "tests" / "apps")
ASKED = "shop_asked_total"
CLIENTS = 4

#: What is asked for again and again: method, kind, body.
MIXED = [
    ("GET", "small", b""),
    ("HEAD", "small", b""),
    ("POST", "post", b"hello"),
    ("PUT", "large", b"hello"),
    ("GET", "large", b""),
    ("GET", "huge", b""),
    ("GET", "stream", b""),
    ("POST", "stream", b"hello"),
    ("GET", "fail", b""),
    ("POST", "fail", b"hello"),
]


def ask(server: Server, target: str, method: str = "GET") -> int:
    """Ask once; the status."""
    with Connection(server.port) as connection:
        connection.ask(method, target, "Connection: close")
        head = connection.head()
        connection.body(head)
        return head.status


class Client(threading.Thread):
    """Asks for this and that, and counts what the application has answered."""

    def __init__(self, port: int, seed: int, requests: int) -> None:
        super().__init__()
        self.seen: Counter[tuple[str, ...]] = Counter()
        self.lost = 0
        self.left = requests
        self.fault: BaseException | None = None
        #: Released at each seventh of the requests.
        self.sevenths = threading.Semaphore(0)
        self._seventh = requests // 7
        self._port = port
        self._dice = random.Random(seed)

    def run(self) -> None:
        """Ask on one connection until the server ends it, then on the next."""
        try:
            while self.left > 0:
                self._ask_on_one()
        except BaseException as fault:
            self.fault = fault
            self.sevenths.release(7)

    def _ask_on_one(self) -> None:
        with Connection(self._port) as connection:
            while self.left > 0:
                self.left -= 1
                if self.left % self._seventh == 0:
                    self.sevenths.release()
                method, kind, body = self._dice.choice(MIXED)
                connection.ask(method, f"/{kind}", *([f"Content-Length: {len(body)}"] if body else []))
                connection.send(body)
                head = connection.head()
                if head.status == 502:
                    self.lost += 1
                else:
                    self.seen[kind,] += 1
                try:
                    if method != "HEAD":
                        connection.body(head)
                except (EOFError, OSError, AssertionError, ValueError):
                    return  # broken off with its worker
                if head.one("Connection") == "close":
                    return


def compare(start: Start, requests: int) -> None:
    """Have clients ask while the application is loaded again twice and three workers are killed; compare."""
    server = start("measured:app", OWN, "--workers=2", "--threads=2", PYTHONPATH=APPS)
    meter = Meter(server)
    clients = [Client(server.port, seed, requests // CLIENTS) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    for number in range(1, 6):
        clients[0].sevenths.acquire()
        since = len(server.lines)
        if number in (2, 4):
            os.kill(server.process.pid, signal.SIGHUP)
            server.wait_for(r"The application was loaded again", since=since)
        else:
            os.kill(workers(server)[-1], signal.SIGKILL)
            server.wait_for(r"worker \d+ started", since=since)
    for client in clients:
        client.join()
    assert [client.fault for client in clients] == [None] * CLIENTS
    seen = sum((client.seen for client in clients), Counter[tuple[str, ...]]())
    total = sum(seen.values())
    assert total + sum(client.lost for client in clients) == sum(requests // CLIENTS for _ in clients)

    counted = meter.sampled()
    assert counted.all(ASKED, "kind") == seen
    assert counted.all("library_asked_total", "kind") == seen
    assert counted.all("shop_took_seconds_count", "kind") == seen
    assert counted.one("library_took_seconds_count") == total
    assert counted.one("library_took_seconds_bucket", le="1.0") == total
    assert counted.one("library_took_seconds_sum") == pytest.approx(0.3 * total)
    assert counted.all("waitress_worker_replacements_total", "reason") == {("died",): 3, ("reload",): 4}
    assert counted.one("shop_loaded_total") == 2 + 3 + 4


def test_are_what_a_client_has_counted(start: Start) -> None:
    """Over mixed requests, two reloads, and three workers that are killed."""
    compare(start, 4000)


@pytest.mark.soak
def test_are_what_a_client_has_counted_over_100_000_requests(start: Start) -> None:
    compare(start, 100_000)


def test_are_not_there_for_a_request_that_was_lost(start: Start) -> None:
    """What one has counted goes with its answer: it is neither counted where there is none, nor twice where it runs again."""
    server = start("measured:app", OWN, "--workers=2", "--threads=4", PYTHONPATH=APPS)
    meter = Meter(server)
    with Connection(server.port) as lost, Connection(server.port) as repeated:
        lost.ask("POST", "/hang/2", "Content-Length: 1")
        lost.send(b"x")
        repeated.ask("GET", "/hang/2")
        until(lambda: meter.sampled().one("http_server_active_requests") == 2, "two that run")
        until(lambda: sum(meter.sampled().all("waitress_worker_busy_threads", "worker").values()) == 2, "two begun")
        assert ask(server, "/small") == 200
        for pid in workers(server):
            os.kill(pid, signal.SIGKILL)
        assert lost.head().status == 502
        assert repeated.head().status == 200
    # Once by what hangs, once by count() behind that.
    assert meter.sampled().all(ASKED, "kind") == {("small",): 1, ("hang",): 2}


def test_come_from_other_threads_and_from_the_end_of_a_response(start: Start) -> None:
    server = start("measured:app", OWN, PYTHONPATH=APPS)
    meter = Meter(server)
    for kind in ("thread", "late", "stream", "huge", "large"):
        assert ask(server, f"/{kind}") == 200
        assert meter.sampled().one(ASKED, kind=kind) == 1, kind
        assert meter.sampled().one("library_asked_total", kind=kind) == 1, kind


def test_come_from_the_import_and_the_hooks(start: Start) -> None:
    """Each worker counts the import, also where that has run before they were forked."""
    server = start("measured:app", OWN, "--workers=3", "--preload", "--post-fork=measured:hook", PYTHONPATH=APPS)
    meter = Meter(server)
    until(lambda: meter.sampled().all("shop_loaded_total") == {(): 303}, "three workers")


def test_are_there_before_anything_is_counted(start: Start) -> None:
    """So that the first event is seen as one."""
    meter = Meter(start("measured:app", OWN, PYTHONPATH=APPS))
    until(lambda: "library_took_seconds_count" in meter.sampled().names(), "the metrics")
    assert meter.sampled().one("library_took_seconds_count") == 0


def gauges(sampled: Sampled, mode: str) -> list[float]:
    """The values of one mode."""
    found = [family for family in sampled.families if family.name == f"library_{mode}"]
    return sorted(sample.value for family in found for sample in family.samples)


def test_of_several_workers_are_joined_as_the_library_does(start: Start) -> None:
    """By the mode of a gauge, also when a worker has ended."""
    server = start("measured:app", OWN, "--workers=2", "--threads=1", PYTHONPATH=APPS)
    meter = Meter(server)
    with Connection(server.port) as one, Connection(server.port) as two:
        one.ask("GET", "/gauge/5")
        until(lambda: gauges(meter.sampled(), "livesum") == [5], "the first of them")
        two.ask("GET", "/gauge/3")  # the other worker has room
        one.body(one.head())
        last = int(two.body(two.head()))
    expected = {
        "all": [3, 5],
        "liveall": [3, 5],
        "min": [3],
        "livemin": [3],
        "max": [5],
        "livemax": [5],
        "sum": [8],
        "livesum": [8],
        "mostrecent": [3],
        "livemostrecent": [3],
    }
    until(lambda: {mode: gauges(meter.sampled(), mode) for mode in expected} == expected, "the gauges of two")
    os.kill(last, signal.SIGKILL)
    server.wait_for(r"worker \d+ started")
    until(lambda: gauges(meter.sampled(), "liveall") == [0, 5], "a successor")
    ended = {mode: gauges(meter.sampled(), mode) for mode in expected}
    expected.update(all=[0, 5], liveall=[0, 5], min=[0], livemin=[0], livesum=[5], livemostrecent=[5])
    assert ended == expected


def test_are_bounded_in_number(start: Start) -> None:
    """One below, at, and above the limit; what is dropped is counted, and told of once."""
    server = start("measured:app", OWN, "--metrics-limit=40", PYTHONPATH=APPS)
    meter = Meter(server)
    assert ask(server, "/series/1") == 200
    room = 40 - int(meter.sampled().one("waitress_application_series"))
    assert room > 3
    assert ask(server, f"/series/{room}") == 200
    assert meter.sampled().one("waitress_application_series") == 39
    assert ask(server, f"/series/{room + 1}") == 200
    full = meter.sampled()
    assert (full.one("waitress_application_series"), full.one("waitress_application_metrics_dropped_total")) == (40, 0)
    assert ask(server, f"/series/{room + 3}") == 200
    over = meter.sampled()
    assert (over.one("waitress_application_series"), over.one("waitress_application_metrics_dropped_total")) == (40, 2)
    assert len(over.all("shop_many_total", "number")) == room + 1
    assert ask(server, f"/series/{room + 3}") == 200
    assert server.log.count("metrics_limit (40)") == 1


#: Requests, and what belongs to none, on green threads.
GREEN = """
from gevent import monkey, sleep, spawn
monkey.patch_all()
from waitress_worker import metrics

ASKED = metrics.counter("shop_asked", "Requests.")
TICKS = metrics.counter("shop_ticks", "Times.")

def tick():
    while True:
        TICKS.inc()
        sleep(0.05)

def app(environ, start_response):
    ASKED.inc()
    sleep(0.05)
    ASKED.inc()
    start_response("200 OK", [])
    return [b"done"]

spawn(tick)
"""


def test_come_from_green_threads(start: Start, tmp_path: Path) -> None:
    """Which all run on one thread of the system."""
    (tmp_path / "green.py").write_text(GREEN)
    server = start("green:app", OWN, PYTHONPATH=str(tmp_path))
    meter = Meter(server)
    connections = [Connection(server.port) for _ in range(10)]
    for connection in connections:
        connection.ask("GET", "/")
    for connection in connections:
        with connection:
            assert connection.head().status == 200
    assert meter.sampled().one("shop_asked_total") == 20
    until(lambda: meter.sampled().one("shop_ticks_total") > 3, "what belongs to no request")


HOSTILE = [
    'a"b\\c\nd\re{}',
    "\x00\x1b\x7f",
    "\u00e9\u20ac\U0001f600\u2028\u0085",
    "</script><script>alert(1)</script>",
    "x" * 5000,
    "# EOF",
    'evil"} 1\nwaitress_ready 0\n',
]


def test_of_clients_words_break_nothing(start: Start) -> None:
    """Labels made of a client's bytes, and of halves of characters."""
    server = start("measured:app", OWN, PYTHONPATH=APPS)
    meter = Meter(server)
    for number, text in enumerate(HOSTILE):
        assert ask(server, "/label/" + quote(text.encode("utf-8", "surrogatepass"))) == 200
        shown = text.encode().decode("latin-1")
        shown = shown if len(shown) <= 200 else shown[:197] + "..."
        for sampled in (meter.sampled(), meter.sampled_as_openmetrics()):
            assert sampled.one("shop_labels_total", text=shown) == 1, text
            assert sampled.one("waitress_ready") == 1
            assert len(sampled.all("shop_labels_total", "text")) == number + 1


def test_say_what_is_wrong_with_a_name(start: Start) -> None:
    server = start("measured:wrong", OWN, PYTHONPATH=APPS)
    assert ask(server, "/") == 500
    server.wait_for(r"ValueError: a metric's name is letters, digits, _ and :.* it cannot be 'shop wrong'")


def test_do_nothing_where_nobody_asks_for_them(start: Start) -> None:
    """Neither is the name of a metric of any concern to the front, but a wrong one is told of all the same."""
    server = start("measured:app", PYTHONPATH=APPS)
    for kind in ("small", "stream", "late", "thread", "label/x", "gauge/3"):
        assert ask(server, f"/{kind}") == 200
    wrong = start("measured:wrong", PYTHONPATH=APPS)
    assert ask(wrong, "/") == 500


def test_are_told_while_workers_hang(start: Start) -> None:
    """A scrape asks no worker."""
    server = start("measured:app", OWN, "--threads=1", PYTHONPATH=APPS)
    meter = Meter(server)
    assert ask(server, "/series/1000") == 200
    halt(workers(server)[0])
    try:
        began = time.monotonic()
        assert len(meter.sampled().all("shop_many_total", "number")) == 1000
        assert time.monotonic() - began < 5
    finally:
        os.kill(workers(server)[0], signal.SIGCONT)


def times_of(action: Callable[[], object], count: int) -> list[float]:
    """Milliseconds that an action takes each time, the shortest first."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


#: A process of its own: threads of this one would wait for each other.
SCRAPING = """
import sys, time, urllib.request
while True:
    urllib.request.urlopen("http://127.0.0.1:%s/metrics" % sys.argv[1]).read()
    print("begun", flush=True)
    time.sleep(0.02)
"""


@pytest.mark.soak
def test_of_a_thousand_series_hold_nobody_up(start: Start) -> None:
    """A scrape takes 20 ms at most, usually; requests beside scrapes take a millisecond longer at most, nearly always."""
    server = start("measured:app", OWN, PYTHONPATH=APPS)
    meter = Meter(server)
    assert ask(server, "/series/1000") == 200
    scrapes = times_of(meter.text, 300)[100:]
    with Connection(server.port) as connection:

        def request() -> None:
            connection.ask("GET", "/small")
            connection.body(connection.head())

        times_of(request, 3000)
        alone = times_of(request, 5000)
        with subprocess.Popen([sys.executable, "-c", SCRAPING, str(meter.port)], stdout=subprocess.PIPE) as scraping:
            assert scraping.stdout is not None
            assert scraping.stdout.readline() == b"begun\n"
            beside = times_of(request, 5000)
            scraping.kill()
    print(f"scrape: median {scrapes[len(scrapes) // 2]:.2f} ms, 99 of 100 {scrapes[len(scrapes) * 99 // 100]:.2f} ms")
    for name, times in (("alone", alone), ("beside 50 scrapes a second", beside)):
        print(
            f"request {name}: median {times[2500]:.3f} ms, 99 of 100 {times[4950]:.3f} ms, longest {times[-1]:.3f} ms"
        )
    assert scrapes[len(scrapes) // 2] <= 20
    assert beside[4950] - alone[4950] <= 1


#: A program that has made its metrics, and counted, before it serves.
PROGRAM = """
import prometheus_client
from waitress_worker import metrics

MADE = prometheus_client.Counter("made", "Before it serves.", ["kind"], registry=prometheus_client.CollectorRegistry())
MADE.labels("early").inc(3)
OPEN = prometheus_client.Gauge("open", "Before it serves.", multiprocess_mode="livesum")
OPEN.set(4)
OWN = metrics.counter("own", "Before it serves.")
OWN.inc(5)

def counting(environ, start_response):
    for kind in ("early", "late"):
        MADE.labels(kind).inc()
    OWN.inc()
    return app(environ, start_response)

serve(counting, listen="127.0.0.1:0", metrics_listen="127.0.0.1:0")
"""


def test_of_a_program_that_serves_are_those_that_it_had_before(tmp_path: Path, jar: Path) -> None:
    assert jar.exists()
    path = tmp_path / "program.py"
    path.write_text(PREAMBLE + PROGRAM)
    script = Script(path, TMPDIR=str(tmp_path))
    try:
        meter = Meter(script)
        assert ask(script, "/") == 200
        until(lambda: meter.sampled().all("open") == {(): 4}, "the gauge")
        counted = meter.sampled()
        assert counted.all("made_total", "kind") == {("early",): 4, ("late",): 1}
        assert counted.one("own_total") == 6
    finally:
        script.kill()


#: Java's, in the same words.
JAVA = """
import dev.waitress.*;
import dev.waitress.settings.*;
import dev.waitress.wsgi.*;
import java.util.*;

public class Counting {
    public static void main(String[] arguments) throws Exception {
        Waitress.serve((environ, startResponse) -> {
            Metrics metrics = Metrics.of(environ);
            metrics.counter("shop_orders", "Orders.", "kind").labels("a\\"\\n").inc();
            metrics.gauge("shop_open", "Open.").set(2);
            metrics.histogram("shop_took_seconds", "Took.", new double[] {1, 2}).observe(1.5);
            startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
            return List.of("hello".getBytes());
        }, Settings.ofText(Map.of("listen", "127.0.0.1:0", "metrics_listen", arguments[0])));
    }
}
"""


@pytest.mark.parametrize("address", ["127.0.0.1:0", ""])
def test_of_java_applications_are_told_as_well(tmp_path: Path, jar: Path, address: str) -> None:
    """And cost nothing where there is no address."""
    java = find_java()
    source = tmp_path / "Counting.java"
    source.write_text(JAVA)
    program = Program(tmp_path, java, "-cp", str(jar), str(source), address)
    try:
        assert ask(program, "/") == ask(program, "/") == 200
        if address:
            counted = Meter(program).sampled()
            assert counted.one("shop_orders_total", kind='a"\n') == 2
            assert counted.one("shop_open") == 2
            assert counted.one("shop_took_seconds_bucket", le="1.0") == 0
            assert counted.one("shop_took_seconds_count") == 2
            assert counted.one("shop_took_seconds_sum") == 3
    finally:
        program.kill()
