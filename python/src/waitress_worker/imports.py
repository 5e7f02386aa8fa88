"""Which files the application was made of, for a front that loads it again when one of them changes."""

import os
import sys
import threading
import time
from types import TracebackType
from typing import Any, Callable, Iterable, Iterator, List, Optional, Set

#: Seconds between looks for modules that were imported since.
_PERIOD = 0.5

#: A file changed so many seconds before it was imported may change again and look the same to Python, which goes by whole
#: seconds and the size.
_SAME_SECOND = 2.0

_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
_OWN = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Imports:
    """Tells of the files behind modules, from those on that are imported after it was made."""

    def __init__(self, tell: Callable[[int, List[str]], None]) -> None:
        """Call ``tell`` with files and with a time, in milliseconds, before which none of them had been read.

        The time is 0 for files that are missing: they have changed if somebody finds them, however old they are.
        """
        self._tell = tell
        self._reporting = threading.Lock()
        self._known: Set[str] = set(sys.modules)
        self._since = self._began = time.time()

    def begin(self) -> None:
        """Go on telling, on a thread of its own, while the process lives."""
        threading.Thread(target=self._go_on, name="waitress-imports", daemon=True).start()

    def _go_on(self) -> None:
        try:
            while True:
                self.report()
                time.sleep(_PERIOD)
        except OSError:
            pass  # the front is gone

    def report(self, failure: Optional[BaseException] = None) -> None:
        """Tell of what was imported since the last time, and of the files that may have to do with a failure."""
        with self._reporting:
            self._report(failure)

    def _report(self, failure: Optional[BaseException]) -> None:
        since, self._since = self._since, time.time()
        modules = [module for name, module in sys.modules.copy().items() if self._is_new(name)]
        files = [_text(module, "__file__") for module in modules]
        for file, module in zip(files, modules):
            self._drop_doubtful_bytecode(file, _text(module, "__cached__"))
        if failure is not None:
            since = self._began
            files += files_behind(failure)
        paths = {os.path.abspath(file) for file in files if file and is_watched(file)}
        missing = {path for path in paths if not os.path.exists(path)}
        for time_of_all, some in ((int(since * 1000), paths - missing), (0, missing)):
            if some:
                self._tell(time_of_all, sorted(some))

    def _is_new(self, name: str) -> bool:
        if name in self._known:
            return False
        self._known.add(name)
        return True

    def _drop_doubtful_bytecode(self, file: str, cached: str) -> None:
        """Remove what was compiled from a file that had just been changed: it could pass for that of the next state."""
        try:
            if cached and cached != file and self._began - os.stat(file).st_mtime < _SAME_SECOND:
                os.remove(cached)
        except OSError:
            pass  # there is none, or it is not ours


def _text(module: Any, name: str) -> str:  # noqa: ANN401 -- whatever stands in sys.modules
    """Look up a name in a module, or nothing; asks for no attribute, because a lazy module would be loaded by that."""
    try:
        names = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return ""
    value = names.get(name) if isinstance(names, dict) else None
    return value if isinstance(value, str) else ""


def is_watched(file: str) -> bool:
    """Tell whether a file may change while somebody develops: not what came with Python, not ours, and no ``<string>``."""
    if file.startswith("<") or not file.isprintable() or os.path.abspath(file).startswith(_OWN):
        return False
    return not file.startswith(_STANDARD_LIBRARY) or "site-packages" in file or "dist-packages" in file


def files_behind(failure: BaseException) -> Iterator[str]:
    """Name files whose change may mend a failed import: where it happened, and where a missing module would be.

    A module that fails does not stay in ``sys.modules``.
    """
    to_do: List[Optional[BaseException]] = [failure]
    seen: Set[int] = set()
    while to_do:
        each = to_do.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        for file in _files_in(each.__traceback__):
            yield file  # noqa: UP028 -- a word that 2.7 does not read
        if isinstance(each, SyntaxError) and each.filename:
            yield each.filename
        elif isinstance(each, ModuleNotFoundError) and each.name:
            for place in _places_of(each.name):
                yield place  # noqa: UP028 -- the same
        to_do += [each.__cause__, each.__context__]


def _files_in(trace: Optional[TracebackType]) -> Iterator[str]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename
        trace = trace.tb_next


def _places_of(module: str) -> Iterable[str]:
    """Name where Python would look for a module; a directory alone is a package too."""
    for place in filter(lambda each: isinstance(each, str), sys.path):
        stem = os.path.join(place, *module.split("."))
        yield stem
        yield stem + ".py"
        yield os.path.join(stem, "__init__.py")
