"""The command load/secured: TLS and HTTP/2, measured and held against their goals, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from comparison import command, crowds, host, jcmd
from comparison.errors import RunError
from comparison.options import names, parser_of
from comparison.paths import RESULTS
from comparison.peers import Environment
from comparison.report import table
from securing import h2load
from securing.place import Figure, Place, make_certificate
from securing.rows import ROWS

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts

# Thousands of clients, and this command has the other end of each.
_DESCRIPTORS = 4000
_WORDS = {True: "met", False: "**not met**", None: ""}


class Options(NamedTuple):
    """What the user asked for."""

    rounds: int
    seconds: int
    rows: list[str]
    attack: int
    python: str


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement; return the exit status."""
    chosen = _parse(arguments)
    return command.run("load/secured", lambda interrupts: _measurement(chosen, interrupts))


def _parse(arguments: list[str] | None) -> Options:
    parser = parser_of("secured", "Measure TLS and HTTP/2 against their goals", rounds=5, seconds=2)
    known = list(ROWS)
    add = parser.add_argument
    add("--rows", type=names(known), default=known, help="comma list of them")
    add("--attack", type=int, default=10, help="seconds of each attack")
    add("--python", default="python3", help="the Python of the applications, whose environment is made once")
    return Options(**vars(parser.parse_args(arguments)))


def _measurement(chosen: Options, interrupts: Interrupts) -> str:
    h2load.require()
    jcmd.require()
    crowds.allow(_DESCRIPTORS)
    folder = RESULTS / "secured"
    folder.mkdir(parents=True, exist_ok=True)
    make_certificate(folder)
    environment = Environment(chosen.python)
    place = Place(folder, interrupts, environment, chosen.rounds, chosen.seconds, chosen.attack, [])
    facts = {**host.facts(environment.python_version), "h2load": h2load.version(), "commit": host.commit()}
    facts.pop("wrk")
    figures: list[Figure] = []
    for row in chosen.rows:
        figures += _row(row, place)
        # Whoever interrupts a long run has what was measured so far.
        (folder / "report.md").write_text(report(facts, chosen, figures, place.left_out))
    return report(facts, chosen, figures, place.left_out)


def _row(name: str, place: Place) -> list[Figure]:
    """Measure one; where that fails, the report says so, and the others are measured all the same."""
    try:
        found = ROWS[name](place)
    except (RunError, OSError) as error:
        found = [Figure(name, f"failed: {error}", "not measured", "", met=False)]
    for figure in found:
        command.say(" | ".join([*figure[:4], _WORDS[figure.met]]))
    return found


def report(facts: dict[str, str], chosen: Options, figures: list[Figure], left_out: list[str]) -> str:
    """Write the facts and the table."""
    missed = sum(figure.met is False for figure in figures)
    goals = sum(figure.met is not None for figure in figures)
    head = ["figure", "measured", "goal", ""]
    rows = [
        [f"{figure.row}: {figure.name}", figure.value, figure.goal, _WORDS[figure.met]] for figure in figures
    ]
    lines = [
        f"# TLS and HTTP/2, {chosen.rounds} rounds of {chosen.seconds} s",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        *(f"- left out: {line}" for line in left_out),
        f"- goals: {goals - missed} of {goals} met",
        "",
        *table(head, rows),
        "",
        "Medians (bounds) over the rounds; ratios and differences within each round.",
    ]
    return "\n".join(lines) + "\n"
