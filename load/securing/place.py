"""What every measurement is given, and what it hands back."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Iterable, NamedTuple

from comparison import command
from comparison.aggregate import spread
from comparison.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from comparison.aggregate import Spread
    from comparison.interrupts import Interrupts
    from comparison.peers import Environment

_MANY = 100


class Place(NamedTuple):
    """Where and how it is measured; ``left_out`` collects who could not take part, and why."""

    folder: Path
    interrupts: Interrupts
    environment: Environment
    rounds: int
    seconds: int
    attack_seconds: int
    left_out: list[str]

    @property
    def certificate(self) -> Path:
        """That of all servers."""
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        """Its key, in the form that all servers read."""
        return self.folder / "key.pem"

    def leave_out(self, words: str) -> None:
        """Say it in the report, once."""
        if words not in self.left_out:
            self.left_out.append(words)
            command.say(f"left out: {words}")


class Figure(NamedTuple):
    """A line of the report: what was measured, and whether that is what it should be.

    ``met`` is None where there is no goal: then the figure explains another one.
    """

    row: str
    name: str
    value: str
    goal: str = ""
    met: bool | None = None


def make_certificate(folder: Path) -> None:
    """Make a key on the usual curve, and a certificate that it has signed itself."""
    arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    files = ["-addext", names, "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    try:
        subprocess.run(["openssl", *arguments.split(), *files], capture_output=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError) as error:
        msg = f"openssl cannot make a certificate: {error}"
        raise UsageError(msg) from error


def at_most(row: str, name: str, values: Iterable[float], goal: float, unit: str = "") -> Figure:
    """Hold the median against a goal that it must not exceed."""
    value = spread(values)
    return Figure(
        row, name, _words(value, unit), f"≤ {goal:g}{unit}", None if value is None else value.median <= goal
    )


def at_least(row: str, name: str, values: Iterable[float], goal: float, unit: str = "") -> Figure:
    """Hold the median against a goal that it must reach."""
    value = spread(values)
    return Figure(
        row, name, _words(value, unit), f"≥ {goal:g}{unit}", None if value is None else value.median >= goal
    )


def plain(row: str, name: str, values: Iterable[float], unit: str = "") -> Figure:
    """Tell a figure that has no goal."""
    return Figure(row, name, _words(spread(values), unit))


def _words(value: Spread | None, unit: str) -> str:
    if value is None:
        return "not measured"
    median, low, high = (_number(part) for part in value[:3])
    return f"{median}{unit}" if value.rounds == 1 else f"{median} ({low}–{high}){unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _MANY else f"{value:.2f}"
