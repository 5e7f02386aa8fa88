"""The cases of ``wire/frames/``, which the front's tests read too."""

from __future__ import annotations

import ast
import marshal
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from waitress_worker import protocol
from waitress_worker.compat import MARSHAL_VERSION, load_frame

FRAMES = Path(__file__).resolve().parents[2] / "wire" / "frames"
KIND = re.compile(r"\((?=[A-Z])(\w+)")


class FrameCase(NamedTuple):
    """A value, and what is in its frame."""

    name: str
    value: Any
    content: bytes


def read(file: str) -> list[FrameCase]:
    """Read one file."""
    _, *texts = re.split(r"^case ", (FRAMES / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [parse(*text.split("\n", 1)) for text in texts]


def parse(name: str, text: str) -> FrameCase:
    """Read the lines of one case."""
    lines = [line.split(" ", 1) for line in text.splitlines() if line]
    literal = next(rest for word, rest in lines if word == "value")
    value = ast.literal_eval(KIND.sub(lambda kind: f"({getattr(protocol, kind[1])}", literal))
    return FrameCase(name, value, bytes.fromhex("".join(rest for word, rest in lines if word == "bytes")))


def name_of(case: FrameCase) -> str:
    """Name a test."""
    return case.name


@pytest.mark.parametrize("case", [*read("answers.txt"), *read("reports.txt"), *read("zygote.txt")], ids=name_of)
def test_a_worker_writes(case: FrameCase) -> None:
    assert marshal.dumps(case.value, MARSHAL_VERSION) == case.content


@pytest.mark.parametrize("case", read("orders.txt"), ids=name_of)
def test_a_worker_reads(case: FrameCase) -> None:
    assert load_frame(case.content) == case.value
