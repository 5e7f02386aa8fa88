"""The cases of ``ini/`` with PasteDeploy itself, which the Java reader is to agree with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ini_corpus import FOLDER, IniCase, cases
from ini_factories import Shown
from paste.deploy import loadapp, loadserver

if TYPE_CHECKING:
    from pathlib import Path

FACTORIES = {
    "$APP": "call:ini_factories:app",
    "$WHERE": "call:ini_factories:where",
    "$FILTER": "call:ini_factories:filter_factory",
    "$COMPOSITE": "call:ini_factories:composite",
}

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("D-*.txt"))
    for case in cases(path)
]


@pytest.fixture
def waitress_is_a_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``egg:waitress`` be found, as if it were installed."""
    metadata = tmp_path / "installed" / "waitress-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: waitress\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text("[paste.server_runner]\nmain = ini_factories:server\n")
    monkeypatch.syspath_prepend(str(metadata.parent))


def load(case: IniCase, path: Path) -> str:
    """Show what it loads."""
    variables = dict(pair.split("=") for pair in case.options.get("variables", "").split())
    if "server" in case.options:
        return str(loadserver(f"config:{path}", global_conf=variables)(None))
    made = loadapp(f"config:{path}", case.options.get("name"), global_conf=variables)
    return made.text if isinstance(made, Shown) else "no application"


@pytest.mark.usefixtures("waitress_is_a_distribution")
@pytest.mark.parametrize("case", CASES)
def test_paste_deploy(case: IniCase, tmp_path: Path) -> None:
    case.write(tmp_path, FACTORIES)
    is_error, expected = case.expected("PasteDeploy")
    try:
        result = load(case, tmp_path / "main.ini")
        failed = result == "no application"
    except Exception as failure:  # of whatever kind the library raises
        result, failed = str(failure), True
    result = result.replace(str(tmp_path), "DIR")
    assert failed == is_error, result
    if is_error:
        assert all(part in result for part in expected), result
    else:
        assert [result] == expected


def test_there_are_cases() -> None:
    assert len(CASES) > 60
