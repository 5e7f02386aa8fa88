"""What a server takes that runs alone: the time of its start, and its memory, idle and after load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from comparison import measure, procfs, wrk
from comparison.errors import RunError
from comparison.workloads import PLAIN, WORKLOADS, Workload

if TYPE_CHECKING:
    from comparison.interrupts import Interrupts
    from comparison.measure import Plan, Running
    from comparison.server import Server

_KIB_PER_MIB = 1024
_HELLO = WORKLOADS[0]
_CONNECTIONS = 32
_BODIES = ("page", "upload", "large", "stream")
#: What a virtual machine compiles and keeps shows only after a while.
_HELLO_WINDOWS = 4


class Alone(NamedTuple):
    """What one server took: the seconds of each start and the memory idle after it, then that after load."""

    server: str
    start_seconds: list[float]
    idle_mib: list[float]
    after_hello_mib: float | None = None
    after_bodies_mib: float | None = None
    memory_kind: str = "PSS"
    failure: str | None = None


def measured(server: Server, starts: int, plan: Plan, interrupts: Interrupts) -> Alone:
    """Start it so many times; the last one is loaded too."""
    done = Alone(server.name, [], [])
    log = plan.directory / f"alone-{server.name}.log"
    try:
        for number in range(1, starts + 1):
            running = measure.prepared(server, _HELLO, plan, log, interrupts)
            with running.process as process:
                process.start()
                done.start_seconds.append(process.wait_until_ready())
                done.idle_mib.append(_mebibytes(running))
                if number == starts:
                    return _loaded(done, server, running, plan)
    except RunError as error:
        return done._replace(failure=str(error))
    return done


def _loaded(done: Alone, server: Server, running: Running, plan: Plan) -> Alone:
    for _ in range(_HELLO_WINDOWS):
        _drive(_HELLO, running, plan)
    after_hello = _mebibytes(running)
    for workload in WORKLOADS:
        if workload.name in _BODIES and workload.target == PLAIN and server.can_answer(workload):
            _drive(workload, running, plan)
    after_bodies = None if server.only else _mebibytes(running)
    kind = procfs.memory(stat.pid for stat in running.process.members()).kind
    return done._replace(after_hello_mib=after_hello, after_bodies_mib=after_bodies, memory_kind=kind)


def _drive(workload: Workload, running: Running, plan: Plan) -> None:
    wrk.drive(measure.load(workload, _CONNECTIONS, running, plan))
    running.process.require_alive()


def _mebibytes(running: Running) -> float:
    return procfs.memory(stat.pid for stat in running.process.members()).kib / _KIB_PER_MIB
