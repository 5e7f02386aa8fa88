"""The tables of ``docs/platforms.md``: which of the tests ran on which system, Python and Java, and what came of them.

Runs with ``--record`` add lines to a file below ``target``, one for each test; of a test that ran again the last one
counts. A cell without a line says that nothing was run.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from interpreters import ABILITIES, SUPPORTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "platforms.md"
RECORDS = ROOT / "target" / "platforms.jsonl"

#: Systems, as the option ``--record`` names them. On the first one every Python is tried on every Java.
LINUX = "Linux"
OVER_TCP = "Linux, front and workers over TCP"
LIKE_MACOS = "Linux, without what macOS lacks"
ON_ARM64 = "Linux on arm64, under QEMU"
ON_WINDOWS = "Windows, under Wine 8"
MACOS = "macOS"

JAVAS = ["17", "25"]
#: The Python of the tests themselves on the machine that writes the page, and that of Windows.
OURS, OF_WINDOWS = "CPython 3.11", "CPython 3.13"

#: What a cell is about, and how the page calls it.
COLUMNS = {"command": "`waitress-serve`", "package": "`serve()`", "suites": "suites of workers"}

NOT_RUN = "not run"
CELL = re.compile(r"not run|(\d+ of \d+ failed|\d+ passed|skipped)( \[\d+\])*(, \d+ skipped( \[\d+\])*)?")
MARKS = "<!-- {}: written by python/check.py --platforms -->\n", "<!-- end of {} -->\n"


class Row(NamedTuple):
    """One line of the table, without its cells."""

    system: str
    python: str
    java: str


ROWS = [
    *(Row(LINUX, python, java) for python in SUPPORTED for java in JAVAS),
    Row(OVER_TCP, OURS, "17"),
    Row(LIKE_MACOS, OURS, "17"),
    Row(ON_ARM64, OURS, "17"),
    Row(ON_WINDOWS, OF_WINDOWS, "17"),
    Row(ON_WINDOWS, OF_WINDOWS, "25"),
    Row(MACOS, OURS, "17"),
]


def records(path: Path = RECORDS) -> Iterator[dict[str, Any]]:
    """What was recorded, in order."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


class Table:
    """What the page shows of some records."""

    def __init__(self, recorded: Iterable[dict[str, Any]]) -> None:
        #: By their names, in the order in which they ran first.
        self.tests: dict[tuple[Row, str], dict[str, dict[str, Any]]] = {}
        self.versions: dict[str, str] = {}
        self.abilities: dict[str, list[str]] = {}
        self._notes: list[str] = []
        for record in recorded:
            row = Row(record["system"], record["python"], record["java"])
            assert row in ROWS, f"no row for {row}"
            self.tests.setdefault((row, record["column"]), {})[record["test"]] = record
            if "abilities" in record:
                self.versions[row.python] = record["version"]
                self.abilities[row.python] = record["abilities"]

    def runs(self) -> str:
        """Systems, Pythons and Javas, and what came of the tests there; below it why some were skipped."""
        lines = _head(["system", "Python", "Java", *COLUMNS.values()])
        lines += [self._line([*row, *(self._cell(row, column) for column in COLUMNS)]) for row in ROWS]
        notes = [f"{number}. {note}\n" for number, note in enumerate(self._notes, 1)]
        return "".join([*lines, "\n" if notes else "", *notes])

    def pythons(self) -> str:
        """What each Python has."""
        lines = _head(["Python", "tried", *ABILITIES])
        for name in SUPPORTED:
            found = self.abilities.get(name, [NOT_RUN] * len(ABILITIES))
            lines.append(self._line([name, self.versions.get(name, NOT_RUN), *found]))
        return "".join(lines)

    @staticmethod
    def _line(cells: list[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    def _cell(self, row: Row, column: str) -> str:
        tests = self.tests.get((row, column), {}).values()
        counts = Counter(test["outcome"] for test in tests)
        passed, failed, skipped = counts["passed"], counts["failed"], counts["skipped"]
        reasons = dict.fromkeys(test["reason"] for test in tests if test["outcome"] == "skipped")
        notes = "".join(f" [{self._note(reason)}]" for reason in reasons)
        if not passed and not failed:
            return f"skipped{notes}" if skipped else NOT_RUN
        text = f"{failed} of {passed + failed} failed" if failed else f"{passed} passed"
        return f"{text}, {skipped} skipped{notes}" if skipped else text

    def _note(self, reason: str) -> int:
        if reason not in self._notes:
            self._notes.append(reason)
        return self._notes.index(reason) + 1


def _head(titles: list[str]) -> list[str]:
    return [f"| {' | '.join(titles)} |\n", f"|{' --- |' * len(titles)}\n"]


def between(page: str, name: str) -> tuple[int, int]:
    """Where the table of this name stands in the page."""
    begin, end = (mark.format(name) for mark in MARKS)
    return page.index(begin) + len(begin), page.index(end)


def write(page: Path = PAGE) -> None:
    """Put what was recorded into the page."""
    table = Table(records())
    text = page.read_text(encoding="utf-8")
    for name, content in [("runs", table.runs()), ("pythons", table.pythons())]:
        start, end = between(text, name)
        text = f"{text[:start]}\n{content}\n{text[end:]}"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
