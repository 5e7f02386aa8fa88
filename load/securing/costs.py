"""What an answer costs over TLS, in HTTP/1 and in HTTP/2: hello, a mebibyte, and on two loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Sequence

from securing import h2load
from securing.place import Figure, at_least, at_most, plain
from securing.servers import granian, nginx, our_own, side_by_side
from securing.windows import measure, turns, values, warm

if TYPE_CHECKING:
    from securing.place import Place
    from securing.servers import Kind, Running
    from securing.windows import Round, Window

_HELLO_WARMUP = 200_000
_LARGE_WARMUP = 4_000
_LARGE = "/large"

_Load = Callable[["Running"], h2load.Load]


def hello(place: Place) -> list[Figure]:
    """TLS 10: what encryption adds to hello on 32 connections."""
    kinds = [
        our_own(_named(kind, release), scheme=kind, release=release)
        for release in (17, 25)
        for kind in ("http", "https")
    ]

    def load(running: Running) -> h2load.Load:
        options = h2load.HTTP1 if running.kind.scheme == "https" else h2load.PLAIN1
        return h2load.Load(running.url(), 32, place.seconds, options=options)

    rounds = _rounds("TLS 10", [*kinds, granian("1")], place, load, _HELLO_WARMUP)
    found = []
    for release, goal in ((17, 7), (25, 4)):
        clear, encrypted = _named("http", release), _named("https", release)
        name = f"CPU per hello over TLS beyond plain, Java {release}"
        more = values(rounds, (encrypted, clear), lambda tls, http: tls.cpu_us - http.cpu_us)
        found.append(at_most("TLS 10", name, more, goal, " µs"))
        found += [
            plain("TLS 10", f"CPU per hello, {each}", values(rounds, (each,), _cpu), " µs")
            for each in (clear, encrypted)
        ]
    name = _named("https", 17)
    found.append(at_least("TLS 10", "requests/s ÷ granian", values(rounds, (name, "granian"), _rates), 1.3))
    return [*found, *_told("TLS 10", "hello over TLS", rounds, (name, "granian"))]


def _named(scheme: str, release: int) -> str:
    return f"{'TLS' if scheme == 'https' else 'plain'}, Java {release}"


def large(place: Place) -> list[Figure]:
    """TLS 11: answers of a mebibyte in HTTP/1."""

    def load(running: Running) -> h2load.Load:
        return h2load.Load(running.url(_LARGE), 32, place.seconds, options=h2load.HTTP1)

    kinds = [our_own("ours", release=17), granian("1"), nginx()]
    rounds = _rounds("TLS 11", kinds, place, load, _LARGE_WARMUP)
    cost = values(rounds, ("ours",), _cpu_ms)
    return [
        at_most("TLS 11", "CPU per MiB, ours", cost, 0.75, " ms"),
        *_peers("TLS 11", rounds, 1.2),
        *_told("TLS 11", "MiB", rounds, ("ours", "granian", "nginx")),
    ]


def large2(place: Place) -> list[Figure]:
    """H2 7: answers of a mebibyte in HTTP/2, with windows of a browser."""

    def load(running: Running) -> h2load.Load:
        windows = ("--window-bits=20", "--connection-window-bits=24")
        return h2load.Load(running.url(_LARGE), 4, place.seconds, streams=8, options=windows)

    kinds = [our_own("ours", release=17), granian("auto"), nginx()]
    rounds = _rounds("H2 7", kinds, place, load, _LARGE_WARMUP)
    cost = plain("H2 7", "CPU per MiB, ours", values(rounds, ("ours",), _cpu), " µs")
    return [*_peers("H2 7", rounds, 1.0), cost, *_told("H2 7", "MiB", rounds, ("ours", "granian", "nginx"))]


def hello2(place: Place) -> list[Figure]:
    """H2 6: hello in HTTP/2, many at once on few connections, and one at a time on many."""

    def many(running: Running) -> h2load.Load:
        return h2load.Load(running.url(), 8, place.seconds, streams=32)

    def single(running: Running) -> h2load.Load:
        return h2load.Load(running.url(), 128, place.seconds)

    def single1(running: Running) -> h2load.Load:
        return h2load.Load(running.url(), 128, place.seconds, options=h2load.HTTP1)

    # Compiled for one version of HTTP, and not for both.
    first, second = our_own("ours", release=17), our_own("ours (HTTP 1)", release=17)
    with side_by_side([first, second, granian("auto")], place) as running:
        warm(running["ours"], many(running["ours"]), _HELLO_WARMUP)
        rounds = turns(_without(running, "ours (HTTP 1)"), place.rounds, _asked(many), "H2 6, 8 × 32")
        warm(running["ours (HTTP 1)"], single1(running["ours (HTTP 1)"]), _HELLO_WARMUP)

        def each(one: Running) -> Window:
            return measure(one, single(one) if one.kind.name == "ours" else single1(one))

        spread = turns(_without(running, "granian"), place.rounds, each, "H2 6, 128 × 1")
    own = values(spread, ("ours", "ours (HTTP 1)"), _rates)
    return [
        at_most("H2 6", "CPU per hello, 8 × 32", values(rounds, ("ours",), _cpu), 14, " µs"),
        at_least("H2 6", "requests/s ÷ granian, 8 × 32", values(rounds, ("ours", "granian"), _rates), 3),
        *_told("H2 6", "hello, 8 × 32", rounds, ("ours", "granian")),
        at_least("H2 6", "requests/s ÷ own HTTP/1 over TLS, 128 × 1", own, 0.8),
        *_told("H2 6", "hello, 128 × 1", spread, ("ours", "ours (HTTP 1)")),
    ]


def loops(place: Place) -> list[Figure]:
    """Compare two loops with one: how many hellos a second of the front's CPU time gives."""

    def load(running: Running) -> h2load.Load:
        return h2load.Load(running.url(), 32, place.seconds, options=h2load.HTTP1)

    kinds = [our_own(f"loops={count}", f"--loops={count}", release=17) for count in (1, 2)]
    rounds = _rounds("loops", kinds, place, load, _HELLO_WARMUP)
    both = ("loops=2", "loops=1")
    worth = values(rounds, both, lambda two, one: one.front_us / two.front_us)
    return [
        at_least("loops", "hello per CPU of the front, two loops ÷ one", worth, 0.9),
        *(
            plain("loops", f"CPU of the front, {name}", values(rounds, (name,), _front), " µs")
            for name in both
        ),
        plain("loops", "requests/s, two loops ÷ one", values(rounds, both, _rates)),
    ]


