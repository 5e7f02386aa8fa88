"""What jcmd prints."""

from __future__ import annotations

import pytest

from comparison import jcmd
from comparison.errors import RunError

HISTOGRAM = """ num     #instances         #bytes  class name (module)
-------------------------------------------------------
   1:         20512        1843216  [B (java.base@17.0.15)
   2:         10007         960672  dev.waitress.connection.Connection
Total        120304       14034528
"""


def test_reads_the_bytes_of_all_objects() -> None:
    """The total counts instances first, then bytes."""
    assert jcmd.parse_histogram(HISTOGRAM) == 14034528


def test_refuses_what_is_no_histogram() -> None:
    """As when the process has ended meanwhile."""
    with pytest.raises(RunError, match="has no total: 'gone'"):
        jcmd.parse_histogram("gone\n")


THREADS = """Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing):

"main" #1 prio=5 cpu=166.18ms elapsed=51.85s allocated=6583K defined_classes=608 tid=0x1
"waitress-access-log" #14 daemon prio=5 cpu=1.15ms elapsed=51.65s allocated=144K defined_classes=0 tid=0x1
   java.lang.Thread.State: WAITING (parking)
"waitress-loop" #15 prio=5 cpu=4924.17ms elapsed=51.62s allocated=469M defined_classes=204 tid=0x7f
"VM Thread" cpu=23.49ms elapsed=51.85s tid=0x00007f40e80e0ae0 nid=0x6838 runnable
"""


def test_adds_what_threads_of_the_server_allocated() -> None:
    """Not what starting it took."""
    assert jcmd.parse_threads(THREADS) == 144 * 1024 + 469 * 1024 * 1024


def test_refuses_what_names_no_thread() -> None:
    """As when another program has the number meanwhile."""
    with pytest.raises(RunError, match="names no thread of the server: 'gone'"):
        jcmd.parse_threads("gone")
