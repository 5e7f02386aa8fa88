"""H2 5: each attack at full speed, and what others notice of it."""

from __future__ import annotations

import http.client
import os
from typing import TYPE_CHECKING, NamedTuple

from comparison import command, jcmd
from securing import h2load
from securing.attackers import ATTACKS, Attack, Attacker
from securing.place import Figure, at_most
from securing.servers import our_own, started
from securing.windows import measure, warm

if TYPE_CHECKING:
    from securing.place import Place
    from securing.servers import Running

_HELLO_WARMUP = 200_000
_MB = 1_000_000
_HEAP_GOAL_MB = 5
_LEAST_KEPT = 0.9
#: ``http2_max_concurrent_streams``, and the resets that a connection has.
_MOST_STARTED = 100 + 200


class Outcome(NamedTuple):
    """What came of one attack."""

    attack: Attack
    ends: dict[str, int]
    kept_once: float
    kept: float
    heap_mb: float
    started: float


def attacks(place: Place) -> list[Figure]:
    """Attack one server in all ways, one after the other.

    It has one processor, where there are two, and all clients have the other one, so that what the attacker
    itself takes is not taken from the server.
    """
    cpus = sorted(os.sched_getaffinity(0))
    pinned = len(cpus) > 1
    kind = our_own(
        "attacked",
        "--http2-cleartext",
        scheme="http",
        target="counted:app",
        cpu=str(cpus[0]) if pinned else "",
    )
    beside = cpus[1] if pinned else None
    prefix = ("taskset", "--cpu-list", str(beside)) if pinned else ()
    with started(kind, place) as server:
        load = h2load.Load(server.url(), 32, place.seconds, options=h2load.PLAIN1, prefix=prefix)
        warm(server, load, _HELLO_WARMUP)
        for attack in ATTACKS:  # what they need is compiled and loaded
            with Attacker(server.port, attack, beside):
                measure(server, load._replace(seconds=1))
        outcomes = [_attacked(server, attack, load, place.attack_seconds, beside) for attack in ATTACKS]
        text = (place.folder / "attacked.log").read_text()
    short = text.count("OutOfMemoryError")
    return [*map(_figure, outcomes), at_most("H2 5", "OutOfMemoryError in the log", [short], 0)]


def _attacked(server: Running, attack: Attack, load: h2load.Load, seconds: int, cpu: int | None) -> Outcome:
    """Measure hello before, beside one such connection, beside one after the other, and after them."""
    before = measure(server, load).requests_per_second
    with Attacker(server.port, attack, cpu, again=False):
        once = measure(server, load).requests_per_second
    heap, begun = jcmd.live_heap(server.process), _begun(server)
    with Attacker(server.port, attack, cpu) as attacker:
        during = measure(server, load._replace(seconds=seconds)).requests_per_second
    grown = (jcmd.live_heap(server.process) - heap) / _MB
    begun = _begun(server) - begun
    after = measure(server, load).requests_per_second
    command.say(f"H2 5: {attack.name}: {dict(attacker.ends)}")
    return Outcome(
        attack,
        dict(attacker.ends),
        once / ((before + after) / 2),
        during / ((before + after) / 2),
        grown,
        begun / attacker.connections,
    )


def _begun(server: Running) -> int:
    """Ask how many requests have reached the application that counts."""
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        client.request("GET", "/begun")
        return int(client.getresponse().read())
    finally:
        client.close()


def _figure(outcome: Outcome) -> Figure:
    """Write all of an attack in one line; one that comes again takes from the clients' processor too."""
    attack = outcome.attack
    ends = ", ".join(f"{code} {count:,}" for code, count in sorted(outcome.ends.items()))
    hello = f"hello × {outcome.kept_once:.2f} beside one connection, × {outcome.kept:.2f} beside all"
    parts = [ends, hello, f"heap {outcome.heap_mb:+.1f} MB"]
    goals = [" or ".join(sorted(attack.codes)), f"≥ {_LEAST_KEPT}", f"± {_HEAP_GOAL_MB}"]
    met = (
        set(outcome.ends) <= attack.codes
        and outcome.kept_once >= _LEAST_KEPT
        and abs(outcome.heap_mb) <= _HEAP_GOAL_MB
    )
    if attack.starts:
        parts.append(f"started {outcome.started:.0f} per connection")
        goals.append(f"≤ {_MOST_STARTED}")
        met = met and outcome.started <= _MOST_STARTED
    return Figure("H2 5", attack.name, "; ".join(parts), "; ".join(goals), met)
