"""What perf prints, and what it can count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from comparison import perf

if TYPE_CHECKING:
    from pathlib import Path

# As perf 6.1 prints it with -x ";".
COUNTED = """\
# started on Tue Dec  1 01:13:08 2026

1234567;;instructions:u;3000000;100.00;;
7654321;;instructions:k;3000000;100.00;;
"""


def put_perf(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``script`` the only perf of the machine."""
    (folder / "perf").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "perf").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_sums_user_and_kernel() -> None:
    """The comment at the top of perf's file is none of its numbers."""
    assert perf.parse(COUNTED) == 1_234_567 + 7_654_321


def test_reads_groups_of_digits() -> None:
    """Should some perf group them all the same."""
    assert perf.parse("1,234,567;;instructions:u;3000000;100.00;;\n") == 1_234_567


@pytest.mark.parametrize("missing", ["not supported", "not counted"])
def test_counts_nothing_where_one_number_is_missing(missing: str) -> None:
    """Half a sum would be compared with a whole one."""
    with pytest.raises(perf.NotCountedError, match=f"instructions:k is {missing}"):
        perf.parse(COUNTED.replace("7654321", f"<{missing}>"))


@pytest.mark.parametrize("report", ["", "Problems finding threads of monitor\n"])
def test_counts_nothing_where_there_is_no_number(report: str) -> None:
    """Zero instructions would look like a gain."""
    with pytest.raises(perf.NotCountedError, match="no number"):
        perf.parse(report)


def test_says_that_there_is_no_perf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without perf is measured all the same."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(perf.counters()) == "not counted: perf is not installed"


def test_says_that_the_machine_has_no_counters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many virtual machines have none; perf itself ends with status 0 there."""
    put_perf(tmp_path, "echo '<not supported>;;instructions:u;0;100.00;;' >&2", monkeypatch)
    assert perf.counters() == perf.Counters((), "instructions:u is not supported")


def test_counts_for_the_user_where_the_kernel_is_not_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As kernel.perf_event_paranoid=2 has it for those who are not root."""
    refuses = "case $* in *:k*) echo 'Error:' >&2; echo 'Access is limited.' >&2; exit 255 ;; esac"
    put_perf(tmp_path, f"{refuses}\necho '12;;instructions:u;1;100.00;;' >&2", monkeypatch)
    assert perf.counters() == perf.Counters(("instructions:u",))


def test_says_why_nothing_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In containers, as a rule."""
    put_perf(
        tmp_path, "echo 'Error:' >&2; echo 'Access is limited.' >&2; echo more >&2; exit 255", monkeypatch
    )
    assert str(perf.counters()) == "not counted: Access is limited."


def test_counts_given_processes_while_a_command_runs(tmp_path: Path) -> None:
    """The command is the load: what came before and comes after is not counted."""
    assert perf.counting(("instructions:u", "instructions:k"), [12, 34], tmp_path) == (
        *("perf", "stat", "-x", ";", "-e", "instructions:u,instructions:k"),
        *("-o", str(tmp_path), "-p", "12,34", "--"),
    )
