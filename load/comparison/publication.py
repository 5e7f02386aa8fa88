"""The page of the documentation that a comparison makes: its report, and charts, light and dark."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from comparison.aggregate import ratio
from comparison.paths import LAUNCHERS, PAGE
from comparison.report import RATE, Report, markdown
from comparison.server import PYTHON
from comparison.yardstick import CHARTS

if TYPE_CHECKING:
    from comparison.plan import Entry

_PICTURE = """\
<picture>
  <source media="(prefers-color-scheme: dark)" srcset="{name}-dark.svg">
  <img alt="Requests per second of each server, divided by ours" src="{name}-light.svg">
</picture>
"""
_HOW = """\
What `load/compare --publish` has measured; the charts show requests per second, divided by ours within
each round. The servers of a section run side by side and are asked in turns, one at a time: in every
round each workload is put to each server, one right after the other, and the figures are medians over the
rounds. A ratio is taken within a round; in brackets stand its lowest and its highest.
[load/README.md](../../load/README.md) says more, and what is unfair.
"""


def write(report: Report) -> None:
    """Write the page and its charts."""
    PAGE.mkdir(parents=True, exist_ok=True)
    drawn = {name: chart(report, cells) for name, cells in CHARTS.items()}
    charts = {name: content for name, content in drawn.items() if content["cells"]}
    title, rest = markdown(report).split("\n", 1)
    pictures = "\n".join(_PICTURE.format(name=name) for name in charts)
    (PAGE / "README.md").write_text(f"{title}\n\n{pictures}\n{_HOW}{rest}", encoding="utf-8")
    for name, content in charts.items():
        subprocess.run(
            [str(PYTHON), str(LAUNCHERS / "draw_chart.py"), str(PAGE / name)],
            input=json.dumps(content),
            text=True,
            check=True,
        )


def chart(report: Report, names: tuple[str, ...]) -> dict[str, object]:
    """Return what is drawn: each server's requests per second divided by ours, None where there are none."""
    entries = {
        entry.cell.name: (batch.stage.base, entry)
        for batch in report.batches
        for entry in batch.entries
        if entry.cell.name in names
    }
    found = {name: _relative(report, *entries[name]) for name in names if name in entries}
    servers = list(dict.fromkeys(server for values in found.values() for server in values))
    return {
        "cells": list(found),
        "servers": {server: [values.get(server) for values in found.values()] for server in servers},
    }


def _relative(report: Report, base: str, entry: Entry) -> dict[str, float]:
    cell = entry.cell.name
    ratios = {
        server.name: ratio(report.runs_of(cell, server.name), report.runs_of(cell, base), RATE)
        for server in entry.servers
    }
    return {server: round(value.median, 3) for server, value in ratios.items() if value}
