"""Servers that run at the same time, and what becomes of one that does not start."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from comparison import java, sidebyside
from comparison.interrupts import Interrupts
from comparison.measure import Plan
from comparison.plan import Batch, Entry
from comparison.server import Server
from comparison.workloads import WORKLOADS, Cell
from comparison.yardstick import Stage

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_server_that_does_not_start_fails_in_each_of_its_cells(tmp_path: Path) -> None:
    """And says why, so that the report can."""
    lame = Server("lame", lambda _: [sys.executable, "-c", "raise SystemExit('no module x')"])
    cells = [Cell(WORKLOADS[0], connections) for connections in (1, 32)]
    batch = Batch(Stage("", "", ()), "plain:app", [Entry(cell, [lame]) for cell in cells])
    runs = list(sidebyside.runs(batch, 1, Plan(1, 4, 1, tmp_path), Interrupts()))
    assert [(run.round, run.cell) for run in runs] == [
        *[(0, "hello-32")] * 10,
        (1, "hello-1"),
        (1, "hello-32"),
    ]
    assert {run.failure for run in runs} == {"the server ended by itself; log: no module x"}


def test_a_java_that_is_new_enough_is_the_usual_one_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No machine has one of the year 9999."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "javac").touch()
    (tmp_path / "release").write_text('JAVA_VERSION="9998.0.1"\n')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.home(21) == tmp_path
    assert java.home(9999) is None
