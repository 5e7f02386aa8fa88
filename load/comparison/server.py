"""What a server of the comparison is; the tables of them are in ``servers`` and ``java``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from comparison.paths import VENV

if TYPE_CHECKING:
    from comparison.workloads import Workload

PYTHON = VENV / "bin" / "python"


class Start(NamedTuple):
    """What a server is told: the same for all of them."""

    port: int
    threads: int
    target: str
    workers: int = 1


class Server(NamedTuple):
    """One server of the comparison.

    ``pins`` are the Python packages that it needs, itself first, and ``hint`` says how to get what
    building them needs. ``obtain`` gets what is no such package, and returns why it cannot; ``version``
    tells the version of a server that is no package. ``announcement`` must appear in the log before the
    server counts as ready. ``only`` names the workloads that it can answer, where it cannot run every
    application.
    """

    name: str
    command: Callable[[Start], list[str]]
    pins: tuple[str, ...] = ()
    threaded: bool = True
    announcement: str | None = None
    hint: str = ""
    by_default: bool = True
    obtain: Callable[[], str | None] = lambda: None
    version: Callable[[], str | None] = lambda: None
    only: frozenset[str] | None = None

    @property
    def distribution(self) -> str | None:
        """Return the name of the first pinned package, the server itself."""
        return self.pins[0].split("==")[0] if self.pins else None

    def can_answer(self, workload: Workload) -> bool:
        """Tell whether its figure would say something: one that has no threads does not overlap waiting."""
        able = self.only is None or workload.name in self.only
        return able and (self.threaded or not workload.needs_threads)
