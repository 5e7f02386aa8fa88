"""What every thread is at, for the front: written at a signal, also while something in C keeps all threads waiting."""

import os
import signal
from io import open  # noqa: A004 -- also in 2.7
from typing import Any

from waitress_worker.forks import in_each_child

try:
    import faulthandler
except ImportError:
    faulthandler = None  # type: ignore[assignment] # 2.7 has none

#: A timer's that nobody sets by default, on every system but Windows.
_SIGNAL = "SIGVTALRM"


def tell_at_a_signal(path: str) -> None:
    """Write the stacks of all threads at a signal, if the front has named a file; say there who is to be sent which."""
    number = getattr(signal, _SIGNAL, None)
    if not path or number is None or not hasattr(faulthandler, "register"):
        return
    try:
        file = open(path, "ab", buffering=0)  # noqa: SIM115 -- for as long as the process lives
    except EnvironmentError:
        return  # it is nothing that a worker cannot do without
    _register(number, file)
    file.write("{} {}\n".format(os.getpid(), int(number)).encode("ascii"))


def _register(number: int, file: Any) -> None:  # noqa: ANN401 -- whatever open returns
    def unregister() -> None:
        faulthandler.unregister(number)

    faulthandler.register(number, file=file, all_threads=True, chain=False)
    # What the application forks is no worker: the signal means there what it means to everybody.
    in_each_child(unregister)
