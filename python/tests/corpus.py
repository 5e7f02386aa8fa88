"""The cases of wire/, in the notation that wire/README.md explains."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from hostile import Case, Message

WIRE = Path(__file__).resolve().parents[2] / "wire"
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))")
REPEATED = re.compile(rb"(?<!\\)\{(.*?)\*(\d+)\}")
CONTROLS = {b"r": b"\r", b"n": b"\n", b"t": b"\t"}


class WireCase(NamedTuple):
    """The bytes that a client sends, and the lines that say what comes of them."""

    sent: bytes
    outcome: list[str]


class ResponseCase(NamedTuple):
    """What an application says in answer to a request, and the bytes that its client gets."""

    method: str
    version: str
    fields: list[str]
    steps: list[str]
    answer: bytes
    is_kept: bool


def responses() -> dict[str, ResponseCase]:
    """All cases of what an application says."""
    return {file.stem: read_response(file) for file in sorted((WIRE / "responses").glob("*.wire"))}


def read_response(file: Path) -> ResponseCase:
    """Read one of them."""
    request, said, answer, end = file.read_text(encoding="utf-8").split("\n--\n")
    _rule, line, *fields = request.splitlines()
    method, version = line.split(" HTTP/")
    return ResponseCase(
        method, version, fields, said.splitlines(), unescaped("".join(answer.splitlines())), end == "keep\n"
    )


def smuggling() -> dict[str, Case]:
    """Cases at which two servers could lose each other, but those that announce more than a client sends."""
    files = {file.stem: read(file) for file in sorted((WIRE / "smuggling").glob("*.wire"))}
    return {
        name: Case(case.sent, reading(case))
        for name, case in files.items()
        if not any(line.startswith("rejected 413") for line in case.outcome)
    }


def read(file: Path) -> WireCase:
    """Read one file."""
    request, outcome = file.read_text(encoding="utf-8").split("\n--\n")
    lines = [line for line in request.splitlines() if not line.startswith("# ")]
    return WireCase(unescaped("".join(lines)), outcome.splitlines())


def unescaped(text: str) -> bytes:
    """Bytes for the notation of the cases."""
    data = REPEATED.sub(lambda match: match[1] * int(match[2]), text.encode())
    return ESCAPE.sub(
        lambda match: bytes.fromhex(match[1].decode()) if match[1] else CONTROLS.get(match[2], match[2]), data
    )


def reading(case: WireCase) -> tuple[Message, ...] | None:
    """The requests of a case that is accepted to its end."""
    if any(line.startswith("rejected") for line in case.outcome):
        return None
    heads = [line.split(" ") for line in case.outcome if line.startswith("head ")]
    bodies = [unescaped(line[len('body "') : -1]) for line in case.outcome if line.startswith("body ")]
    return tuple(Message(method, path(target), body) for (_, method, target), body in zip(heads, bodies, strict=True))


def path(target: str) -> str:
    """What the application sees of a target."""
    raw = target if target.startswith("//") else urlsplit(target).path
    decoded = unquote_to_bytes(raw.split("?")[0]).decode("latin-1")
    return "/" + decoded.lstrip("/")
