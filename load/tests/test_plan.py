"""What is run, in which order, and what the command line allows."""

from __future__ import annotations

import pytest

from comparison import main, options, peers
from comparison.main import Field
from comparison.servers import SERVERS
from comparison.workloads import WORKLOADS, cells


def test_every_round_begins_with_another_server() -> None:
    """Nobody always runs right after the same one."""
    servers = [server for server in SERVERS if server.name in ("waitress", "gunicorn", "granian")]
    steps = main.steps(Field(servers, cells(["hello"], [1, 32]), []), 2)
    assert [(step.round, step.cell.connections, step.server.name) for step in steps] == [
        (1, 1, "waitress"),
        (1, 1, "gunicorn"),
        (1, 1, "granian"),
        (1, 32, "waitress"),
        (1, 32, "gunicorn"),
        (1, 32, "granian"),
        (2, 1, "gunicorn"),
        (2, 1, "granian"),
        (2, 1, "waitress"),
        (2, 32, "gunicorn"),
        (2, 32, "granian"),
        (2, 32, "waitress"),
    ]


def test_servers_without_threads_do_not_sleep() -> None:
    """Their figure would say nothing."""
    bjoern = [server for server in SERVERS if server.name == "bjoern"]
    assert main.steps(Field(bjoern, cells(["sleep"], None), []), 1) == []


def test_lists_keep_the_order_of_the_table() -> None:
    """So that two reports look alike."""
    chosen = options.parse(["--servers=bjoern,ours", "--connections=8,64", "--workloads=all"])
    assert chosen.servers == ["ours", "bjoern"]
    assert chosen.connections == [8, 64]
    assert chosen.workloads == [workload.name for workload in WORKLOADS]


@pytest.mark.parametrize("argument", ["--servers=nginx", "--rounds=0", "--connections=0", "--warmup=-1"])
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
