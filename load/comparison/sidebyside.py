"""All servers of a batch run at the same time and are asked in turns; those that wait do nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Generator

from comparison import measure, plan
from comparison.errors import RunError
from comparison.measure import Run

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts
    from comparison.measure import Plan, Running
    from comparison.plan import Batch


def runs(batch: Batch, rounds: int, how: Plan, interrupts: Interrupts) -> Generator[Run, None, None]:
    """Start all servers and yield each window; a server that does not start fails in every cell."""
    with contextlib.ExitStack() as stack:
        running: dict[str, Running] = {}
        failures: dict[str, str] = {}
        for server in batch.servers:
            log = how.directory / f"{batch.stage.name}-{batch.target.split(':')[0]}-{server.name}.log"
            workload = batch.entries[0].cell.workload
            one = measure.prepared(server, workload, how, log, interrupts)
            stack.enter_context(one.process)
            try:
                one.process.start()
                one.process.wait_until_ready()
                running[server.name] = one
            except RunError as error:
                one.process.stop()
                failures[server.name] = str(error)
        for step in plan.steps(batch, rounds):
            name = step.server.name
            if name in running:
                yield measure.run(step.round, step.server, step.cell, running[name], how)
            else:
                yield Run(step.round, step.cell.name, name, None, failures[name])
