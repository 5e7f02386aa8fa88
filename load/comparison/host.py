"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from comparison import wrk
from comparison.paths import ROOT


def facts(python_version: str) -> dict[str, str]:
    """Describe the machine and the tools, for the top of the report."""
    load = " ".join(f"{average:.2f}" for average in os.getloadavg())
    return {
        "CPU": _field("/proc/cpuinfo", "model name"),
        "cores": f"{len(os.sched_getaffinity(0))} usable of {os.cpu_count()}",
        "memory": _field("/proc/meminfo", "MemTotal"),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load average before": load,
        "Python of the applications": python_version,
        "Java": java_version(),
        "wrk": wrk.version(),
    }


def java_version() -> str:
    """Return the first line of ``java -version``, from JAVA_HOME if set as the server's script does."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        return "none found"
    return _first_line([java, "-version"])


def commit(checkout: Path = ROOT) -> str:
    """Return the commit that a checkout was built from, as far as git knows; "unknown" where it does not."""
    return _first_line(["git", "-C", str(checkout), "describe", "--always", "--dirty"])


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return "unknown"
    lines = (done.stdout + done.stderr).splitlines()
    return lines[0] if done.returncode == 0 and lines else "unknown"


def _field(path: str, name: str) -> str:
    match = re.search(rf"^{name}\s*:\s*(.*)$", Path(path).read_text(), re.MULTILINE)
    return match.group(1) if match else "unknown"
