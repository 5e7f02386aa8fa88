"""The measurement of deploys."""

from __future__ import annotations

from comparison import deploys
from comparison.wrk import Figures


def _figures(requests: int, p99_ms: float, bad: int = 0) -> Figures:
    return Figures(requests, requests / 10, 1.0, p99_ms, socket_errors=0, bad_statuses=bad)


def _result(name: str, failed: int, named: int) -> deploys.Result:
    (disturbance,) = (each for each in deploys.DISTURBANCES if each.name == name)
    return deploys.Result(disturbance, _figures(1000, 2.0), _figures(900, 5.0, failed), 4, named)


def test_reports_what_failed_beside_what_went_on_before() -> None:
    """Figures of the two windows are divided."""
    chosen = deploys.Options(connections=64, seconds=10, warmup=1, workers=2, disturbances=["reload"])
    lines = deploys.report({"CPU": "some"}, chosen, [_result("reload", 0, 0)]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    assert "- CPU: some" in lines
    assert ["reload", "4", "900", "0", "0", "2.0", "5.0", "2.5", "0.90"] in cells


def test_complains_of_requests_that_failed() -> None:
    """Only a worker that is killed may lose what it runs, and then the log names it."""
    assert deploys.complaints([_result("reload", 0, 0), _result("kill -9 without retry", 3, 3)]) == []
    assert len(deploys.complaints([_result("reload", 1, 1)])) == 1
    assert len(deploys.complaints([_result("kill -9", 1, 1)])) == 1
    assert len(deploys.complaints([_result("kill -9 without retry", 3, 2)])) == 1
    assert len(deploys.complaints([_result("kill -9 without retry", 2, 3)])) == 1
