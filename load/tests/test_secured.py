"""The measurement of TLS and HTTP/2: what h2load prints, frames by hand, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from comparison.errors import RunError
from outputs import H2LOAD, H2LOAD_WITH_ERRORS
from securing import frames, h2load, main, place, windows

if TYPE_CHECKING:
    from pathlib import Path


def test_reads_a_report_of_a_duration() -> None:
    """More were started than done: time was over."""
    assert h2load.parse(H2LOAD) == h2load.Figures(6504, 6504.0, 0)


def test_counts_answers_that_are_no_success() -> None:
    """It calls those succeeded too."""
    assert h2load.parse(H2LOAD_WITH_ERRORS) == h2load.Figures(100, 194.91, 10)


def test_answers_that_have_only_begun_are_neither_done_nor_failed() -> None:
    """Large ones, when time is over."""
    assert h2load.parse(H2LOAD.replace("6504 2xx", "6510 2xx")) == h2load.Figures(6504, 6504.0, 0)


def test_refuses_a_report_that_is_not_one() -> None:
    """A wrong figure would be worse than none."""
    with pytest.raises(RunError, match="could not connect"):
        h2load.parse("could not connect to host")


def test_a_number_of_requests_has_no_duration() -> None:
    """One excludes the other."""
    command = h2load.command(h2load.Load("https://h/", 1500, requests=1500, options=h2load.HTTP1))
    assert "--requests=1500" in command
    assert not any(option.startswith("--duration") for option in command)
    assert "--duration=2" in h2load.command(h2load.Load("https://h/", 8, 2, prefix=("taskset", "-c", "1")))


def test_reads_latencies_of_a_log(tmp_path: Path) -> None:
    """In microseconds, behind begin and status."""
    log = tmp_path / "log"
    log.write_text("1796061991648158\t200\t53802\n1796061991647676\t204\t1000\n")
    assert h2load.latencies_ms(log) == [53.802, 1.0]
    log.write_text("1796061991648158\t-1\t53802\n")
    with pytest.raises(RunError, match="1 requests failed, the first with -1"):
        h2load.latencies_ms(log)


def test_takes_the_nearest_rank() -> None:
    """Of a hundred, the hundredth part above is one."""
    numbers = [float(number) for number in range(100, 0, -1)]
    assert h2load.percentile(numbers, 0.99) == 99
    assert h2load.percentile([7.0], 0.99) == 7
    with pytest.raises(RunError):
        h2load.percentile([], 0.99)


def test_a_frame_comes_whole_however_it_is_cut() -> None:
    """Byte by byte, and the next one with the end of the one before."""
    sent = frames.frame(frames.PING, 0, b"12345678", frames.ACK) + frames.request(5, "/x")
    reader = frames.Reader()
    found = [frame for byte in sent for frame in reader.feed(bytes((byte,)))]
    assert [(frame.kind, frame.stream) for frame in found] == [(frames.PING, 0), (frames.HEADERS, 5)]
    assert found[0].payload == b"12345678"
    assert found[1].ends_stream
    assert list(frames.Reader().feed(sent)) == found


def test_a_post_ends_with_its_body() -> None:
    """Its length is said: number 28 of the static table, in two bytes."""
    (head,) = frames.Reader().feed(frames.request(1, "/", length=42, scheme="https"))
    assert not head.ends_stream
    assert head.payload == b"\x83\x87\x04\x01/\x01\x01a\x0f\x0d\x0242"


def test_goaway_says_which_was_the_last_and_why() -> None:
    """RFC 9113, section 6.8."""
    payload = frames.number(2**31 + 7) + frames.number(11) + b"too many"
    (frame,) = frames.Reader().feed(frames.frame(frames.GOAWAY, 0, payload))
    assert (frame.number, frame.code) == (7, "ENHANCE_YOUR_CALM")


def test_holds_medians_against_goals() -> None:
    """One round more or less does not decide."""
    figure = place.at_most("TLS 10", "CPU", [9.0, 6.0, 7.0], 7, " µs")
    assert figure == place.Figure("TLS 10", "CPU", "7.00 (6.00–9.00) µs", "≤ 7 µs", True)  # noqa: FBT003
    assert place.at_least("TLS 10", "rate", [1.2], 1.3).met is False
    assert place.at_least("TLS 10", "rate", [1234.5], 1.3).value == "1,234"


def test_what_was_not_measured_has_met_no_goal() -> None:
    """Nor missed it."""
    assert windows.values([{"ours": 2.0}], ("ours", "granian"), lambda mine, theirs: mine / theirs) == []
    figure = place.at_least("TLS 10", "÷ granian", [], 1.3)
    assert (figure.value, figure.met) == ("not measured", None)


def test_reports_what_is_missed_and_who_was_left_out() -> None:
    """And counts only what has a goal."""
    chosen = main.Options(rounds=3, seconds=1, rows=["tls10"], attack=1, python="python3")
    figures = [
        place.at_most("TLS 10", "CPU", [6.0], 7, " µs"),
        place.at_least("TLS 10", "rate", [1.2], 1.3),
        place.plain("TLS 10", "CPU, plain", [4.0]),
    ]
    lines = main.report({"CPU": "some"}, chosen, figures, ["nginx: it is not installed"]).splitlines()
    assert "- CPU: some" in lines
    assert "- left out: nginx: it is not installed" in lines
    assert "- goals: 1 of 2 met" in lines
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert ["TLS 10: rate", "1.20", "≥ 1.3", "**not met**"] in cells
