"""New connections: what they cost, what others notice of it, and what those that never end take."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

from comparison import procfs
from comparison.errors import RunError
from securing import h2load
from securing.clients import GET, TIMEOUT_SECONDS, connect, context, receive
from securing.place import Figure, at_least, at_most, plain
from securing.servers import gunicorn, our_own, side_by_side, started
from securing.windows import measure, turns, values, warm

if TYPE_CHECKING:
    from securing.place import Place
    from securing.servers import Running
    from securing.windows import Window

_NEW = 1500
_BEFORE = 5000
#: So many the virtual machine compiles on: after 9,000, that was still 28 % of the time that handshakes took.
_COMPILED = 20_000
#: Of those that resume: the first of each has no session yet, and is counted all the same.
_AT_ONCE = 8
_EACH = 150
_HALF_OPEN = 1000
_RATE = 200
_HELLO_WARMUP = 100_000
#: The first bytes of a record that holds the beginning of a handshake, and nothing after them.
_HALF_A_HELLO = b"\x16\x03\x01\x02\x00\x01"
_HANDSHAKE_SECONDS = 10
_TOLERANCE_SECONDS = 0.5


def new(place: Place) -> list[Figure]:
    """TLS 12: what a new connection with one request takes, and one that resumes a session."""

    def load(running: Running) -> h2load.Load:
        return h2load.Load(running.url(), _NEW, requests=_NEW, options=h2load.HTTP1)

    kinds = [our_own(f"ours, Java {release}", release=release) for release in (17, 25)]
    with side_by_side([*kinds, gunicorn()], place) as running:
        ours = {name: one for name, one in running.items() if name != "gunicorn"}
        for each in running.values():
            warm(each, load(each), _COMPILED if each.kind.announcement else 1)
        fresh = turns(running, place.rounds, lambda one: measure(one, load(one)), "TLS 12")
        for each in ours.values():
            for _ in range(_BEFORE // (_AT_ONCE * _EACH) + 1):
                _resumed(each)
        same = turns(ours, place.rounds, _anew, "TLS 12, by the client that resumes")
        again = turns(ours, place.rounds, _resumed, "TLS 12, resumed")
    found = []
    for release, goal in ((17, 1.8), (25, 1.3)):
        name = f"ours, Java {release}"
        taken = values(fresh, (name,), _cpu_ms)
        found.append(at_most("TLS 12", f"CPU per new connection, Java {release}", taken, goal, " ms"))
        less = values(again, (name,), lambda spent: spent)
        found.append(at_most("TLS 12", f"CPU per resumed one, TLS 1.3, Java {release}", less, 0.8, " ms"))
        full = values(same, (name,), lambda spent: spent)
        found.append(plain("TLS 12", f"CPU per new one by the same client, Java {release}", full, " ms"))
    pair = ("ours, Java 17", "gunicorn")
    ratio = values(fresh, pair, lambda mine, theirs: mine.cpu_us / theirs.cpu_us)
    return [
        *found,
        at_most("TLS 12", "CPU ÷ gunicorn", ratio, 0.65),
        plain("TLS 12", "CPU per new connection, gunicorn", values(fresh, ("gunicorn",), _cpu_ms), " ms"),
    ]


def _cpu_ms(window: Window) -> float:
    return window.cpu_us / 1000


def _resumed(running: Running) -> float:
    return _came(running, anew=False)


def _anew(running: Running) -> float:
    return _came(running, anew=True)


def _came(running: Running, *, anew: bool) -> float:
    """Return the milliseconds of CPU time for each of many connections, some at a time."""
    agreed = context()

    def come(_: int) -> None:
        session = None
        for number in range(_EACH + 1):
            with connect(running.port, agreed, None if anew else session) as client:
                if number and not anew and not client.session_reused:
                    msg = f"{running.kind.name} does not resume sessions"
                    raise RunError(msg)
                client.sendall(GET)
                receive(client)
                session = client.session

    before = procfs.cpu_ticks(running.process.members())
    with futures.ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(come, range(_AT_ONCE)))
    ticks = procfs.cpu_ticks(running.process.members()) - before
    return 1000 * ticks / procfs.TICKS_PER_SECOND / (_AT_ONCE * (_EACH + 1))


def kept(place: Place) -> list[Figure]:
    """TLS 13: how the slowest hundredth fares beside handshakes.

    These go to another server of the same kind too, in turn: what that takes of the processors is not to
    be blamed on how the handshakes are done.
    """
    seconds = 2 * place.seconds
    log = place.folder / "latencies"
    with started(our_own("ours", release=17), place) as ours, started(our_own("another"), place) as another:
        for each in (ours, another):
            warm(each, h2load.Load(each.url(), 32, 1, options=h2load.HTTP1), _HELLO_WARMUP)
            warm(each, h2load.Load(each.url(), 500, requests=500, options=h2load.HTTP1), _BEFORE)

        def p99(visited: Running | None) -> float:
            log.unlink(missing_ok=True)
            paced = h2load.Load(
                ours.url(), 8, seconds, options=(*h2load.HTTP1, "--rps=100", f"--log-file={log}")
            )
            with _handshakes(visited, seconds + 2) if visited else contextlib.nullcontext():
                measure(ours, paced)
            return h2load.percentile(h2load.latencies_ms(log), 0.99)

        ways = {"alone": None, "beside": ours, "elsewhere": another}
        rounds = [{name: p99(visited) for name, visited in ways.items()} for _ in range(place.rounds)]
    beside = values(rounds, ("beside", "alone"), lambda with_them, without: with_them / without)
    elsewhere = values(rounds, ("elsewhere", "alone"), lambda with_them, without: with_them / without)
    return [
        at_most("TLS 13", f"p99 beside {_RATE} handshakes/s ÷ without", beside, 2),
        plain("TLS 13", "the same, handshakes with another server", elsewhere),
        *(
            plain("TLS 13", f"p99, {name}", values(rounds, (name,), lambda taken: taken), " ms")
            for name in ways
        ),
    ]


@contextlib.contextmanager
def _handshakes(visited: Running, seconds: int) -> Iterator[None]:
    """Open a connection every few milliseconds, for one request."""
    count = _RATE * seconds
    options = ("--rate=1", f"--rate-period={1000 // _RATE}ms", *h2load.HTTP1)
    with h2load.running(h2load.Load(visited.url(), count, requests=count, options=options)) as report:
        yield
    figures = h2load.parse(report())
    if figures.failed or figures.requests_per_second < 0.9 * _RATE:
        msg = f"the handshakes did not go as they should: {figures}"
        raise RunError(msg)


def half_open(place: Place) -> list[Figure]:
    """TLS 9: a thousand handshakes that are begun and not gone on with."""
    with started(our_own("ours", release=17), place) as ours:
        load = h2load.Load(ours.url(), 32, place.seconds, options=h2load.HTTP1)
        warm(ours, load, _HELLO_WARMUP)
        ratios, lives, threads = [], [], []
        for _ in range(place.rounds):
            without = measure(ours, load)
            before = _threads(ours)
            with contextlib.ExitStack() as stack:
                opened = {stack.enter_context(_begun(ours.port)): time.monotonic() for _ in range(_HALF_OPEN)}
                beside = measure(ours, load)
                threads.append(_threads(ours) - before)
                lives += _lives(opened)
            ratios.append(beside.requests_per_second / without.requests_per_second)
        traces = Path(place.folder / "ours.log").read_text().count("\tat ")
    low, high = _HANDSHAKE_SECONDS - _TOLERANCE_SECONDS, _HANDSHAKE_SECONDS + _TOLERANCE_SECONDS
    timely = low <= min(lives) and max(lives) <= high
    cut = f"{min(lives):.2f}–{max(lives):.2f} s"
    return [
        at_least("TLS 9", f"hello beside {_HALF_OPEN} half-open handshakes ÷ without", ratios, 0.9),
        Figure("TLS 9", "cut after", cut, f"{low}–{high} s", timely),
        at_most("TLS 9", "threads more", threads, 0),
        at_most("TLS 9", "lines of stack traces in the log", [traces], 0),
    ]


def _begun(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
    client.sendall(_HALF_A_HELLO)
    return client


def _lives(opened: dict[socket.socket, float]) -> list[float]:
    """Wait for the end of each; return how many seconds it had."""
    left = {client.fileno(): client for client in opened}
    poll = select.poll()
    for number in left:
        poll.register(number, select.POLLIN)
    lives = []
    while left:
        events = poll.poll(2000 * _HANDSHAKE_SECONDS)
        if not events:
            msg = f"{len(left)} half-open handshakes are never cut"
            raise RunError(msg)
        for number, _ in events:
            if _has_ended(left[number]):
                lives.append(time.monotonic() - opened[left.pop(number)])
                poll.unregister(number)
    return lives


def _has_ended(client: socket.socket) -> bool:
    try:
        return client.recv(4096) == b""
    except (ConnectionResetError, ssl.SSLError):
        return True


def _threads(running: Running) -> int:
    """Return how many threads the front has."""
    return len(list((procfs.PROC / str(running.process.leader) / "task").iterdir()))
