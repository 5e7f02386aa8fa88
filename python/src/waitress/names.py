"""Under which name other processes can import an application that this one has made."""

import sys
from typing import Any, Callable, Iterator, Optional, Tuple

_ADVICE = "give its name, serve('module:attribute', workers=2), or run: waitress-serve MODULE:OBJECT"


def name_of(application: Callable[..., Any]) -> str:
    """Return ``module:attribute`` of a module that this process has imported, and that has this very object.

    ValueError if there is none: the program's own file is no such module, for it would start the server once more.
    """
    found = list(_places(application))
    own = getattr(application, "__module__", None)
    for module, attribute in found:
        if module == own:
            return "{}:{}".format(module, attribute)
    if not found:
        raise ValueError(
            "workers: more than one share the application by fork, which {} does not have; those that import it"
            " find it in no module: {}".format(sys.platform, _ADVICE)
        )
    return "{}:{}".format(*found[0])


def _places(application: object) -> "Iterator[Tuple[str, str]]":
    main = _path(sys.modules.get("__main__"))
    for name, module in sorted(sys.modules.items()):
        is_program = name in ("__main__", "__mp_main__") or main is not None and _path(module) == main
        if is_program or getattr(module, "__spec__", None) is None:
            continue
        for attribute, value in sorted(vars(module).items()):
            if value is application and attribute.isidentifier():
                yield name, attribute


def _path(module: object) -> Optional[str]:
    return getattr(module, "__file__", None)
