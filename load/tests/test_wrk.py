"""wrk's report and command line."""

from __future__ import annotations

import pytest

from comparison import wrk
from comparison.errors import RunError
from outputs import CLEAN, WITH_ERRORS


def test_reads_a_report_without_errors() -> None:
    """The lines about errors are missing then."""
    assert wrk.parse(CLEAN) == wrk.Figures(398601, 79714.51, 0.35, 1.78, 0, 0)


def test_reads_the_slowest_thousandth_where_a_script_tells_it() -> None:
    """With the script that every workload of a comparison has."""
    assert wrk.parse(CLEAN + "99.9%: 2345 us\n").p999_ms == 2.345


def test_reads_seconds_and_errors() -> None:
    """All four kinds of socket errors count."""
    assert wrk.parse(WITH_ERRORS) == wrk.Figures(2843, 941.53, 123.46, 1020.0, 38, 7)


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("850.00us", 0.85), ("1.02s", 1020), ("1.50m", 90_000), ("0.00us", 0)]
)
def test_knows_the_units(text: str, milliseconds: float) -> None:
    """Wrk changes the unit with the size."""
    assert wrk.parse(CLEAN.replace("1.78ms", text)).p99_ms == pytest.approx(milliseconds)


def test_refuses_a_report_that_is_not_one() -> None:
    """A wrong figure would be worse than none."""
    with pytest.raises(RunError, match="unable to connect"):
        wrk.parse("unable to connect to 127.0.0.1:1 Connection refused")


@pytest.mark.parametrize(("connections", "threads"), [(1, 1), (128, 1), (129, 2)])
def test_keeps_to_one_thread_as_long_as_one_is_enough(connections: int, threads: int) -> None:
    """The second core is the server's."""
    command = wrk.command(wrk.Load("http://h/", connections, 5, prefix=("taskset", "-c", "1")))
    assert command[:3] == ["taskset", "-c", "1"]
    assert f"--threads={threads}" in command
    assert command[-1] == "http://h/"
