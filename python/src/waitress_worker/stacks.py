"""What the threads of this process do now: their Python stacks, of a bounded length."""

import gc
import linecache
import sys
import threading
from typing import Any, Dict, List, Optional, Tuple

from waitress_worker.tracebacks import shortened

#: Frames of one thread that are shown, the innermost ones, and how many more are counted.
_MOST_FRAMES = 60
_MOST_COUNTED = 10000
#: Characters of one line.
_MOST_OF_LINE = 500
#: Characters of all stacks together; what comes when they are used up is named, and that is all.
_MOST_CHARACTERS = 256 * 1024
#: Threads that are told of at all.
_MOST_THREADS = 1000

#: The modules of ours that call the application.
_CALLERS = ("waitress_worker.response", "waitress_worker.limit")

#: How the names of our threads begin.
_OURS = "waitress-"

#: Name of a thread, the request that it runs or 0, and its stack.
Stack = Tuple[str, int, str]


def take(requests: "Dict[int, int]") -> "List[Stack]":
    """Take the stacks of all threads but this one and those that wait for a request; threads that run one come first.

    ``requests`` tells for the id of each thread of the crew which request it runs, or 0.
    """
    found = []
    names = _names()
    for ident, frame in _frames():
        request_id = requests.get(ident)
        if request_id != 0:
            found.append((request_id is None, names.get(ident, str(ident)), request_id or 0, frame))
    found.sort(key=lambda each: each[:3])
    return _as_text(found[:_MOST_THREADS])


def of_request(request_id: int, requests: "Dict[int, int]") -> str:
    """Format the stack of the thread that runs a request; nothing if none does. ``requests`` is as for :func:`take`."""
    for ident, frame in _frames():
        if requests.get(ident) == request_id:
            return of(frame)
    return ""


def _as_text(found: "List[Tuple[bool, str, int, Any]]") -> "List[Stack]":
    stacks = []
    room = _MOST_CHARACTERS
    for _, name, request_id, frame in found:
        stack = of(frame) if room > 0 else "  [...]\n"
        room -= len(stack)
        stacks.append((shortened(name, _MOST_OF_LINE), request_id, stack))
    return stacks


def of(frame: Any) -> str:  # noqa: ANN401 -- a frame, which green threads have too
    """Format the stack that ends with a frame, as in a traceback: the call that is going on stands last."""
    calls: List[Tuple[Any, int, Any]] = []
    while frame is not None and len(calls) < _MOST_COUNTED:
        # First all of it and then its text: the thread goes on meanwhile.
        calls.append((frame.f_code, frame.f_lineno or 0, frame.f_globals))
        frame = frame.f_back
    calls = calls[: _first_of_application(calls)]
    left = len(calls) - _MOST_FRAMES
    lines = ["  [... {} more frames ...]\n".format(left)] if left > 0 else []
    for code, number, names in reversed(calls[:_MOST_FRAMES]):
        place = '  File "{}", line {}, in {}'.format(code.co_filename, number, code.co_name)
        lines.append(shortened(place, _MOST_OF_LINE) + "\n")
        source = linecache.getline(code.co_filename, number, names).strip()
        if source:
            lines.append("    {}\n".format(shortened(source, _MOST_OF_LINE)))
    return "".join(lines)


def _first_of_application(calls: "List[Tuple[Any, int, Any]]") -> "Optional[int]":
    """Find where the calls of ours begin that led to the application's; None if they did not."""
    ours = [names.get("__name__") in _CALLERS for _, _, names in calls]
    if True not in ours:
        return None
    first = len(ours) - 1 - ours[::-1].index(True)
    while first > 0 and ours[first - 1]:
        first -= 1
    return first or None


def _names() -> "Dict[Any, str]":
    # Without the lock of threading.enumerate(): whoever holds it may be what hangs.
    return {ident: thread.name for ident, thread in list(getattr(threading, "_active", {}).items())}


def names_of_others() -> "List[str]":
    """Name the threads of the system that run Python beside this one and those of ours."""
    own = sys._getframe()  # noqa: SLF001 -- as below
    names = _names()
    found = [names.get(ident, str(ident)) for ident, frame in sys._current_frames().items() if frame is not own]  # noqa: SLF001
    return sorted(name for name in found if not name.startswith(_OURS))


def _frames() -> "List[Tuple[int, Any]]":
    """Find where each other thread is, also each green one; its id is what ``get_ident()`` says there."""
    own = sys._getframe()  # noqa: SLF001 -- there is no other way, here and below
    frames = [(ident, frame) for ident, frame in sys._current_frames().items() if frame is not own]  # noqa: SLF001
    if "greenlet" in sys.modules:
        green = sys.modules["greenlet"].greenlet
        for each in gc.get_objects():
            # Not isinstance(): an object may say anything of itself.
            suspended = each.gr_frame if issubclass(type(each), green) else None
            if suspended is not None:
                frames.append((id(each), suspended))
    return frames
