"""What goes wrong around a server in a soak: each fault has an end, and afterwards somebody is answered again."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from probes import until, workers
from procfs import no_descriptors_left

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from serving import Server
    from soaking import Clients

#: How a request hangs; paths of the application.
HANGS = ("loop", "sleep", "lock", "gil")


class Faults:
    """Faults of a server that has workers of its own, one after the other."""

    def __init__(self, server: Server, clients: Clients, temporary: Path, dice: random.Random) -> None:
        """Faults that these dice choose; ``temporary`` is where the server has its temporary files."""
        #: How often each has happened.
        self.counts: Counter[str] = Counter()
        self._server = server
        self._clients = clients
        self._places = [temporary, Path("/dev/shm")]
        self._dice = dice
        self._kinds: list[Callable[[], object]] = [
            self.kill,
            self.kill,
            self.stop_for_a_moment,
            self.stop_until_replaced,
            self.reload,
            self.hang,
            self.fill_a_disk,
            self.take_descriptors,
        ]

    def one(self) -> None:
        """After a moment let one happen; fail if the server does not recover from it."""
        time.sleep(self._dice.uniform(0.2, 2))
        fault = self._dice.choice(self._kinds)
        with contextlib.suppress(ProcessLookupError):  # the worker has been replaced meanwhile
            fault()
        self.counts[fault.__name__] += 1
        until(self._clients.is_answered, f"an answer after {fault.__name__}")

    def _worker(self) -> int:
        found = sorted(workers(self._server))
        if not found:
            raise ProcessLookupError
        return self._dice.choice(found)

    def kill(self) -> None:
        """As the system does that is short of memory; perhaps a worker that just starts, or ends."""
        os.kill(self._worker(), signal.SIGKILL)

    def stop_for_a_moment(self) -> None:
        with _stopped(self._worker()):
            time.sleep(self._dice.uniform(0.2, 1.5))

    def stop_until_replaced(self) -> None:
        worker = self._worker()
        with _stopped(worker):
            until(lambda: worker not in workers(self._server), f"the end of worker {worker}, which is stopped")

    def reload(self) -> None:
        os.kill(front(self._server), signal.SIGHUP)

    def hang(self) -> None:
        """A request that takes longer than it may."""
        kind = self._dice.choice(HANGS)
        with contextlib.suppress(http.client.HTTPException, ConnectionError):  # cut, with a worker that was to end
            self._clients.hang(kind)

    def fill_a_disk(self) -> None:
        """That of temporary files, or that of shared memory."""
        place = inside(self._server, self._dice.choice(self._places)) / "full"
        try:
            with contextlib.suppress(OSError), place.open("wb", 0) as file:
                while file.write(bytes(65_536)):
                    pass
            time.sleep(self._dice.uniform(0.5, 2))
        finally:
            place.unlink(missing_ok=True)

    def take_descriptors(self) -> None:
        """Leave none to the front."""
        with no_descriptors_left(front(self._server)):
            time.sleep(self._dice.uniform(0.5, 2))


def front(server: Server) -> int:
    """The process that speaks HTTP."""
    return next(int(each.split(maxsplit=1)[0]) for each in server.survivors() if "dev.waitress.cli.Main" in each)


def inside(server: Server, path: Path) -> Path:
    """What a server in a place of its own finds at a path."""
    return Path(f"/proc/{front(server)}/root{path}")


@contextlib.contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """Keep a process from running, if it lasts so long."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
