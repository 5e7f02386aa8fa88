"""Runs the tests on every system, Python and Java that is here, and writes ``docs/platforms.md`` of what came of them.

In lanes: those that are named, or all of them. What the lanes before have found stays until the next ``mvn clean``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Optional

import arm64
import windows

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tests"))

import platform_table  # noqa: E402 -- it lies beside the tests, which hold the page against it

PLATFORMS = "tests/test_platforms.py"
EVERY_PYTHON = ["-m", "", PLATFORMS, "--record=" + platform_table.LINUX]
#: Arguments for pytest.
LANES: Dict[str, List[str]] = {
    "java17": EVERY_PYTHON,
    "java25": EVERY_PYTHON,
    "tcp": ["--worker-transport=tcp", "--record=" + platform_table.OVER_TCP],
    "macos": ["--worker-platform=macos", "--record=" + platform_table.LIKE_MACOS],
    "arm64": [
        *("tests/test_responses.py", "tests/test_environ.py", "tests/test_input.py", "tests/test_file_wrapper.py"),
        "--record=" + platform_table.ON_ARM64,
    ],
    "windows": ["--record=" + platform_table.ON_WINDOWS],
}


def check(pytest: str, arguments: List[str]) -> int:
    """Run lanes, then write the page; return the exit status. Arguments that name no lane are pytest's."""
    names = [argument for argument in arguments if argument in LANES]
    more = [argument for argument in arguments if argument not in LANES]
    failed = [name for name in names or LANES if _run(name, pytest, more) != 0]
    platform_table.write()
    print("FAILED: {}".format(", ".join(failed)) if failed else "docs/platforms.md says what came of it")
    return 1 if failed else 0


def _run(name: str, pytest: str, more: List[str]) -> int:
    print("+ {}".format(name), flush=True)
    if name == "windows":
        return windows.check(pytest, [*LANES[name], *more])
    command, variables = [pytest, *LANES[name], *more], {}
    if name == "arm64":
        reason = arm64.missing()
        if reason is None:
            variables = arm64.make()
            command.append("--worker-python=" + arm64.python())
    else:
        version = name[4:] if name.startswith("java") else "17"
        home = find_java(version)
        reason = None if home else "there is no Java {0} in /usr/lib/jvm, and JAVA{0}_HOME names none".format(version)
        variables = {"JAVA_HOME": str(home)}
    if reason is not None:
        print("skipped: {}".format(reason))
        return 0
    environment = dict(os.environ, WAITRESS_SERVE=str(HERE.parent / "waitress-serve"), **variables)
    return subprocess.run(command, cwd=str(HERE), env=environment, check=False).returncode


def find_java(version: str) -> Optional[Path]:
    """The home of a Java of this version."""
    named = os.environ.get("JAVA{}_HOME".format(version))
    homes = [Path(named)] if named else sorted(Path("/usr/lib/jvm").glob("*"))
    for home in homes:
        release = home / "release"
        if release.exists() and re.search('^JAVA_VERSION="{}\\b'.format(version), release.read_text(), re.MULTILINE):
            return home
    return None
