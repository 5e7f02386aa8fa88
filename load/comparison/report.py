"""The report in Markdown: facts, a table per workload, ratios, what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from comparison.aggregate import Figure, Spread, ratio, summary

if TYPE_CHECKING:
    from comparison.measure import Run
    from comparison.workloads import Cell


class Column(NamedTuple):
    """One figure of the table; ``compared`` ones also get a ratio."""

    title: str
    figure: Figure
    decimals: int
    spread: bool = False
    compared: bool = False


COLUMNS = (
    Column("requests/s", lambda result: result.requests_per_second, 0, spread=True, compared=True),
    Column("p50 ms", lambda result: result.p50_ms, 2, compared=True),
    Column("p99 ms", lambda result: result.p99_ms, 2, compared=True),
    Column("p99.9 ms", lambda result: result.p999_ms, 2, compared=True),
    Column("CPU µs/request", lambda result: result.cpu_us_per_request, 1, compared=True),
    Column("memory MiB", lambda result: result.memory_mib, 0, compared=True),
    Column("start s", lambda result: result.start_seconds, 2),
    Column("wrk CPU %", lambda result: result.wrk_cpu_percent, 0),
    Column("others' CPU %", lambda result: result.other_cpu_percent, 0),
)


class Report(NamedTuple):
    """Everything the report is made from."""

    facts: dict[str, str]
    cells: list[Cell]
    servers: list[str]
    base: str
    runs: list[Run]
    left_out: list[str]


def markdown(report: Report) -> str:
    """Write the whole report."""
    parts = ["# Load comparison", "", *(f"- {name}: {value}" for name, value in report.facts.items())]
    parts += [f"- left out: {line}" for line in report.left_out]
    for cell in report.cells:
        runs = {name: _runs(report.runs, cell, name) for name in report.servers}
        measured = {name: found for name, found in runs.items() if found}
        if measured:
            parts += ["", *_section(cell, measured, report.base)]
    return "\n".join(parts) + "\n"


def _section(cell: Cell, runs: dict[str, list[Run]], base: str) -> list[str]:
    plural = "connection" if cell.connections == 1 else "connections"
    lines = [f"## {cell.workload.name}, {cell.connections} {plural} ({cell.workload.about})", ""]
    lines += table(["server", "errors", *(column.title for column in COLUMNS)], _figures(runs))
    ratios = _ratios(runs, base)
    if ratios:
        titles = [column.title for column in COLUMNS if column.compared]
        lines += ["", f"`{base}` ÷ peer, round by round:", "", *table(["peer", *titles], ratios)]
    notes = [note for found in runs.values() for run in found for note in _notes(run)]
    return [*lines, "", *notes] if notes else lines


def _figures(runs: dict[str, list[Run]]) -> list[list[str]]:
    return [
        [name, errors(found), *(number(summary(found, column.figure), column) for column in COLUMNS)]
        for name, found in runs.items()
    ]


def _ratios(runs: dict[str, list[Run]], base: str) -> list[list[str]]:
    ours = runs.get(base, [])
    compared = [column for column in COLUMNS if column.compared]
    peers = {name: found for name, found in runs.items() if name != base and ours}
    return [
        [name, *(factor(ratio(ours, found, column.figure)) for column in compared)]
        for name, found in peers.items()
    ]


def errors(runs: list[Run]) -> str:
    """Sum the errors of all rounds: a median would hide those of one."""
    total = sum(run.result.errors for run in runs if run.result)
    return f"**{total}**" if total else "0"


def number(value: Spread | None, column: Column) -> str:
    """Write a median, with its bounds where the column wants them and there is more than one round."""
    if value is None:
        return "failed"
    median, low, high = (f"{part:,.{column.decimals}f}" for part in value[:3])
    return f"{median} ({low}–{high})" if column.spread and value.rounds > 1 else median


def factor(value: Spread | None) -> str:
    """Write a ratio: median, then the lowest and the highest round."""
    if value is None:
        return "–"
    if value.rounds == 1:
        return f"{value.median:.2f}"
    return f"{value.median:.2f} ({value.low:.2f}–{value.high:.2f})"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lay out a Markdown table so that it also reads well in a terminal."""
    widths = [max(len(row[index]) for row in [head, *rows]) for index in range(len(head))]
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    return [_line(row, widths) for row in [head, rule, *rows]]


def _line(row: list[str], widths: list[int]) -> str:
    first = row[0].ljust(widths[0])
    others = [text.rjust(width) for text, width in zip(row[1:], widths[1:])]
    return "| " + " | ".join([first, *others]) + " |"


def _notes(run: Run) -> list[str]:
    notes = [f"- **round {run.round}, {run.server}: {run.failure}**"] if run.failure else []
    if run.needed_kill:
        notes.append(f"- round {run.round}, {run.server}: did not end on TERM, was killed")
    return notes


def _runs(runs: list[Run], cell: Cell, server: str) -> list[Run]:
    return [run for run in runs if run.cell == cell.name and run.server == server]
