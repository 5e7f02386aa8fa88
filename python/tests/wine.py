"""The server's command, or a program of Python's, on Windows' Java and Windows' Python under Wine, as one process of Linux.

``wine.py serve OPTIONS`` stands for ``waitress-serve``, ``wine.py python ARGUMENTS`` for ``python``, and ``wine.py run
PROGRAM ARGUMENTS`` is any program, which knows nothing of this checkout. SIGINT and SIGTERM are Ctrl-C there, SIGQUIT is Ctrl-Break. Output is what it was.
"""

import os
import pty
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "target" / "windows"
PYTHON = MADE / "python" / "python.exe"
#: Stands for that Python, and runs on Linux.
RUN_PYTHON = MADE / "run-python"
#: Runs the program that its arguments name.
RUN = MADE / "run"
JAVA = MADE / "java" / "bin" / "java.exe"
PREFIX = MADE / "prefix"

#: Beside Java and the workers: this program, the console's, and the command, as Python cannot become Java there.
COMPANIONS = 3
#: Linux may take so long to remove a process that has ended for Wine.
LEAVING_SECONDS = 5

CONSOLE = Path(__file__).with_name("wine_console.py")

#: What runs there, if no tests are named.
TESTS = [
    *("test_environ.py", "test_input.py", "test_responses.py", "test_file_wrapper.py", "test_limits.py"),
    *("test_backpressure.py", "test_windows.py", "test_tls.py", "test_supervision.py", "test_reload.py"),
]

#: Of these what every build runs: arguments for pytest.
BRIEF = [
    "tests/test_windows.py",
    *(
        "tests/test_environ.py",
        "--deselect=tests/test_environ.py::test_a_client_of_ipv6_has_its_address_without_brackets",
    ),
    *("tests/test_input.py", "tests/test_responses.py"),
    *("tests/test_file_wrapper.py", "--deselect=tests/test_file_wrapper.py::TestLargeFile"),
    "tests/test_limits.py::TestBody",
    *(
        "tests/test_tls.py::test_large_bodies_pass_both_ways",
        "tests/test_tls.py::test_the_environ_tells_of_the_connection",
    ),
    *("tests/test_supervision.py::TestCrashes", "tests/test_supervision.py::TestSecondAttempt"),
    "tests/test_supervision.py::TestRenewal::test_after_so_many_requests",
]

SIGNALS = "sends a signal of Unix"
NUMBERS = "kills a worker by its number, which is another one for Linux"
PIPES = "has the application wait at a named pipe of Unix"
#: Of these the tests that can show nothing there, with the reason.
ELSEWHERE = {
    "test_on_request_loses_nothing": SIGNALS,
    "test_finishes_what_runs": SIGNALS,
    "test_of_broken_code_leaves_what_is_there": SIGNALS,
    "test_follows_signals": SIGNALS,
    "test_keeps_what_fails_from_serving": SIGNALS,
    "test_loses_no_get_while_workers_are_killed": NUMBERS,
    "test_that_dies_is_replaced_as_ever": NUMBERS,
    "test_during_a_reload_is_served_too": PIPES,
    "test_that_is_slow_is_answered_where_it_began": PIPES,
    "test_when_it_takes_much_memory": "max_worker_memory is refused on Windows",
    "test_is_refused_under_serve": "has Linux' Python call serve()",
    "test_of_serve": "has Linux' Python call serve()",
    "test_say_what_goes_to_a_file": "counts the files of a process, which under Wine another process has open",
}

#: What signals are there.
ORDERS = {signal.SIGINT: b"c", signal.SIGTERM: b"c", signal.SIGQUIT: b"b"}

#: Lists of folders; elsewhere they are divided by something else.
LISTS = ("PYTHONPATH", "CLASSPATH")


def wine() -> "str | None":
    """Find Debian's 64-bit loader, which is not on the PATH: the script there wants a 32-bit one too."""
    return next((path for path in ("/usr/lib/wine/wine64", "/usr/bin/wine64") if os.path.exists(path)), None)


def server() -> str:
    """Find the server that Wine's processes share: beside the loader, or on the PATH."""
    beside = Path(wine() or "").parent
    return next((str(path) for path in (beside / "wineserver64", beside / "wineserver") if path.exists()), "wineserver")


def named(path: "Path | str") -> str:
    """The path as Windows has it."""
    return "Z:" + str(path).replace("/", "\\")


def environment(*, checkout: bool = False) -> "dict[str, str]":
    """What Wine and the package look at; of a checkout these are the package and the jar of this one."""
    ours = {**os.environ, "WINEPREFIX": str(PREFIX), "WINEDEBUG": "-all", "DISPLAY": "", "WAITRESS_JAVA": named(JAVA)}
    jar = ours.pop("WAITRESS_JAR", None) or ROOT / "cli" / "target" / "waitress-serve.jar"
    if checkout:
        ours["WAITRESS_JAR"] = named(jar)
        ours["PYTHONPATH"] = os.pathsep.join(filter(None, [ours.get("PYTHONPATH"), str(ROOT / "python" / "src")]))
    for name in LISTS:
        if ours.get(name):
            ours[name] = ";".join(map(named, ours[name].split(os.pathsep)))
    # Wine itself looks at this variable; another place would be another Windows.
    folder = ours.pop("TMPDIR", None)
    if folder:
        option = shlex.quote("-Djava.io.tmpdir=" + named(folder))
        ours["WAITRESS_JAVA_OPTS"] = " ".join([option, ours.get("WAITRESS_JAVA_OPTS", "")])
    return ours


def main(what: str, *arguments: str) -> int:
    """Run it, and end as it does."""
    before = {"serve": [str(PYTHON), "-m", "waitress"], "python": [str(PYTHON)], "run": []}[what]
    loader = wine()
    assert loader, "there is no Wine"
    # Wine makes a console where standard input is a terminal.
    _, terminal = pty.openpty()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        console = [named(CONSOLE), str(listener.getsockname()[1])]
        # In a session of its own: no terminal of ours sends signals to it.
        process = subprocess.Popen(
            [loader, str(PYTHON), *console, *before, *arguments],
            stdin=terminal,
            env=environment(checkout=what != "run"),
            start_new_session=True,
        )
        orders, _ = listener.accept()
    for number, order in ORDERS.items():
        signal.signal(number, lambda _number, _frame, order=order: orders.send(order))
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
