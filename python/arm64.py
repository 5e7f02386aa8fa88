"""Makes a Java and a Python for arm64 ready in target/arm64, which QEMU runs: Debian's, by apt-get, with no trace elsewhere."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Dict, Optional

HERE = Path(__file__).resolve().parent
MADE = HERE.parent / "target" / "arm64"
#: What QEMU takes for the root, where it is there.
ROOT = MADE / "root"

QEMU = "qemu-aarch64"
JAVA = "usr/lib/jvm/java-17-openjdk-arm64"
PYTHON = "usr/bin/python3.11"
PACKAGES = [
    *("openjdk-17-jre-headless", "libc6", "libgcc-s1", "libstdc++6", "zlib1g"),
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libexpat1", "libssl3", "libffi8"),
    *("libbz2-1.0", "liblzma5", "libsqlite3-0", "libuuid1", "libcrypt1"),
]

#: Those of this machine, which is to be Debian 12; beside them there may be others that have nothing for arm64.
SOURCES = [Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")]
#: apt-get keeps all that it knows in a folder of ours.
CONFIGURATION = """\
Dir::State "{0}/state"; Dir::State::status "{0}/status"; Dir::Cache "{0}/cache";
Dir::Etc::sourcelist "{1}"; Dir::Etc::sourceparts "/dev/null";
APT::Architecture "arm64"; APT::Architectures {{ "arm64"; }}; APT::Sandbox::User "root";
"""

#: Java's own helper that starts processes is of arm64 too, and no program that this machine can run by itself.
LAUNCHING = "-Djdk.lang.Process.launchMechanism=FORK"


def missing() -> Optional[str]:
    """Why it cannot be made ready; nothing if it can."""
    wanted = [program for program in (QEMU, "apt-get", "dpkg-deb") if shutil.which(program) is None]
    if wanted:
        return "there is no {} (Debian: apt-get install qemu-user)".format(wanted[0])
    return None if any(path.exists() for path in SOURCES) else "there is no list of Debian's packages"


def make() -> Dict[str, str]:
    """Make it, unless it is there and made of the same; return what says where Java is."""
    stamp = MADE / "made"
    wanted = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(str(MADE), ignore_errors=True)
        _unpack_packages()
        _write_command("python3", PYTHON)
        _write_command("java", JAVA + "/bin/java", LAUNCHING)
        shutil.copy(str(ROOT / JAVA / "release"), str(MADE))
        stamp.write_text(wanted)
    return {"JAVA_HOME": str(MADE)}


def python() -> str:
    """Stands for that Python."""
    return str(MADE / "bin" / "python3")


def _unpack_packages() -> None:
    apt = MADE / "apt"
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True)
    (apt / "status").touch()
    sources = next(path for path in SOURCES if path.exists())
    (apt / "apt.conf").write_text(CONFIGURATION.format(apt, sources))
    environment = dict(os.environ, APT_CONFIG=str(apt / "apt.conf"))
    for command in (["update"], ["download", *PACKAGES]):
        subprocess.run(
            ["apt-get", "-q", *command], cwd=str(apt), env=environment, stdout=subprocess.DEVNULL, check=True
        )
    for package in apt.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(ROOT)], check=True)


def _write_command(name: str, program: str, *options: str) -> None:
    path = MADE / "bin" / name
    path.parent.mkdir(exist_ok=True)
    words = [QEMU, "-L", str(ROOT), str(ROOT / program), *options]
    path.write_text('#!/bin/sh\nexec {} "$@"\n'.format(" ".join(words)))
    path.chmod(0o755)
