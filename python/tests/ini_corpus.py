"""The cases of ``ini/``, whose README explains their form."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "ini"


@dataclass
class IniCase:
    """One case: the files, what to load of them, and what comes of it."""

    title: str
    options: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    results: dict[str, list[str]] = field(default_factory=dict)

    def write(self, folder: Path, factories: dict[str, str]) -> None:
        """Write the files."""
        for name, lines in self.files.items():
            text = "\n".join([*lines, ""]).replace("$BOM", "\ufeff")
            for placeholder, factory in factories.items():
                text = text.replace(placeholder, factory)
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    def expected(self, reader: str) -> tuple[bool, list[str]]:
        """Tell whether it is an error, and the lines of the result."""
        found = [key for key in self.results if reader in key.split() or key in {"", "error"}]
        assert len(found) == 1, self.title
        return "error" in found[0], [line for line in self.results[found[0]] if line]


def cases(path: Path) -> list[IniCase]:
    """Read the cases of one file."""
    found: list[IniCase] = []
    into: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("=== "):
            found.append(IniCase(line[4:]))
            into = found[-1].files.setdefault("main.ini", [])
        elif line.startswith("@") and not into:
            option, _, value = line[1:].partition(" ")
            found[-1].options[option] = value
        elif line.startswith("-->"):
            into = found[-1].results.setdefault(line[3:].strip(), [])
        elif line.startswith("--- "):
            into = found[-1].files.setdefault(line[4:], [])
        else:
            into.append(line)
    return found
