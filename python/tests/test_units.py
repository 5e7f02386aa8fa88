"""The files of docs/deploy, as systemd itself reads and runs them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from procfs import on_linux
from serving import COMMAND, EVENT_SECONDS, ROOT, START_SECONDS

pytestmark = on_linux

HELLO = "examples.hello:app"
UNITS = ROOT / "docs" / "deploy"


def unit(name: str, folder: Path, **changes: str) -> Path:
    """One of the files to copy, with other values."""
    text = (UNITS / name).read_text()
    for key, value in changes.items():
        text, count = re.subn(rf"(?m)^({key}=)\S*", rf"\g<1>{value}", text)
        assert count == 1, key
    path = folder / name
    path.write_text(text)
    return path


class Manager:
    """A real systemd, that of a user, with the files to copy; where the machine was not booted by one too."""

    #: Systemd runs only where it finds this folder; so it does here, and nowhere else.
    NAMESPACE = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/own && exec "$@"'

    def __init__(self, folder: Path) -> None:
        programs = [shutil.which(name) for name in ("unshare", "nsenter", "systemctl")]
        systemd = Path("/lib/systemd/systemd")
        if os.geteuid() != 0 or None in programs or not systemd.exists():
            pytest.skip("only root can run a systemd of its own, where there is one")
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": "/run/own", "XDG_CONFIG_HOME": str(folder)}
        command = ["unshare", "--mount", "--propagation=private", "sh", "-c", self.NAMESPACE, "sh", str(systemd)]
        self.process = subprocess.Popen(
            [*command, "--user", "--unit=basic.target"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def control(self, *words: str) -> str:
        """Have systemctl do something."""
        entering = ["nsenter", f"--target={self.process.pid}", "--mount", "systemctl", "--user", *words]
        return subprocess.run(
            entering, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        ).stdout.strip()

    def show(self, name: str) -> str:
        return self.control("show", "--property", name, "--value", "waitress.service")

    def wait_until(self, name: str, value: str) -> None:
        deadline = time.monotonic() + EVENT_SECONDS
        while self.show(name) != value:
            assert time.monotonic() < deadline, self.control("status", "--no-pager", "waitress.service")
            time.sleep(0.05)

    def wait_until_it_runs(self) -> None:
        deadline = time.monotonic() + 10
        while "running" not in self.control("is-system-running"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.skip("no systemd can run here")
            time.sleep(0.05)

    def workers(self) -> set[str]:
        """Children of the front."""
        lists = Path(f"/proc/{self.show('MainPID')}/task").glob("*/children")
        return {pid for each in lists for pid in each.read_text().split()}

    def wait_for_workers(self, before: set[str], count: int) -> None:
        """Wait until so many serve who are not those before."""
        deadline = time.monotonic() + EVENT_SECONDS
        while len(self.workers() - before) != count:
            assert time.monotonic() < deadline, self.control("status", "--no-pager", "waitress.service")
            time.sleep(0.05)

    def close(self) -> None:
        self.control("stop", "waitress.socket", "waitress.service")
        self.control("exit")
        try:
            self.process.wait(EVENT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def test_a_real_systemd_starts_reloads_watches_and_stops_it(tmp_path: Path, jar: Path) -> None:
    """By the files to copy, with the user of the test."""
    assert jar.exists()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path / "systemd" / "user"
    folder.mkdir(parents=True)
    service = unit(
        "waitress.service",
        folder,
        ExecStart=f"{COMMAND} --python={sys.executable}",
        WatchdogSec="2",
        WorkingDirectory=str(ROOT),
    )
    own = ("User=", "Group=", "ProtectSystem=", "PrivateTmp=", "LimitNOFILE=", "NoNewPrivileges=")
    lines = [line for line in service.read_text().splitlines() if not line.startswith(own)]
    service.write_text("\n".join(lines).replace("shop.wsgi:app", HELLO))
    unit("waitress.socket", folder, ListenStream=f"127.0.0.1:{port}")
    url = f"http://127.0.0.1:{port}/"
    with contextlib.closing(Manager(tmp_path)) as manager:
        manager.wait_until_it_runs()
        assert not manager.control("start", "waitress.socket")
        assert requests.get(url, timeout=START_SECONDS).ok
        manager.wait_until("ActiveState", "active")
        assert manager.show("StatusText") == f"Serving on http://127.0.0.1:{port}"
        before = manager.workers()
        manager.control("reload", "waitress.service")
        manager.wait_for_workers(before, 4)
        manager.wait_until("ActiveState", "active")
        assert manager.show("NRestarts") == "0"
        os.kill(int(manager.show("MainPID")), signal.SIGSTOP)
        manager.wait_until("NRestarts", "1")
        assert requests.get(url, timeout=START_SECONDS).ok
        manager.control("stop", "waitress.service")
        assert (manager.show("Result"), manager.show("ExecMainStatus")) == ("success", "0")


class TestTheFilesToCopy:
    """``docs/deploy/waitress.service`` and ``waitress.socket``."""

    @pytest.mark.parametrize("names", [["waitress.service"], ["waitress.service", "waitress.socket"]], ids=len)
    def test_are_what_systemd_expects(self, names: list[str], tmp_path: Path) -> None:
        analyze = shutil.which("systemd-analyze")
        if analyze is None:
            pytest.skip("no systemd-analyze here")
        # Systemd looks whether the program is there.
        unit("waitress.service", tmp_path, ExecStart=str(shutil.which("true")))
        unit("waitress.socket", tmp_path)
        verified = subprocess.run(
            [analyze, "verify", "--recursive-errors=no", *(str(tmp_path / name) for name in names)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (verified.returncode, verified.stderr) == (0, "")

    def test_name_options_that_there_are(self) -> None:
        text = (UNITS / "waitress.service").read_text().replace("\\\n", " ")
        found = re.search(r"(?m)^ExecStart=\S+ (.*)$", text)
        assert found
        options = [word for word in found[1].split() if word.startswith("--")]
        assert options
        shown = subprocess.run([COMMAND, "--print-settings", *options], capture_output=True, text=True, check=False)
        assert shown.returncode == 0, shown.stderr
