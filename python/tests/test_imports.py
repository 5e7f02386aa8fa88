"""Which files a worker names for ``--reload``."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from waitress_worker import imports
from waitress_worker.imports import Imports, files_behind, is_watched


class Lazy(types.ModuleType):
    """Loads itself when somebody asks it for anything, as those of ``importlib.util.LazyLoader``."""

    def __getattribute__(self, name: str) -> object:
        """Never happens."""
        raise AssertionError(name)


class Odd:
    """No module at all, and without a dictionary."""

    __slots__ = ()


def test_are_those_of_modules_that_came_since(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each once, whatever stands among the modules."""
    told: list[list[str]] = []
    watched = Imports(lambda _, files: told.append(files))
    lazy = Lazy("lazy")
    object.__getattribute__(lazy, "__dict__")["__file__"] = str(tmp_path / "lazy.py")
    monkeypatch.setitem(sys.modules, "lazy", lazy)
    monkeypatch.setitem(sys.modules, "odd", Odd())  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "namespace", types.ModuleType("namespace"))
    watched.report()
    watched.report()
    assert told == [[str(tmp_path / "lazy.py")]]


def test_that_are_missing_have_changed_when_they_are_there(tmp_path: Path) -> None:
    """However old what comes there is, and however late the front looks."""
    present = tmp_path / "present.py"
    present.write_text("def\n")
    told: list[tuple[int, list[str]]] = []
    watched = Imports(lambda since, files: told.append((since, files)))
    broken = SyntaxError("invalid syntax", (str(present), 1, 1, "def"))
    broken.__cause__ = SyntaxError("invalid syntax", (str(tmp_path / "missing.py"), 1, 1, "def"))
    watched.report(broken)
    found = [(since > 0, file) for since, files in told for file in files if file.startswith(str(tmp_path))]
    assert found == [(True, str(present)), (False, str(tmp_path / "missing.py"))]


def test_are_of_no_interest_if_they_came_with_python_or_are_ours() -> None:
    assert not is_watched(os.__file__)
    assert not is_watched(imports.__file__)
    assert not is_watched("<frozen importlib._bootstrap>")
    assert not is_watched("two\nlines.py")
    assert is_watched(pytest.__file__)
    assert is_watched("shop.py")


def test_of_a_failure_are_those_of_all_that_led_to_it(tmp_path: Path) -> None:
    """Also what somebody caught, and raised something else for."""
    (tmp_path / "broken.py").write_text("def\n")
    try:
        try:
            compile((tmp_path / "broken.py").read_text(), str(tmp_path / "broken.py"), "exec")
        except SyntaxError as failure:
            raise ModuleNotFoundError(name="shop.parts") from failure
    except ModuleNotFoundError as failure:
        files = set(files_behind(failure))
    place = next(place for place in sys.path if place)
    assert {
        __file__,
        str(tmp_path / "broken.py"),
        os.path.join(place, "shop", "parts"),
        os.path.join(place, "shop", "parts.py"),
        os.path.join(place, "shop", "parts", "__init__.py"),
    } <= files
