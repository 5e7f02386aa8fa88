"""A place like a container, where everything is scarce and things go wrong: no wrong answer, no end, nothing left."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from faults import Faults
from footprint import Footprint
from probes import until, workers
from procfs import on_linux
from serving import COMMAND, ROOT, Server
from soaking import Clients

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGABYTE = 1_000_000

#: In every check; too short to tell of growth, and descriptors are not counted.
SHORT_SECONDS = 20

WORKERS = 2

#: Of all processes together. There may be six workers for a moment: all have successors, and others hang over their end. The
#: application itself needs up to 30 MB for an answer, and four threads of each worker make one. (395 MB in ten minutes.)
MOST_MEMORY = 512 * MEGABYTE

#: What part of its memory the front may gain after the first minute.
MOST_GROWTH = 0.05

#: All of the front's heap is there from the beginning: else it takes minutes until each page of it has been used once, and nobody
#: could tell whether anything else grows. A heap that grows fills up, and the server does not survive that.
WHOLE_HEAP = "-Xms64m -XX:+AlwaysPreTouch"

#: Runs the command with 64 MB of shared memory, of which others use 10, 64 MB for files, and 256 descriptors; tells at the
#: end what is left in both.
PLACE = """\
mount -t tmpfs -o size=64m soak /dev/shm && mount -t tmpfs -o size=64m soak "$TMPDIR" || exit 99
head -c 10485760 /dev/zero >/dev/shm/others
ulimit -n 256
"$@" &
server=$!
trap 'kill -TERM $server' TERM
wait $server
status=$?
while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
ls -A "$TMPDIR" /dev/shm >"$LEFT"
exit $status
"""

#: Hung requests and stopped workers are to be found many times in ten minutes.
OPTIONS = (f"--workers={WORKERS}", "--threads=4", "--request-timeout=3", "--worker-timeout=3")


class Contained(Server):
    """The command in a place of its own."""

    def command(self, application: str, *options: str) -> list[str]:
        place = ["unshare", "--mount", "sh", "-c", PLACE, "place"]
        return [*place, COMMAND, "--listen=127.0.0.1:0", f"--python={sys.executable}", *options, application]


@pytest.fixture
def place(tmp_path: Path, jar: Path) -> Iterator[Contained]:
    assert jar.exists()
    if not shutil.which("unshare") or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("no mount namespaces: unshare is missing, or not allowed")
    (tmp_path / "tmp").mkdir()
    environment = {
        "TMPDIR": str(tmp_path / "tmp"),
        "LEFT": str(tmp_path / "left"),
        "WAITRESS_JAVA_OPTS": WHOLE_HEAP,
    }
    folder = ROOT / "python" / "tests" / "apps"
    server = Contained("soak:app", *OPTIONS, environment=environment, folder=folder)
    yield server
    server.kill()


@on_linux
@pytest.mark.parametrize("kind", ["short", pytest.param("whole", marks=pytest.mark.soak)])
def test_serves_in_a_small_place(place: Contained, tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    """Every answer is right, or an honest refusal; afterwards all is as it was."""
    seconds = SHORT_SECONDS if kind == "short" else request.config.getoption("--soak-seconds")
    seed = request.config.getoption("--soak-seed")
    print(f"seed {seed}", flush=True)
    place.wait_until_ready()
    footprint = Footprint(place)
    clients = Clients(place.port, 12, seed)
    faults = Faults(place, clients, tmp_path / "tmp", random.Random(seed))
    try:
        soak(place, footprint, faults, seconds)
    finally:
        clients.stop()
    report = f"seed {seed}; {dict(clients.counts)}; {dict(faults.counts)}; {footprint}"
    print(report, clients.faults[:20])
    assert place.process.poll() is None, f"the server has ended: {report}\n{place.log[-4000:]}"
    assert not clients.faults, f"{report}\n{clients.faults[:20]}\n{place.log[-4000:]}"
    assert clients.counts["hello right"] > seconds, report
    assert clients.counts["upload right"], report
    if kind == "whole":
        check_descriptors(place, footprint)
    place.stop()
    left = (tmp_path / "left").read_text().split()
    assert [name for name in left if not name.endswith(":")] == ["others"]
    assert footprint.most < MOST_MEMORY, report
    assert footprint.growth() <= MOST_GROWTH, report


def soak(place: Contained, footprint: Footprint, faults: Faults, seconds: float) -> None:
    """One fault after the other, for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and place.process.poll() is None:
        faults.one()
        footprint.sample()


def check_descriptors(place: Contained, footprint: Footprint) -> None:
    """The front has those that it had at the start, some time after the last client has left."""
    until(lambda: len(workers(place)) == WORKERS, "as many workers as at the start")
    with contextlib.suppress(AssertionError):
        until(lambda: not footprint.gained_descriptors(), "as many descriptors as at the start")
    assert not footprint.gained_descriptors()
