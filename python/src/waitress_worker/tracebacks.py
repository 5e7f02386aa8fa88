"""Tracebacks of a bounded length: an exception's text may hold a whole upload, and there may be thousands of them."""

import sys
import traceback
from collections import deque
from types import TracebackType
from typing import Any, Deque, Dict, Iterable, Iterator, List, Optional, Tuple

from waitress_worker.compat import format_exception

#: Characters of a traceback; half of them from its beginning, half from its end.
MOST_CHARACTERS = 64 * 1024
#: Characters of each of its lines, and of an exception's text.
_MOST_OF_LINE = 4096

#: Up to so many exceptions and frames, it is formatted as Python does.
_MOST_LINKED = 50
_MOST_FRAMES = 3000
#: Of more, so many from each end.
_SHOWN = 20

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"

Link = Tuple[Any, str]


def current() -> str:
    """Format the exception that is being handled."""
    return of(sys.exc_info()[1], sys.exc_info()[2])


def of(failure: Any, trace: Optional[TracebackType]) -> str:  # noqa: ANN401 -- an exception; Python 2 has others too
    """Format an exception, whatever it does when it is asked for its text."""
    try:
        if _is_ordinary(failure, trace):
            return bounded(format_exception(failure, trace))
    except BaseException:  # noqa: S110, BLE001 -- of its own code, or for want of memory or stack: then in short
        pass
    try:
        return bounded(_in_short(failure, trace))
    except BaseException:  # noqa: BLE001 -- the same
        return "{}: (no traceback can be made)\n".format(_name(failure))


def bounded(lines: Iterable[str]) -> str:
    """Join lines, and leave out the middle where that would be too long."""
    half = MOST_CHARACTERS // 2
    head: List[str] = []
    tail: Deque[str] = deque()
    room, kept, dropped = half, 0, 0
    for line in lines:
        line = shortened(line, _MOST_OF_LINE)  # noqa: PLW2901 -- the same line
        if not tail and not dropped and len(line) <= room:
            head.append(line)
            room -= len(line)
            continue
        tail.append(line)
        kept += len(line)
        while kept > half:
            kept -= len(tail.popleft())
            dropped += 1
    middle = ["  [... {} more lines ...]\n".format(dropped)] if dropped else []
    return "".join(head + middle + list(tail))


def shortened(text: str, most: int) -> str:
    """Return a text without its middle, if it is longer than that."""
    if len(text) <= most:
        return text[:]
    left = len(text) - most
    return "{}[... {} more characters ...]{}".format(text[: most // 2], left, text[-(most // 2) :])


def _is_ordinary(failure: Any, trace: Optional[TracebackType]) -> bool:  # noqa: ANN401 -- as in of()
    """Tell whether Python's own way costs little."""
    # Kept, not only their ids: one that is made when it is asked for would get that of another.
    seen: Dict[int, Any] = {}
    to_do, frames, characters = [(failure, False)], _count(trace), 0
    while to_do:
        each, is_of_group = to_do.pop()
        if each is None or id(each) in seen:
            continue
        seen[id(each)] = each
        frames += _count(getattr(each, "__traceback__", None))
        members = _members(each)
        characters += _count_characters(each, is_of_group=is_of_group or bool(members))
        if len(seen) > _MOST_LINKED or frames > _MOST_FRAMES or characters > MOST_CHARACTERS:
            return False
        for other in (getattr(each, "__cause__", None), getattr(each, "__context__", None)):
            to_do.append((other, is_of_group))
        to_do += [(member, True) for member in members[: _MOST_LINKED + 1]]
    return True


def _members(failure: Any) -> Tuple[Any, ...]:  # noqa: ANN401 -- the same
    """Return those of an exception group; ValueError where they are made anew whenever somebody asks, without end."""
    members, again = (getattr(failure, "exceptions", ()) for _ in range(2))
    if type(members) is not tuple:
        return ()
    if any(one is not other for one, other in zip(members, again)):
        raise ValueError
    return members


def _count_characters(failure: Any, *, is_of_group: bool) -> int:  # noqa: ANN401 -- the same
    """Count what Python would look at one by one: the lines of notes, and of what stands in a group."""
    count = len(failure.text or "") if isinstance(failure, SyntaxError) else 0
    count += sum(len(note) for note in _notes(failure))
    return count + (len(str(failure)) if is_of_group else 0)


def _notes(failure: Any) -> List[str]:  # noqa: ANN401 -- the same
    """Return what was added to an exception, PEP 678."""
    notes = getattr(failure, "__notes__", ())
    return [note for note in notes if isinstance(note, str)] if isinstance(notes, (list, tuple)) else []


def _count(trace: Optional[TracebackType]) -> int:
    count = 0
    while trace is not None and count <= _MOST_FRAMES:
        count += 1
        trace = trace.tb_next
    return count


def _in_short(failure: Any, trace: Optional[TracebackType]) -> Iterator[str]:  # noqa: ANN401 -- the same
    links = _chain(failure)
    left = len(links) - 2 * _SHOWN
    for index, (each, joint) in enumerate(links):
        if left > 0 and _SHOWN <= index < _SHOWN + left:
            if index == _SHOWN:
                yield "\n[... {} more exceptions ...]\n\n".format(left)
            continue
        yield "Traceback (most recent call last):\n"
        own = trace if each is failure else getattr(each, "__traceback__", None)
        for line in _frames(own):
            yield line  # noqa: UP028 -- a word that 2.7 does not read
        yield _headline(each)
        for note in _notes(each)[:_SHOWN]:
            yield shortened(note, _MOST_OF_LINE) + "\n"
        yield joint


def _chain(failure: Any) -> List[Link]:  # noqa: ANN401 -- the same
    """Return the exceptions that led to one, the first of them first, each with the words between it and the next."""
    links: List[Link] = [(failure, "")]
    seen = {id(failure)}
    while True:
        cause = getattr(failure, "__cause__", None)
        hidden = getattr(failure, "__suppress_context__", False)
        before = cause if cause is not None or hidden else getattr(failure, "__context__", None)
        if before is None or id(before) in seen:
            break
        seen.add(id(before))
        links.append((before, _CONTEXT if cause is None else _CAUSE))
        failure = before
    links.reverse()
    return links


def _frames(trace: Optional[TracebackType]) -> List[str]:
    count = 0
    each = trace
    while each is not None:
        count += 1
        each = each.tb_next
    if count <= 2 * _SHOWN:
        return traceback.format_tb(trace)
    last = trace
    for _ in range(count - _SHOWN):
        assert last is not None
        last = last.tb_next
    middle = "  [... {} more frames ...]\n".format(count - 2 * _SHOWN)
    return traceback.format_tb(trace, _SHOWN) + [middle] + traceback.format_tb(last)


def _headline(failure: Any) -> str:  # noqa: ANN401 -- the same
    name = _name(failure)
    try:
        text = str(failure)
    except BaseException:  # noqa: BLE001 -- it is asked for its own text
        text = "<exception str() failed>"
    return "{}: {}\n".format(name, shortened(text, _MOST_OF_LINE)) if text else name + "\n"


def _name(failure: Any) -> str:  # noqa: ANN401 -- the same
    try:
        return "{}".format(type(failure).__name__)
    except BaseException:  # noqa: BLE001 -- its class says what its name is, or does not
        return "an exception"
