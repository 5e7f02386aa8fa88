"""Medians, ratios and the tables made of them."""

from __future__ import annotations

import pytest

from comparison import aggregate, publication, report
from comparison.aggregate import Spread
from comparison.alone import Alone
from comparison.measure import Result, Run
from comparison.plan import Batch, Entry
from comparison.report import Report
from comparison.servers import SERVERS
from comparison.workloads import WORKLOADS, Cell
from comparison.yardstick import Stage

CELL = Cell(WORKLOADS[0], 32, "free")
BESIDE = Cell(next(workload for workload in WORKLOADS if workload.beside), 32, "free")


def report_of(runs: list[Run], *alone: Alone, cells: tuple[Cell, ...] = (CELL,)) -> Report:
    """Make the report of one stage, in which everybody takes part in everything."""
    names = dict.fromkeys(run.server for run in runs)
    servers = [server for server in SERVERS if server.name in names]
    entries = [Entry(cell, servers) for cell in cells]
    batch = Batch(Stage("free", "One worker", ()), "plain:app", entries)
    return Report({"CPU": "a fast one"}, [batch], runs, list(alone), ["bjoern: no libev"])


def run(number: int, server: str, rate: float, errors: int = 0, cell: Cell = CELL) -> Run:
    """Make a run that succeeded."""
    result = Result(
        requests=int(rate) * 5,
        requests_per_second=rate,
        p50_ms=0.5,
        p99_ms=2.0,
        p999_ms=4.0,
        errors=errors,
        socket_errors=errors,
        bad_statuses=0,
        cpu_us_per_request=10.0,
        wrk_cpu_percent=60.0,
        other_cpu_percent=1.0,
    )
    return Run(number, cell.name, server, result)


def failed(number: int, server: str) -> Run:
    """Make a run that did not."""
    return Run(number, CELL.name, server, None, "not ready after 30 s")


def rate(result: Result) -> float:
    """Pick the figure that the tests look at."""
    return result.requests_per_second


def test_median_over_the_rounds_that_succeeded() -> None:
    """A failed round is told apart, not counted as zero."""
    runs = [run(1, "ours", 100), failed(2, "ours"), run(3, "ours", 300)]
    assert aggregate.summary(runs, rate) == Spread(200, 100, 300, 2)


def test_nothing_measured_has_no_median() -> None:
    """Then the table says so."""
    assert aggregate.summary([failed(1, "ours")], rate) is None


def test_ratio_pairs_the_rounds() -> None:
    """In round 2 the whole machine was slow: the ratio does not notice."""
    ours = [run(1, "ours", 200), run(2, "ours", 20), run(3, "ours", 330)]
    peer = [run(3, "peer", 110), run(1, "peer", 100), run(2, "peer", 10)]
    assert aggregate.ratio(ours, peer, rate) == Spread(2, 2, 3, 3)


def test_ratio_needs_both_in_a_round() -> None:
    """A round in which one failed has no ratio."""
    ours = [run(1, "ours", 200), failed(2, "ours")]
    assert aggregate.ratio(ours, [failed(1, "peer"), run(2, "peer", 10)], rate) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (Spread(1.234, 1.2, 1.3, 1), "1.23"), (Spread(1.234, 1.1, 1.318, 3), "1.23 (1.10–1.32)")],
)
def test_writes_a_ratio(value: Spread | None, text: str) -> None:
    """One round has no range."""
    assert report.factor(value) == text


def test_errors_of_every_round_are_summed() -> None:
    """A median of 0, 0 and 7 would hide them."""
    assert report.errors([run(1, "peer", 1), run(2, "peer", 1), run(3, "peer", 1, errors=7)]) == 7
    assert "1 (**7 errors**)" in report.markdown(report_of([run(1, "ours", 1, errors=7)]))


def test_table_is_aligned() -> None:
    """It is read in terminals too."""
    assert report.table(["server", "n"], [["a", "1,000"]]) == [
        "| server |     n |",
        "| :----- | ----: |",
        "| a      | 1,000 |",
    ]


def test_report_has_facts_figures_ratios_and_reasons() -> None:
    """One look at the whole."""
    text = report.markdown(
        report_of([run(1, "ours", 90_000), run(1, "granian", 30_000), failed(1, "bjoern")])
    )
    assert "- CPU: a fast one\n- left out: bjoern: no libev\n" in text
    assert "## One worker" in text
    assert "| hello-32              | 90,000 |  30,000 |      – |" in text
    assert "| hello-32              |    3.00 |      – |" in text
    assert "0.5 / 2 / 4" in text
    assert "- **round 1, free-hello-32, bjoern: not ready after 30 s**" in text


def test_no_ratios_without_the_base() -> None:
    """The peers alone are still worth a table."""
    assert "÷" not in report.markdown(report_of([run(1, "granian", 30_000)]))


def test_a_crowd_is_held_against_the_same_servers_hello() -> None:
    """Round by round."""
    runs = [
        run(1, "ours", 100),
        run(1, "ours", 80, cell=BESIDE),
        run(2, "ours", 50),
        run(2, "ours", 45, cell=BESIDE),
    ]
    assert "0.85 (0.80–0.90)" in report.markdown(report_of(runs, cells=(CELL, BESIDE)))


def test_start_and_memory_of_each_server() -> None:
    """The memory after what it cannot answer is not known."""
    jetty = Alone("jetty", [0.2, 0.4, 0.3], [50.0, 60.0, 55.0], 88.0)
    text = report.markdown(report_of([run(1, "ours", 1)], jetty))
    assert "| jetty  |         0.30 (0.20–0.40) | 55 (50–60) |          88 |                  – |" in text


def test_the_chart_divides_by_ours_round_by_round() -> None:
    """A server that could not be measured has no bar."""
    runs = [run(1, "ours", 100), run(1, "granian", 50), run(2, "ours", 200), run(2, "granian", 50)]
    drawn = publication.chart(report_of([*runs, failed(1, "bjoern")]), (CELL.name, "of-another-run"))
    assert drawn == {"cells": [CELL.name], "servers": {"ours": [1.0], "granian": [0.375]}}
