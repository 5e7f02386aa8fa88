"""From what was asked for to the windows of load, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple

from comparison.workloads import WORKLOADS, Cell
from comparison.yardstick import STAGES, Row, Stage

if TYPE_CHECKING:
    from comparison.options import Options
    from comparison.server import Server

#: Windows of round 0 at least, where a batch has fewer kinds of load.
_WARMING_WINDOWS = 10


class Entry(NamedTuple):
    """A cell, and who takes part in it."""

    cell: Cell
    servers: list[Server]


class Batch(NamedTuple):
    """Servers that run at the same time with the same application."""

    stage: Stage
    target: str
    entries: list[Entry]

    @property
    def servers(self) -> list[Server]:
        """Return each of them once."""
        return list({server.name: server for entry in self.entries for server in entry.servers}.values())


class Step(NamedTuple):
    """One window; round 0 warms up and is not counted."""

    round: int
    cell: Cell
    server: Server


def stages(chosen: Options) -> tuple[Stage, ...]:
    """Return those of the yardstick, or one that holds what the command line names."""
    if chosen.publish:
        return STAGES
    own = tuple(chosen.connections or ())
    rows = tuple(Row(workload, tuple(chosen.servers), own) for workload in chosen.workloads)
    return (Stage("", "", rows, chosen.pin, chosen.workers, chosen.base),)


def batches(planned: tuple[Stage, ...], workloads: list[str], servers: list[Server]) -> list[Batch]:
    """Resolve names, and leave out who cannot answer a workload and which cell nobody can."""
    known = {workload.name: workload for workload in WORKLOADS if workload.name in workloads}
    found: dict[tuple[str, str], Batch] = {}
    for stage in planned:
        for row in stage.rows:
            if row.workload not in known:
                continue
            workload = known[row.workload]
            able = [
                server for server in servers if server.name in row.servers and server.can_answer(workload)
            ]
            batch = found.setdefault((stage.name, workload.target), Batch(stage, workload.target, []))
            if able:
                counts = row.connections or workload.connections
                batch.entries.extend(Entry(Cell(workload, count, stage.name), able) for count in counts)
    return [batch for batch in found.values() if batch.entries]


def steps(batch: Batch, rounds: int) -> Iterator[Step]:
    """Order the windows: all servers of a cell next to each other, each round beginning with another one."""
    for number in range(rounds + 1):
        for entry in batch.entries if number else warming(batch):
            for server in _rotated(entry.servers, number):
                yield Step(number, entry.cell, server)


def warming(batch: Batch) -> list[Entry]:
    """Repeat what warms up until it is enough: a JVM compiles for many seconds."""
    each = kinds(batch)
    return each * -(-_WARMING_WINDOWS // max(1, len(each)))


def kinds(batch: Batch) -> list[Entry]:
    """Pick one cell of each workload, the one with most servers: more connections warm up nothing more."""
    alone = [entry for entry in batch.entries if entry.cell.workload.beside is None]
    by_size = sorted(alone, key=lambda entry: len(entry.servers))
    return list({entry.cell.workload.name: entry for entry in by_size}.values())


def _rotated(servers: list[Server], by: int) -> list[Server]:
    """Begin with another server in each round, so that no one always follows the same one."""
    cut = by % len(servers)
    return servers[cut:] + servers[:cut]
