"""The stacks that a worker takes of its own threads."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from waitress_worker import stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_SECONDS = 10


class Held:
    """Threads that wait inside a function of ours, until the test is over."""

    def __init__(self) -> None:
        self._release = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, action: Callable[[Callable[[], None]], None]) -> int:
        """Start one; return its id when it waits."""
        waits = threading.Event()

        def wait() -> None:
            waits.set()
            self._release.wait(WAIT_SECONDS)

        thread = threading.Thread(target=action, args=[wait], name=name)
        thread.start()
        self._threads.append(thread)
        assert waits.wait(WAIT_SECONDS)
        return thread.ident or 0

    def end(self) -> None:
        self._release.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(name="held")
def make_held() -> Iterator[Held]:
    held = Held()
    yield held
    held.end()


def call_slowly(wait: Callable[[], None]) -> None:
    wait()  # here it is


def dive(wait: Callable[[], None], depth: int = 200) -> None:
    if depth:
        dive(wait, depth - 1)
    else:
        wait()


def of(taken: list[stacks.Stack], name: str) -> str:
    """Return the stack of one thread."""
    (stack,) = [stack for thread, _, stack in taken if thread == name]
    return stack


def test_a_stack_ends_with_the_call_that_goes_on(held: Held) -> None:
    ident = held.start("shop", call_slowly)
    name, request_id, stack = stacks.take({ident: 7})[0]
    assert (name, request_id) == ("shop", 7)
    assert ", in call_slowly\n    wait()  # here it is\n" in stack
    assert stack.index("in call_slowly") < stack.index("in wait")


def test_threads_that_run_requests_come_first(held: Held) -> None:
    held.start("a", call_slowly)
    ident = held.start("b", call_slowly)
    taken = [(name, request_id) for name, request_id, _ in stacks.take({ident: 9})]
    assert taken[0] == ("b", 9)
    assert ("a", 0) in taken


def test_who_waits_for_a_request_and_who_asks_are_left_out(held: Held) -> None:
    ident = held.start("idle", call_slowly)
    taken = [name for name, _, _ in stacks.take({ident: 0})]
    assert "idle" not in taken
    assert threading.current_thread().name not in taken


def test_of_a_deep_stack_the_innermost_calls_are_shown(held: Held) -> None:
    held.start("deep", dive)
    stack = of(stacks.take({}), "deep")
    assert stack.startswith("  [... 14")
    assert stack.count("in dive\n") >= 55
    assert "in wait" in stack


def test_all_together_have_a_bound(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "_MOST_CHARACTERS", 100)
    for name in "ab":
        held.start(name, dive)
    first, *others = stacks.take({})
    assert len(first[2]) > 100
    assert {stack for _, _, stack in others} == {"  [...]\n"}


def test_a_line_has_a_bound() -> None:
    code = compile("frame = sys._getframe()", "x" * 10_000, "exec")
    names = {"sys": sys}
    exec(code, names)  # noqa: S102 -- ours
    place = stacks.of(names["frame"]).splitlines()[-1]
    assert place.startswith('  File "xxx')
    assert place.endswith("in <module>")
    assert len(place) < 600


def test_the_calls_that_led_to_the_application_are_left_out() -> None:
    names = {"__name__": "waitress_worker.response", "sys": sys}
    exec("def run(application): return application()\ndef own(): return sys._getframe()", names)  # noqa: S102 -- ours
    run, own = names["run"], names["own"]

    def application() -> object:
        return own()  # as write() of WSGI

    shown = stacks.of(run(application))  # type: ignore[operator]
    assert [line.rsplit(" ", 1)[1] for line in shown.splitlines() if line.startswith("  File")] == [
        "application",
        "own",
    ]
    assert "pytest" in stacks.of(own())  # type: ignore[operator]


def test_an_object_that_lies_about_its_class_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Green:
        gr_frame = None

    class Liar:
        @property
        def __class__(self) -> type:  # type: ignore[override]
            raise RuntimeError

    class Module:
        greenlet = Green

    monkeypatch.setitem(sys.modules, "greenlet", Module)  # type: ignore[arg-type]
    liars = [Liar()]
    assert all(name for name, _, _ in stacks.take({}))
    assert liars