def _rounds(what: str, kinds: Sequence[Kind], place: Place, load: _Load, warmup: int) -> list[Round[Window]]:
    with side_by_side(kinds, place) as running:
        for each in running.values():
            # Peers are not compiled while they run: for them it is only that all has been used once.
            warm(each, load(each), warmup if each.kind.announcement else 1)
        return turns(running, place.rounds, _asked(load), what)


def _asked(load: _Load) -> Callable[[Running], Window]:
    return lambda running: measure(running, load(running))


def _without(running: dict[str, Running], name: str) -> dict[str, Running]:
    return {other: one for other, one in running.items() if other != name}


def _peers(row: str, rounds: list[Round[Window]], goal: float) -> list[Figure]:
    return [
        at_least(row, f"requests/s ÷ {peer}", values(rounds, ("ours", peer), _rates), goal)
        for peer in ("granian", "nginx")
    ]


def _told(row: str, what: str, rounds: list[Round[Window]], names: Sequence[str]) -> list[Figure]:
    """Tell the rates of all, of which the first is ours, and what the others take."""
    return [
        *(plain(row, f"requests/s, {what}, {name}", values(rounds, (name,), _rate)) for name in names),
        *(plain(row, f"CPU per {what}, {name}", values(rounds, (name,), _cpu), " µs") for name in names[1:]),
    ]


def _rates(one: Window, other: Window) -> float:
    return one.requests_per_second / other.requests_per_second


def _rate(window: Window) -> float:
    return window.requests_per_second


def _cpu(window: Window) -> float:
    return window.cpu_us


def _cpu_ms(window: Window) -> float:
    return window.cpu_us / 1000


def _front(window: Window) -> float:
    return window.front_us
