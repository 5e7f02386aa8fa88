"""What the commands that make one measurement have in common: exit statuses and words."""

from __future__ import annotations

import sys
from typing import Callable

from comparison.errors import RunError, UsageError
from comparison.interrupts import Interrupts

_FAILED = 1
_USAGE = 2
_INTERRUPTED = 130


def run(name: str, measurement: Callable[[Interrupts], str]) -> int:
    """Print the report that a measurement makes; return the exit status."""
    interrupts = Interrupts()
    interrupts.install()
    try:
        report = measurement(interrupts)
    except UsageError as error:
        say(f"{name}: {error}")
        return _USAGE
    except RunError as error:
        say(f"{name}: {error}")
        return _FAILED
    except KeyboardInterrupt:
        say(f"{name}: interrupted")
        return _INTERRUPTED
    sys.stdout.write(report)
    return 0


def say(message: str) -> None:
    """Tell how it goes, beside the report."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
