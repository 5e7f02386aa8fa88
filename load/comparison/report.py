"""The report in Markdown: facts, tables for each stage, what servers take alone, what was left out."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Callable, NamedTuple

from comparison.aggregate import Figure, Spread, ratio, spread, summary

if TYPE_CHECKING:
    from comparison.alone import Alone
    from comparison.measure import Run
    from comparison.plan import Batch
    from comparison.workloads import Cell
    from comparison.yardstick import Stage


class Report(NamedTuple):
    """Everything the report is made from; runs and what servers took alone are added as they are measured."""

    facts: dict[str, str]
    batches: list[Batch]
    runs: list[Run]
    alone: list[Alone]
    left_out: list[str]

    def runs_of(self, cell: str, server: str) -> list[Run]:
        """Return the rounds of one server in one cell."""
        return [run for run in self.runs if (run.cell, run.server) == (cell, server)]


class Section(NamedTuple):
    """One stage with all its cells and servers, and what was measured."""

    report: Report
    stage: Stage
    cells: list[Cell]
    servers: list[str]

    def table(self, title: str, servers: list[str], text: Callable[[Cell, str], str]) -> list[str]:
        """Lay out a row for each cell and a column for each server, with a title above."""
        rows = [[cell.label, *(text(cell, server) for server in servers)] for cell in self.cells]
        return ["", title, "", *table(["workload, connections", *servers], rows)]


RATE: Figure = lambda result: result.requests_per_second  # noqa: E731
_CPU: Figure = lambda result: result.cpu_us_per_request  # noqa: E731
_LATENCIES: tuple[Figure, ...] = (
    lambda result: result.p50_ms,
    lambda result: result.p99_ms,
    lambda result: result.p999_ms,
)


def markdown(report: Report) -> str:
    """Write the whole report."""
    lines = ["# Load comparison", "", *(f"- {name}: {value}" for name, value in report.facts.items())]
    lines += [f"- left out: {line}" for line in report.left_out]
    for section in _sections(report):
        lines += ["", f"## {section.stage.title or 'Load'}", *_tables(section)]
    if report.alone:
        lines += ["", "## Start and memory", "", *_alone(report.alone)]
    return "\n".join(lines) + "\n"


def _sections(report: Report) -> list[Section]:
    stages = {batch.stage.name: batch.stage for batch in report.batches}
    sections = []
    for name, stage in stages.items():
        entries = [entry for batch in report.batches if batch.stage.name == name for entry in batch.entries]
        cells = list(dict.fromkeys(entry.cell for entry in entries))
        servers = list(dict.fromkeys(server.name for entry in entries for server in entry.servers))
        sections.append(Section(report, stage, cells, servers))
    return sections


def _tables(section: Section) -> list[str]:
    runs_of, base = section.report.runs_of, section.stage.base
    peers = [server for server in section.servers if server != base]
    lines = section.table(
        "Requests per second:", section.servers, lambda cell, server: _rate(runs_of(cell.name, server))
    )
    if base in section.servers and peers:
        lines += section.table(
            f"`{base}` ÷ peer, requests per second, round by round:",
            peers,
            lambda cell, server: factor(ratio(runs_of(cell.name, base), runs_of(cell.name, server), RATE)),
        )
    lines += section.table(
        "CPU time of the whole server, µs per request:",
        section.servers,
        lambda cell, server: number(summary(runs_of(cell.name, server), _CPU), 1),
    )
    lines += section.table(
        "Latency in ms, p50 / p99 / p99.9:",
        section.servers,
        lambda cell, server: _latency(runs_of(cell.name, server)),
    )
    return [*lines, *_beside(section), *_notes(section)]


def _beside(section: Section) -> list[str]:
    """Divide what is left beside other clients by the same server's hello without them."""
    crowded = [cell for cell in section.cells if cell.workload.beside]
    own = next((cell.name for cell in section.cells if cell.workload.name == "hello"), None)
    if not crowded or own is None:
        return []
    runs_of = section.report.runs_of
    return section._replace(cells=crowded).table(
        "Requests per second ÷ the same server's hello:",
        section.servers,
        lambda cell, server: factor(ratio(runs_of(cell.name, server), runs_of(own, server), RATE)),
    )


def _notes(section: Section) -> list[str]:
    names = {cell.name for cell in section.cells}
    runs = [run for run in section.report.runs if run.cell in names]
    others = [run.result.other_cpu_percent for run in runs if run.result]
    lines = []
    if others:
        median, most = statistics.median(others), max(others)
        lines += ["", f"What else ran on the machine took {median:.0f} % of a core, at most {most:.0f} %."]
    failures = [
        f"- **round {run.round}, {run.cell}, {run.server}: {run.failure}**" for run in runs if run.failure
    ]
    return [*lines, "", *failures] if failures else lines


def _alone(measured: list[Alone]) -> list[str]:
    head = ["server", "start to first answer, s", "idle, MiB", "after hello", "after large bodies"]
    rows = [
        [
            each.server,
            _range(spread(each.start_seconds), 2),
            _range(spread(each.idle_mib), 0),
            *("–" if mib is None else f"{mib:.0f}" for mib in (each.after_hello_mib, each.after_bodies_mib)),
        ]
        for each in measured
    ]
    failures = [f"- **{each.server}: {each.failure}**" for each in measured if each.failure]
    kinds = ", ".join(sorted({each.memory_kind for each in measured}))
    lines = [f"Each server alone; memory is {kinds}.", "", *table(head, rows)]
    return [*lines, "", *failures] if failures else lines


def _rate(runs: list[Run]) -> str:
    wrong = errors(runs)
    return number(summary(runs, RATE), 0) + (f" (**{wrong} errors**)" if wrong else "")


def _latency(runs: list[Run]) -> str:
    known = [summary(runs, figure) for figure in _LATENCIES]
    return " / ".join(f"{value.median:.3g}" for value in known if value) or "–"


def errors(runs: list[Run]) -> int:
    """Sum the errors of all rounds: a median would hide those of one."""
    return sum(run.result.errors for run in runs if run.result)


def number(value: Spread | None, decimals: int) -> str:
    """Write a median."""
    return "–" if value is None else f"{value.median:,.{decimals}f}"


def factor(value: Spread | None) -> str:
    """Write a ratio: median, then the lowest and the highest round."""
    return _range(value, 2)


def _range(value: Spread | None, decimals: int) -> str:
    if value is None:
        return "–"
    median, low, high = (f"{part:,.{decimals}f}" for part in value[:3])
    return median if value.rounds == 1 else f"{median} ({low}–{high})"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lay out a Markdown table so that it also reads well in a terminal."""
    widths = [max(len(row[index]) for row in [head, *rows]) for index in range(len(head))]
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return [_line(row, widths) for row in [head, rule, *rows]]


def _line(row: list[str], widths: list[int]) -> str:
    first = row[0].ljust(widths[0])
    others = [text.rjust(width) for text, width in zip(row[1:], widths[1:])]
    return "| " + " | ".join([first, *others]) + " |"
