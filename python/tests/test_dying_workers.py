"""Answers that were finished when a later request ended their worker."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from conftest import serving
from performers import APPS
from wire import Connection

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 6


@pytest.mark.parametrize("kind", ["small", "raw", "large", "stream"])
@pytest.mark.parametrize("how", ["exit", "kill", "fault"])
def test_reach_their_clients(tmp_path: Path, how: str, kind: str) -> None:
    """All in one batch for one thread, behind a request that has warmed up the worker; none is run twice."""
    notes = tmp_path / "notes"
    variables = {"PYTHONPATH": str(APPS), "NOTES": str(notes)}
    with serving(tmp_path, "mortal:app", "--threads=1", **variables) as server, contextlib.ExitStack() as stack:
        connections = [stack.enter_context(Connection(server.port)) for _ in range(COUNT + 1)]
        connections[0].ask("POST", f"/0?{kind}", "Content-Length: 0")
        connections[0].body(connections[0].head())
        for number, connection in enumerate(connections[:COUNT]):
            connection.ask("POST", f"/{number}?{kind}", "Content-Length: 0")
        connections[COUNT].ask("POST", f"/{how}", "Content-Length: 0")
        answers = []
        for connection in connections[:COUNT]:
            head = connection.head()
            answers.append((head.status, connection.body(head).lstrip(b".")))
        assert answers == [(200, b"%d" % number) for number in range(COUNT)]
        assert connections[COUNT].head().status == 502  # noqa: PLR2004 -- whose request it was
        server.wait_for("was lost while it ran 1 request")
    assert sorted(notes.read_text().split()) == sorted(["0", *map(str, range(COUNT)), how])


def test_behind_a_file_that_went_with_the_worker_reach_their_clients(tmp_path: Path) -> None:
    """The file is what the dead worker had open: whether the front has opened it too by then is a matter of luck."""
    variables = {"PYTHONPATH": str(APPS), "NOTES": str(tmp_path / "notes")}
    for _ in range(3):
        with serving(tmp_path, "mortal:app", "--threads=1", **variables) as server, contextlib.ExitStack() as stack:
            connections = [stack.enter_context(Connection(server.port)) for _ in range(COUNT + 1)]
            for number, connection in enumerate(connections[:COUNT]):
                connection.ask("POST", f"/{number}?{'small' if number % 2 else 'file'}", "Content-Length: 0")
            connections[COUNT].ask("POST", "/exit", "Content-Length: 0")
            for number in range(1, COUNT, 2):
                head = connections[number].head()
                assert (head.status, connections[number].body(head)) == (200, b"...%d" % number)
            for number in range(0, COUNT, 2):
                assert connections[number].head().status in {200, 500}
