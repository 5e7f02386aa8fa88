"""The process with the dripping clients, as the measurement sees it."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, NamedTuple, cast

from comparison.errors import RunError
from comparison.paths import LOAD

_STOP_SECONDS = 5.0


class Dripped(NamedTuple):
    """What became of the clients."""

    sent: int
    lost: int


class Drippers:
    """Clients that drip while the block runs; afterwards ``dripped`` says how it went."""

    def __init__(self, port: int, connections: int, interval: float) -> None:
        """Connect; each client is connected when this returns."""
        command = [sys.executable, "-m", "dripping.drip", str(port), str(connections), str(interval)]
        self._process = subprocess.Popen(command, cwd=LOAD, stdout=subprocess.PIPE, text=True)
        self._said = cast("IO[str]", self._process.stdout)
        self.dripped = Dripped(0, 0)
        if self._said.readline() != "connected\n":
            self._process.wait(_STOP_SECONDS)
            msg = "the dripping clients could not connect"
            raise RunError(msg)

    @property
    def pid(self) -> int:
        """Number of their process."""
        return self._process.pid

    def __enter__(self) -> Drippers:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop dripping."""
        self._process.terminate()
        said = self._said.read()
        self._said.close()
        self._process.wait(_STOP_SECONDS)
        sent, lost = said.split()
        self.dripped = Dripped(int(sent), int(lost))
