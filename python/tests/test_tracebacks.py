"""Tracebacks of exceptions that are odd: what is shown is short, and made with little work."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from waitress_worker import tracebacks

MOST = 2 * tracebacks.MOST_CHARACTERS
#: Lines of an upload; looked at one by one they would take many seconds.
LINES = "a\n" * 5_000_000


def of(failure: BaseException) -> str:
    """Raise it, and format it where it is caught."""
    try:
        raise failure
    except BaseException as caught:  # noqa: BLE001 -- of any kind
        return tracebacks.of(caught, caught.__traceback__)


@pytest.fixture
def formatted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what Python is asked to format in its own way, which looks at each line.

    The lines that run are not counted: under ``sys.settrace`` CPython 3.11 may never come back from a call.
    """
    asked: list[Any] = []
    own_way = tracebacks.format_exception

    def format_exception(failure: Any, trace: Any) -> Any:
        asked.append(failure)
        return own_way(failure, trace)

    monkeypatch.setattr(tracebacks, "format_exception", format_exception)
    return asked


class Nameless(type):
    """A class that does not say its name."""

    def __getattribute__(cls, name: str) -> Any:
        if name in ("__name__", "__qualname__", "__module__"):
            raise RuntimeError
        return super().__getattribute__(name)


def test_a_class_may_have_no_name() -> None:
    class Odd(Exception, metaclass=Nameless):  # noqa: N818
        """As proxies of remote objects are."""

        def __str__(self) -> str:
            raise RuntimeError

    text = of(Odd())
    assert text.startswith("Traceback (most recent call last):\n")
    assert text.endswith("\nan exception: <exception str() failed>\n")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes")
def test_a_note_may_have_many_lines(formatted: list[Any]) -> None:
    failure = ValueError("short")
    failure.add_note("begin\n" + LINES + "end")  # type: ignore[attr-defined]
    text = of(failure)
    assert "ValueError: short\nbegin\n" in text
    assert text.endswith("a\nend\n")
    assert len(text) < MOST
    assert not formatted


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have no notes")
def test_a_short_note_is_shown_as_python_shows_it(formatted: list[Any]) -> None:
    failure = ValueError("short")
    failure.add_note("with a note")  # type: ignore[attr-defined]
    assert of(failure).endswith("ValueError: short\nwith a note\n")
    assert formatted == [failure]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there are no groups of exceptions")
class TestAGroup:
    """Exceptions within exceptions, whose text is indented line by line."""

    def test_is_shown_with_its_members(self) -> None:
        text = of(ExceptionGroup("several", [ValueError("one"), KeyError("two")]))  # type: ignore[name-defined] # noqa: F821
        assert "ExceptionGroup: several (2 sub-exceptions)" in text
        assert "ValueError: one" in text
        assert "KeyError: 'two'" in text

    def test_may_have_members_of_many_lines(self, formatted: list[Any]) -> None:
        group = ExceptionGroup("several", [ValueError(LINES)])  # type: ignore[name-defined] # noqa: F821
        assert "several (1 sub-exception)" in of(group)
        assert not formatted

    def test_may_make_its_members_anew_without_end(self, formatted: list[Any]) -> None:
        asked: list[Any] = []

        class Endless(ExceptionGroup):  # type: ignore[name-defined,misc] # noqa: F821, N818
            """Never the same twice."""

            @property
            def exceptions(self) -> tuple[BaseException, ...]:
                asked.append(self)
                return tuple(Endless("again", [ValueError("x")]) for _ in range(15))

        assert "Endless: first" in of(Endless("first", [ValueError("x")]))
        assert len(asked) < 10
        assert not formatted
