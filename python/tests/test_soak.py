"""A place like a container, where everything is scarce and workers are killed: no wrong answer, no end, nothing left."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from procfs import on_linux
from serving import COMMAND, ROOT, Server
from soaking import Clients

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTE = 1_000_000

#: Of all processes together, also while a worker and its successor are there. The application itself needs up to 30 MB for
#: an answer, and four threads of each worker make one.
MOST_MEMORY = 256 * MEGABYTE

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


class Contained(Server):
    """The command in a place of its own."""

    def command(self, application: str, *options: str) -> list[str]:
        place = ["unshare", "--mount", "sh", "-c", PLACE, "place"]
        return [*place, COMMAND, "--listen=127.0.0.1:0", f"--python={sys.executable}", *options, application]

    def workers(self) -> list[int]:
        """Ids of the worker processes."""
        return [int(each.split(maxsplit=1)[0]) for each in self.survivors() if "waitress_worker" in each]

    def memory(self) -> int:
        """Bytes of memory of all processes, what they share counted once."""
        total = 0
        for each in self.survivors():
            try:
                text = Path(f"/proc/{each.split(maxsplit=1)[0]}/smaps_rollup").read_text()
            except OSError:  # gone since
                continue
            found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
        return total


@pytest.fixture
def place(tmp_path: Path, jar: Path) -> Iterator[Contained]:
    assert jar.exists()
    if not shutil.which("unshare") or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("no mount namespaces: unshare is missing, or not allowed")
    (tmp_path / "tmp").mkdir()
    environment = {"TMPDIR": str(tmp_path / "tmp"), "LEFT": str(tmp_path / "left")}
    folder = ROOT / "python" / "tests" / "apps"
    server = Contained("soak:app", "--workers=2", "--threads=4", environment=environment, folder=folder)
    yield server
    server.kill()


def disturb(server: Contained, dice: random.Random) -> str:
    """Kill a worker, or stop one for a while; both are everyday events beside others that need memory."""
    workers = server.workers()
    if not workers:
        return "nobody"
    worker = dice.choice(workers)
    try:
        if dice.random() < 0.6:
            os.kill(worker, signal.SIGKILL)
            return "killed"
        os.kill(worker, signal.SIGSTOP)
        time.sleep(dice.uniform(0.2, 1.5))
        os.kill(worker, signal.SIGCONT)
    except ProcessLookupError:
        pass  # it has been replaced
    return "stopped"


@on_linux
@pytest.mark.parametrize("seconds", [20, pytest.param(600, marks=pytest.mark.soak)])
def test_serves_in_a_small_place(place: Contained, tmp_path: Path, seconds: int) -> None:
    """Every answer is right, or an honest refusal."""
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    clients = Clients(place.port, 12, seed)
    front = place.process.pid
    most = 0
    disturbances: list[str] = []
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end and place.process.poll() is None:
            time.sleep(dice.uniform(0.5, 2.5))
            most = max(most, place.memory())
            disturbances.append(disturb(place, dice))
    finally:
        clients.stop()
    report = f"seed {seed}; {dict(clients.counts)}; most memory {most // MEGABYTE} MB; {len(disturbances)} disturbances"
    print(report, clients.faults[:20])
    assert place.process.poll() is None, f"the server {front} has ended: {report}\n{place.log[-4000:]}"
    assert not clients.faults, f"{report}\n{clients.faults[:20]}\n{place.log[-4000:]}"
    assert most < MOST_MEMORY, report
    assert clients.counts["hello right"] > seconds, report
    assert clients.counts["upload right"], report
    place.stop()
    left = (tmp_path / "left").read_text().split()
    assert [name for name in left if not name.endswith(":")] == ["others"]
