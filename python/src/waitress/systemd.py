"""What systemd tells a service in variables, which are for the server alone: they are removed from the environment."""

import os
from typing import List

_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")


def notify_options() -> List[str]:
    """Make options of Java of what sd_notify(3) and sd_watchdog_enabled(3) say."""
    address, meant_for, micros = [os.environ.pop(name, "") for name in _VARIABLES]
    if not address:
        return []
    is_watched = micros and meant_for in ("", str(os.getpid()))
    return ["-Dwaitress.notify=" + address, *(["-Dwaitress.watchdog=" + micros] if is_watched else [])]
