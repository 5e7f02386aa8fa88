"""``docs/platforms.md``: its tables are well formed, and have a row for everything that the code knows, and no other."""

from __future__ import annotations

import re

from interpreters import SUPPORTED
from platform_table import CELL, LINUX, NOT_RUN, PAGE, ROWS, Table, between


class TestThePage:
    """``docs/platforms.md``, whatever there is on this machine."""

    def test_has_a_row_for_all_that_is_known_and_no_other(self) -> None:
        assert [tuple(row[:3]) for row in rows("runs")] == [tuple(row) for row in ROWS]
        assert [row[0] for row in rows("pythons")] == SUPPORTED

    def test_has_cells_that_a_run_can_have_written(self) -> None:
        cells = [cell for row in rows("runs") for cell in row[3:]]
        assert not [cell for cell in cells if not CELL.fullmatch(cell)]
        assert {cell for row in rows("pythons") for cell in row[2:]} <= {"yes", "no", NOT_RUN}

    def test_explains_what_was_skipped(self) -> None:
        text = PAGE.read_text(encoding="utf-8")
        start, end = between(text, "runs")
        used = set(re.findall(r"\[(\d+)\]", text[start:end]))
        assert used == set(re.findall(r"^(\d+)\. .", text[start:end], re.MULTILINE))


def rows(name: str) -> list[list[str]]:
    """The cells of a table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    start, end = between(text, name)
    lines = [line for line in text[start:end].splitlines() if line.startswith("|")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def test_a_table_says_what_was_recorded() -> None:
    """And that the rest was not run."""
    told = [
        ("CPython 2.7", "command", "test_one", "failed", ""),
        ("CPython 2.7", "command", "test_one", "passed", ""),
        ("CPython 2.7", "command", "test_two", "failed", ""),
        ("CPython 2.7", "package", "test_one", "skipped", "is not for it"),
        ("CPython 3.6", "suites", "test_one", "passed", ""),
        ("CPython 3.6", "suites", "test_two", "skipped", "is not for it"),
    ]
    keys = ("python", "column", "test", "outcome", "reason")
    table = Table({"system": LINUX, "java": "17", **dict(zip(keys, each, strict=True))} for each in told)
    lines = table.runs().splitlines()
    assert lines[2] == "| Linux | CPython 2.7 | 17 | 1 of 2 failed | skipped [1] | not run |"
    assert lines[4] == "| Linux | CPython 3.6 | 17 | not run | not run | 1 passed, 1 skipped [1] |"
    assert lines[-1] == "1. is not for it"
    assert table.pythons().splitlines()[2] == "| CPython 2.7 | not run | not run | not run | not run |"
