"""What Linux says of a tree of processes: CPU time and memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterable, NamedTuple

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    """The fields of /proc/PID/stat used here, see proc_pid_stat(5)."""

    pid: int
    is_zombie: bool
    parent: int
    session: int
    own_ticks: int
    reaped_ticks: int
    started: int


def parse_stat(text: str) -> Stat:
    """Read one stat line; the command may hold spaces and brackets, so fields count from its last ')'."""
    pid = int(text[: text.index(" ")])
    fields = text[text.rindex(")") + 2 :].split()
    user, system, reaped_user, reaped_system = (int(field) for field in fields[11:15])
    return Stat(
        pid=pid,
        is_zombie=fields[0] == "Z",
        parent=int(fields[1]),
        session=int(fields[3]),
        own_ticks=user + system,
        reaped_ticks=reaped_user + reaped_system,
        started=int(fields[19]),
    )


def snapshot() -> list[Stat]:
    """Read every process of the machine; one that ends meanwhile is left out."""
    found = []
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                found.append(parse_stat((entry / "stat").read_text()))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def tree(processes: Iterable[Stat], leader: int) -> list[Stat]:
    """Pick the leader, its session and all their descendants.

    By session, because a child whose parent died belongs to init afterwards; by descent, because a
    child may open a session of its own.
    """
    everyone = list(processes)
    members = {stat.pid for stat in everyone if leader in (stat.pid, stat.session)}
    grown = True
    while grown:
        children = {stat.pid for stat in everyone if stat.parent in members} - members
        members |= children
        grown = bool(children)
    return [stat for stat in everyone if stat.pid in members]


def cpu_ticks(members: Iterable[Stat]) -> int:
    """Sum user and system time, with that of children which ended and were waited for.

    When a child dies its time moves to its parent's account of reaped children, so that the
    difference of two sums stays right.
    """
    return sum(stat.own_ticks + stat.reaped_ticks for stat in members)


class Memory(NamedTuple):
    """Resident memory, and which of the kernel's figures it is."""

    kib: int
    kind: str


def memory(pids: Iterable[int]) -> Memory:
    """Sum PSS (shared pages divided among their users); RSS where the kernel does not tell PSS."""
    known = list(pids)
    sizes = [_field(PROC / str(pid) / "smaps_rollup", "Pss:") for pid in known]
    if any(sizes):
        return Memory(sum(sizes), "PSS")
    return Memory(sum(_field(PROC / str(pid) / "status", "VmRSS:") for pid in known), "RSS")


def parse_field(text: str, name: str) -> int:
    """Read the KiB of one ``Name: 123 kB`` line; 0 where there is none."""
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def _field(path: Path, name: str) -> int:
    try:
        return parse_field(path.read_text(), name)
    except OSError:  # the process ended, or the kernel has no such file
        return 0


def machine_busy_ticks() -> int:
    """Return the time that all CPUs together have worked, for anybody."""
    return parse_machine((PROC / "stat").read_text())


def parse_machine(text: str) -> int:
    """Sum the first line of /proc/stat without idle, iowait and guest (which user already holds)."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in text.split()[1:9])
    return user + nice + system + irq + softirq + steal
