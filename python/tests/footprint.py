"""How much a server takes while it runs: memory of its front and of its workers, descriptors. Linux only."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from faults import front
from probes import workers
from procfs import descriptors, own_resident, processes, resident, shared_resident

if TYPE_CHECKING:
    from serving import Server

#: Memory in which the bodies of a worker's answers lie, from the first one on: large blocks, and whole ones.
SHARED = ("/memfd:waitress-arena (deleted)", "/memfd:waitress-ring (deleted)")

#: How long the front may take to have all that it needs, and what is compared then: the time after it, and the last of all.
SETTLING_SECONDS = WINDOW_SECONDS = 60

#: Workers are compared with others that have lived about as long; these are the least ages of each group, in seconds.
AGES = (0, 10, 30)


class Footprint:
    """Samples of one server that runs."""

    def __init__(self, server: Server) -> None:
        """Begin, with what it takes before anybody has asked much."""
        self._server = server
        self._front = front(server)
        self._began = time.monotonic()
        #: Its own memory and what it shares with workers, with the time of each sample.
        self._resident: list[tuple[float, int, int]] = []
        #: When each worker was seen first, and what each had at which time and age.
        self._seen: dict[int, float] = {}
        self._workers: list[tuple[float, float, int]] = []
        self._descriptors = descriptors(self._front)
        #: Bytes of all processes together, at most.
        self.most = 0

    def sample(self) -> None:
        now = time.monotonic() - self._began
        self._resident.append((now, own_resident(self._front), shared_resident(self._front)))
        for pid in workers(self._server):
            age = now - self._seen.setdefault(pid, now)
            try:
                self._workers.append((now, age, resident(pid)))
            except (OSError, AssertionError):  # it has ended since
                continue
        self.most = max(self.most, proportional(self._server))

    def growth(self) -> float:
        """What part of its own memory the front has gained since the first minute; 0 if it was too short to tell."""
        end = self._resident[-1][0]
        if end < SETTLING_SECONDS + 2 * WINDOW_SECONDS:
            return 0
        first = median(own for now, own, _ in self._resident if 0 <= now - SETTLING_SECONDS < WINDOW_SECONDS)
        last = median(own for now, own, _ in self._resident if end - now < WINDOW_SECONDS)
        return last / first - 1

    def course(self) -> str:
        """The front's own memory and the shared one in megabytes, minute by minute."""
        minutes: dict[int, list[tuple[int, int]]] = {}
        for now, own, shared in self._resident:
            minutes.setdefault(int(now // 60), []).append((own, shared))
        medians = [tuple(median(each) / 1e6 for each in zip(*sizes)) for sizes in minutes.values()]
        return ", ".join(f"{own:.0f}+{shared:.0f}" for own, shared in medians)

    def gained_descriptors(self) -> dict[str, int]:
        """What the front has open now that it had not when it began, but for what each worker may share with it."""
        shared = Counter(dict.fromkeys(SHARED, len(workers(self._server))))
        return dict(descriptors(self._front) - self._descriptors - shared)

    def workers_by_age(self) -> dict[int, tuple[int, int]]:
        """Median of the workers' memory in the first and in the second half, for those of at least each age."""
        half = self._resident[-1][0] / 2
        found = {}
        for least, most in zip(AGES, (*AGES[1:], float("inf"))):
            sizes = [(now, size) for now, age, size in self._workers if least <= age < most]
            first, second = [s for now, s in sizes if now < half], [s for now, s in sizes if now >= half]
            if first and second:
                found[least] = (int(median(first)), int(median(second)))
        return found

    def __str__(self) -> str:
        """In megabytes."""
        by_age = ", ".join(f"{a}+ s {x / 1e6:.0f} -> {y / 1e6:.0f}" for a, (x, y) in self.workers_by_age().items())
        return (
            f"front by minute, its own + shared: {self.course()} MB, {self.growth():+.1%} since the first;"
            f" workers by age, first half -> second: {by_age} MB; all processes at most {self.most / 1e6:.0f} MB;"
            f" the front had {sum(self._descriptors.values())} descriptors at the start"
        )


def proportional(server: Server) -> int:
    """Bytes of memory of all processes, what they share counted once."""
    total = 0
    for pid in processes(server):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:  # gone since
            continue
        found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
        total += int(found[1]) * 1024 if found else 0
    return total
