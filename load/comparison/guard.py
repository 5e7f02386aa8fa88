"""The command load/guard: this checkout beside the last release, judged by instructions per request.

Times depend on what else the machine does, and no build should fail for that; instructions do far less.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from comparison import before, command, releases
from comparison.aggregate import spread
from comparison.errors import RunError, UsageError
from comparison.options import parser_of
from comparison.report import number

if TYPE_CHECKING:
    from comparison.aggregate import Spread
    from comparison.before import Compared, Session
    from comparison.interrupts import Interrupts

#: Instructions per request, before ÷ now, below which a change has cost too much.
LEAST = 0.85
_WORKLOADS = ["hello", "page", "flask"]
_CONNECTIONS = [32]


class Options(NamedTuple):
    """What the user asked for."""

    against: str | None
    starts: int
    rounds: int
    seconds: int
    warmup: int


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/guard", lambda interrupts: _measurement(chosen, interrupts))


def _parse(arguments: list[str] | None) -> Options:
    parser = parser_of(
        "guard",
        "Compare this checkout with the last release, and fail where a request takes many more instructions",
        starts=2,
        rounds=3,
        seconds=2,
        warmup=4,
    )
    parser.add_argument("--against", metavar="REV", help="instead of the newest tag v* before this commit")
    return Options(**vars(parser.parse_args(arguments)))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    try:
        revision = chosen.against or releases.last()
        if revision is None:
            return _said("skipped, no release (tag v*) came before this commit")
        compared, report = _compared(revision, chosen, interrupts)
    except (UsageError, RunError) as error:
        if chosen.against:
            raise
        # No wrk, say, or a release that this JDK cannot build: a build fails by the judgement alone.
        return _said(f"skipped, {error}")
    # Whatever the judgement, the figures are to be seen.
    sys.stdout.write(report + "\n")
    sys.stdout.flush()
    return _said(judge(compared, revision))


def _compared(revision: str, chosen: Options, interrupts: Interrupts) -> tuple[Compared, str]:
    options = before.Options(
        releases.checkout(revision),
        _WORKLOADS,
        _CONNECTIONS,
        chosen.starts,
        chosen.rounds,
        chosen.seconds,
        chosen.warmup,
    )
    compared = before.compare(options, interrupts)
    return compared, before.report(compared.facts, options, compared.measured)


def _said(line: str) -> str:
    return f"load/guard: {line}\n"


def judge(compared: Compared, revision: str) -> str:
    """Say in one line how instructions per request compare; RunError where they are too many."""
    if compared.counters.obstacle:
        return f"not judged, as instructions are {compared.counters}"
    gains = {cell.name: gain(sessions) for cell, sessions in compared.measured.items()}
    said = ", ".join(f"{name} {number(factor, 3)}" for name, factor in gains.items())
    line = f"instructions per request, {revision} ÷ now, at least {LEAST}: {said}"
    if any(factor.median < LEAST for factor in gains.values() if factor):
        raise RunError(line)
    return line


def gain(sessions: list[Session]) -> Spread | None:
    """Divide the instructions of before by those of now, within each round in which perf counted both."""
    return spread(
        done.before.instructions_per_request / done.now.instructions_per_request
        for done in before.rounds_of(sessions)
        if done.is_counted
    )
