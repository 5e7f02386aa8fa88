"""What is run, in which order, and what the command line allows."""

from __future__ import annotations

import pytest

from comparison import options, peers, plan, yardstick
from comparison.servers import SERVERS
from comparison.workloads import WORKLOADS
from comparison.yardstick import Row, Stage


def planned(rounds: int, *rows: Row) -> list[tuple[int, int, str]]:
    """Return round, connections and server of each step of a stage with these rows."""
    names = [workload.name for workload in WORKLOADS]
    found = plan.batches((Stage("", "", rows),), names, list(SERVERS))
    steps = [step for batch in found for step in plan.steps(batch, rounds)]
    return [(step.round, step.cell.connections, step.server.name) for step in steps]


def test_every_round_begins_with_another_server() -> None:
    """Nobody always runs right after the same one; round 0 asks as often as it takes to warm up."""
    servers = ("waitress", "gunicorn", "granian")
    assert planned(2, Row("hello", servers, (1, 32))) == [
        *((0, 32, name) for _ in range(10) for name in ("waitress", "gunicorn", "granian")),
        *((1, 1, name) for name in ("gunicorn", "granian", "waitress")),
        *((1, 32, name) for name in ("gunicorn", "granian", "waitress")),
        *((2, 1, name) for name in ("granian", "waitress", "gunicorn")),
        *((2, 32, name) for name in ("granian", "waitress", "gunicorn")),
    ]


@pytest.mark.parametrize(("kinds", "windows"), [(1, 10), (3, 12), (10, 10), (11, 11)])
def test_each_server_has_ten_windows_before_it_is_measured(kinds: int, windows: int) -> None:
    """Of all kinds of load that it will get, as often as it takes."""
    names = [
        workload.name for workload in WORKLOADS if workload.target == "plain:app" and not workload.beside
    ]
    warm = [
        step
        for step in planned(1, *(Row(name, ("granian",), (32,)) for name in names[:kinds]))
        if step[0] == 0
    ]
    assert len(warm) == windows


def test_a_server_gets_only_what_it_can_answer() -> None:
    """One without threads would not overlap waiting; the Java peers run no Python."""
    assert planned(1, Row("sleep", ("bjoern",)), Row("flask", ("jetty", "floor"))) == []


def test_one_application_is_started_once_for_all_its_workloads() -> None:
    """And one of another application beside it never."""
    rows = (Row("hello", ("ours",)), Row("flask", ("ours",)), Row("page", ("ours", "bjoern")))
    found = plan.batches((Stage("", "", rows),), ["hello", "flask", "page"], list(SERVERS))
    assert [(batch.target, [server.name for server in batch.servers]) for batch in found] == [
        ("plain:app", ["ours", "bjoern"]),
        ("flask_hello:app", ["ours"]),
    ]


def test_what_is_published_names_servers_and_cells_that_there_are() -> None:
    """A misspelt one would be missing without a word."""
    every = [server.name for server in SERVERS]
    found = plan.batches(yardstick.STAGES, [workload.name for workload in WORKLOADS], list(SERVERS))
    drawn = {name for chart in yardstick.CHARTS.values() for name in chart}
    assert drawn <= {entry.cell.name for batch in found for entry in batch.entries}
    assert {
        *yardstick.ALONE,
        *(name for stage in yardstick.STAGES for row in stage.rows for name in row.servers),
    } <= {*every}


def test_lists_keep_the_order_of_the_table() -> None:
    """So that two reports look alike."""
    chosen = options.parse(["--servers=bjoern,ours", "--connections=8,64", "--workloads=all"])
    assert chosen.servers == ["ours", "bjoern"]
    assert chosen.connections == [8, 64]
    assert chosen.workloads == [workload.name for workload in WORKLOADS]


def test_the_usual_choice_leaves_out_what_few_servers_can() -> None:
    """A publication names who takes part in it."""
    usual, published = options.parse([]), options.parse(["--publish"])
    assert {"idle", "drip"}.isdisjoint(usual.workloads)
    assert "ours-java" not in usual.servers
    assert {"idle", "drip"} <= {*published.workloads}
    assert "ours-java" in published.servers


@pytest.mark.parametrize("argument", ["--servers=nginx", "--rounds=0", "--connections=0", "--starts=-1"])
def test_refuses_what_makes_no_sense(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2 and the option's name."""
    with pytest.raises(SystemExit) as refused:
        options.parse([argument])
    assert refused.value.code == 2
    assert argument.split("=", maxsplit=1)[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("  building\n  bjoern.h:1:10: fatal error: ev.h: No such file\nerror: subprocess failed\n", "ev.h"),
        ("WARNING: x\nERROR: No matching distribution found for granian==2.8.7\n", "granian==2.8.7"),
        ("something else\n", "something else"),
        ("", "pip failed"),
    ],
)
def test_finds_the_line_that_says_why(output: str, line: str) -> None:
    """Pip's last line seldom does."""
    assert line in peers.reason(output)
