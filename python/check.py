"""All checks of the Python side, as the build runs them: environment, ruff, mypy, pytest.

The environment is made in target/venv of the project, again whenever a requirements file has changed.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import List

import platforms
import windows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / "target" / "venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
REQUIREMENTS = [HERE / "requirements-test.txt", ROOT / "examples" / "requirements.txt"]
#: Packages that require another waitress, which must not come with them.
ALONE = HERE / "requirements-alone.txt"
#: What only some tests ask for, and may not be to be had here.
OPTIONAL = HERE / "requirements-optional.txt"
#: Seconds, some three times what all tests take: a machine that is too slow gets a report of those that ran.
AT_MOST = "--session-timeout=2700"

#: Some of the tests once more, in another way; without the files all of those for which it makes sense.
AGAIN = [
    ["--worker-transport=tcp"],
    ["--worker-platform=macos", "tests/test_file_wrapper.py", "tests/test_responses.py"],
    ["--over=tls", "tests/test_responses.py", "tests/test_environ.py", "tests/test_scenarios.py"],
    ["--over=h2", "tests/test_boards.py"],
    ["--shortcuts=never", "tests/test_boards.py", "tests/test_responses.py", "tests/test_environ.py"],
    ["--shortcuts=always", "tests/test_boards.py", "tests/test_responses.py", "tests/test_environ.py"],
    ["--loops=2", "tests/test_boards.py", "tests/test_responses.py", "tests/test_metrics.py"],
]


def main() -> int:
    """Run every check, all of them even where one fails; return the exit status."""
    make_environment()
    if sys.argv[1:2] == ["--windows"]:
        more = windows.BRIEF if sys.argv[2:3] == ["brief"] else sys.argv[2:]
        return windows.check(str(BIN / "pytest"), more)
    if sys.argv[1:2] == ["--platforms"]:
        return platforms.check(str(BIN / "pytest"), sys.argv[2:])
    # Each in the folder whose pyproject.toml holds its settings: tools read patterns in them from where they run.
    checks = [
        (HERE, ["ruff", "check", "."]),
        (HERE, ["ruff", "format", "--check", "."]),
        (HERE, ["mypy"]),
        (HERE, ["pytest", *(sys.argv[1:] or [AT_MOST])]),
        *([] if sys.argv[1:] else [(HERE, ["pytest", AT_MOST, *again]) for again in AGAIN]),
        (ROOT / "load", ["ruff", "check", "."]),
        (ROOT / "load", ["pytest"]),
    ]
    failed = [(folder, check) for folder, check in checks if run(folder, check) != 0]
    if not sys.argv[1:] and windows.check(str(BIN / "pytest"), windows.BRIEF) != 0:
        failed.append((HERE, ["pytest", "--windows", *windows.BRIEF]))
    for folder, check in failed:
        print("FAILED in {}: {}".format(folder.name, " ".join(check)))
    return 1 if failed else 0


def make_environment() -> None:
    """Make the environment with all requirements, unless it is there."""
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in [*REQUIREMENTS, ALONE, OPTIONAL])).hexdigest()
    stamp = VENV / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    venv.create(str(VENV), with_pip=True, clear=True)
    install = [str(BIN / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *(argument for path in REQUIREMENTS for argument in ("-r", str(path)))], check=True)
    subprocess.run([*install, "--no-deps", "-r", str(ALONE)], check=True)
    if subprocess.run([*install, "-r", str(OPTIONAL)], check=False).returncode != 0:
        print("Tests that need {} are skipped".format(OPTIONAL.name))
    stamp.write_text(wanted)


def run(folder: Path, check: List[str]) -> int:
    """Run one tool of the environment in a folder."""
    environment = dict(os.environ, WAITRESS_SERVE=str(ROOT / "waitress-serve"))
    print("+ {}".format(" ".join(check)), flush=True)
    return subprocess.run([str(BIN / check[0]), *check[1:]], cwd=str(folder), env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
