"""What the front is told is text."""

import sys
from typing import List


def is_given(name: str, value: object) -> bool:
    """None is the same as leaving a setting out, but for the identity: none is sent then."""
    return value is not None or name == "ident"


def require_utf_8(name: str, value: str) -> str:
    """Refuse a name of bytes that are no text, which the front would take for another one."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("{}: must be text that UTF-8 can express, got {!a}".format(name, value)) from None
    return value


def text(name: str, value: object) -> str:
    """The text form of a setting."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and name == "unix_socket_perms":
        return format(value, "o")
    if isinstance(value, int):
        return format(int(value), "d")  # also of an enumeration, such as ssl.CERT_REQUIRED
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(str(item) for item in value)
    return str(value)


def module_path() -> List[str]:
    """Where this program looks for modules; what is no text counts for nothing there."""
    return [require_utf_8("sys.path", entry) for entry in sys.path if isinstance(entry, str)]
