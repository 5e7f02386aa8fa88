"""A clock that somebody sets: nobody waits longer for that, or less long."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from waitress.keeper import Keeper, _Child

SOURCES = Path(__file__).resolve().parents[1] / "src"

#: What is told of a request's deadline, the age of files, and 2.7, which has no better clock and sees to that.
WHO_ASKS_FOR_THE_TIME_OF_DAY = {"limit.py", "imports.py", "compat2.py"}

STARTUP_SECONDS = 60.0
HOUR = 3600.0


def test_only_those_ask_for_the_time_of_day_who_tell_it() -> None:
    asking = {path.name for path in SOURCES.rglob("*.py") if re.search(r"\btime\.time\b", path.read_text("utf-8"))}
    assert asking == WHO_ASKS_FOR_THE_TIME_OF_DAY


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_forked_worker_has_its_time_to_begin(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    keeper = Keeper(1, lambda *_: True, -1, STARTUP_SECONDS)
    child = _Child(0)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + hours * HOUR)
    assert STARTUP_SECONDS - 10 < keeper._left(child) <= STARTUP_SECONDS
