"""The page of the documentation that a comparison makes: its report, and a chart, light and dark."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from comparison.aggregate import ratio, summary
from comparison.paths import PAGE, ROOT
from comparison.report import COLUMNS, Report, markdown
from comparison.servers import PYTHON

if TYPE_CHECKING:
    from comparison.measure import Run

_RATE = COLUMNS[0].figure
_COMMAND = "load/compare --publish"

_HEAD = """\
<picture>
  <source media="(prefers-color-scheme: dark)" srcset="dark.svg">
  <img alt="Requests per second of each server, divided by ours" src="light.svg">
</picture>

What `{command}` has measured. The chart shows requests per second, divided by ours within each round.
[load/README.md](../../load/README.md) says how it is measured, and what is unfair.
"""


def write(report: Report) -> None:
    """Write the page and the charts of a comparison whose base is this server."""
    PAGE.mkdir(parents=True, exist_ok=True)
    text = markdown(report)
    title, rest = text.split("\n", 1)
    page = f"{title}\n\n{_HEAD.format(command=_COMMAND)}{rest}"
    (PAGE / "README.md").write_text(page, encoding="utf-8")
    subprocess.run(
        [str(PYTHON), str(ROOT / "load" / "launchers" / "draw_chart.py"), str(PAGE)],
        input=json.dumps(chart(report)),
        text=True,
        check=True,
    )


def chart(report: Report) -> dict[str, object]:
    """Return what is drawn: each server's requests per second divided by ours, None where there are none."""
    cells = [cell for cell in report.cells if summary(_of(report, cell.name, report.base), _RATE)]
    servers = [report.base, *(name for name in report.servers if name != report.base)]
    return {
        "cells": [cell.name for cell in cells],
        "servers": {server: [_relative(report, cell.name, server) for cell in cells] for server in servers},
    }


def _relative(report: Report, cell: str, server: str) -> float | None:
    found = ratio(_of(report, cell, server), _of(report, cell, report.base), _RATE)
    return None if found is None else round(found.median, 3)


def _of(report: Report, cell: str, server: str) -> list[Run]:
    return [run for run in report.runs if run.cell == cell and run.server == server]
