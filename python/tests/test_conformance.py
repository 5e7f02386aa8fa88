"""Holds docs/conformance.md and docs/security.md to the tests: whatever is named there exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<id>[A-Z]-\d+.*?) \| .* \| (?P<tests>.*) \|$", re.MULTILINE)
NAMED = [(row["id"], test) for row in ROW.finditer(PAGE) for test in re.findall("`([^`]+)`", row["tests"])]
#: The other page that names tests, in the last of the columns too.
ATTACKS = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED += [("attack", test) for test in re.findall("`([^`|]+)`(?=[^|]*\\|$)", ATTACKS, re.MULTILINE)]


def java_exists(name: str) -> bool:
    """``Outer.Nested#method``."""
    classes, method = name.split("#")
    outer, *nested = classes.split(".")
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob(f"*/src/test/java/**/{outer}.java")]
    wanted = [f"class {inner} " for inner in nested] + [f"void {method}("]
    return any(all(part in source for part in wanted) for source in sources)


def python_exists(name: str) -> bool:
    """``file::Class::function`` or ``file::function``."""
    file, *parts = name.split("::")
    source = (ROOT / "python" / "tests" / file).read_text(encoding="utf-8")
    return f"def {parts[-1]}(" in source and all(f"class {part}" in source for part in parts[:-1])


def test_most_of_http_is_covered() -> None:
    assert len(NAMED) > 100


def test_a_table_has_nothing_but_its_rows() -> None:
    """Behind its head."""
    others = [line for line in PAGE.splitlines() if line.startswith("|") and not ROW.match(line)]
    assert set(others) == {"| id | feature | test |", "| --- | --- | --- |"}
    assert "| --- | --- | --- |\n\n" not in PAGE


@pytest.mark.parametrize(("feature", "test"), NAMED)
def test_names_a_test_that_exists(feature: str, test: str) -> None:
    if test.startswith(("wire/", "ini/")):
        assert (ROOT / test).exists(), feature
    elif "#" in test:
        assert java_exists(test), feature
    else:
        assert python_exists(test), feature
