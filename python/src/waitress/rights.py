"""Another user for the server: what only root can do is done here, before Java starts, because Java cannot do it.

Java says what there is to do, as it knows how settings are read; then this process binds the one socket that Java can
inherit, gives up the rights of root for good, and becomes the server. ``LauncherRights.java`` is the other side.
"""

import os
import socket
import subprocess
import sys
from typing import Any, Callable, Dict, List, Mapping

from waitress.first import become
from waitress.sockets import remove_deserted

_STAGE = "-Dwaitress.rights="

_VARIABLES = ("WAITRESS_USER", "WAITRESS_GROUP")
#: Options may be shortened, and an ini file may name a user too.
_OPTIONS = ("--us", "--g", "--pas")

_STANDARD_INPUT = 0
_FAILED = 1

_FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "both": socket.AF_INET6}


def main(command: List[str]) -> int:
    """Become a command of Java, which ends in the options of the server, as the user whom these name."""
    try:
        return become(with_fewer_rights(command, os.environ), os.environ)
    except (OSError, ValueError) as failure:
        print("Error: {}".format(failure), file=sys.stderr)
        return _FAILED


def with_fewer_rights(command: List[str], environment: "Mapping[str, str]") -> List[str]:
    """Give up the rights of root if the command says so; return the command that serves then."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not _may_name_a_user(command):
        return command
    plan = _ask(command, environment)
    if not plan:
        return command
    identity = _Identity(plan["user"], plan.get("group", ""))
    binds = "backlog" in plan
    if binds:
        _listen(plan, identity)
    identity.take()
    _require_access(command, plan["user"])
    return [command[0], _STAGE + ("bound" if binds else "given"), *command[1:]]


def _may_name_a_user(command: List[str]) -> bool:
    return any(os.environ.get(name) for name in _VARIABLES) or any(each.startswith(_OPTIONS) for each in command)


def _ask(command: List[str], environment: "Mapping[str, str]") -> Dict[str, str]:
    """Ask Java what there is to do: names and what belongs to each."""
    asking = [command[0], _STAGE + "asked", *command[1:]]
    asked = subprocess.run(asking, env=environment, stdout=subprocess.PIPE, check=False)
    if asked.returncode != 0:
        sys.exit(asked.returncode)  # it has said why
    parts = [line.partition(" ") for line in os.fsdecode(asked.stdout).splitlines()]
    return {name: text for name, _, text in parts}


def _require_access(command: List[str], user: str) -> None:
    """Say in one line what the system would say of a path alone."""
    if not os.access(command[0], os.X_OK):
        raise ValueError("user: {} may not run {}".format(user, command[0]))


# ---- The user ----


class _Identity:
    """A user and its groups, by name or number; ValueError if there is none."""

    def __init__(self, user: str, group: str) -> None:
        import grp  # noqa: PLC0415 -- Windows has none
        import pwd  # noqa: PLC0415

        self._entry = _find(pwd.getpwnam, pwd.getpwuid, user, "user")
        self.user: int = self._entry.pw_uid if self._entry else int(user)
        if self.user == 0:
            raise ValueError("user: {} keeps all rights".format(user))
        if group:
            found = _find(grp.getgrnam, grp.getgrgid, group, "group")
            self.group: int = found.gr_gid if found else int(group)
        elif self._entry:
            self.group = self._entry.pw_gid
        else:
            raise ValueError("group: must be given, as the system does not know that of user {}".format(user))

    def take(self) -> None:
        """Become it, with no way back. The variables that tell of a user follow."""
        if self._entry:
            os.initgroups(self._entry.pw_name, self.group)
            os.environ.update(HOME=self._entry.pw_dir, USER=self._entry.pw_name, LOGNAME=self._entry.pw_name)
        else:
            os.setgroups([self.group])
        os.setgid(self.group)
        os.setuid(self.user)


def _find(named: Callable[[str], Any], numbered: Callable[[int], Any], text: str, kind: str) -> Any:  # noqa: ANN401
    """Look up a user or group; nothing if only its number is known."""
    try:
        return numbered(int(text)) if text.isdigit() else named(text)
    except (KeyError, OverflowError):
        if text.isdigit():
            return None
        raise ValueError("{0}: there is no {0} {1!r}".format(kind, text)) from None


# ---- The socket ----


def _listen(plan: Dict[str, str], identity: _Identity) -> None:
    """Make standard input the socket of the plan."""
    if "stdin" in plan:
        return
    with _open_unix(plan["unix"], identity) if "unix" in plan else _open_tcp(plan) as listening:
        listening.listen(int(plan["backlog"]))
        os.dup2(listening.fileno(), _STANDARD_INPUT)


def _open_tcp(plan: Dict[str, str]) -> socket.socket:
    kind = next(name for name in _FAMILIES if name in plan)
    host, port = plan[kind].split(" ")
    opened = socket.socket(_FAMILIES[kind])
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if plan["share"] == "1":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if kind != "inet":
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(kind == "inet6"))
        opened.bind((host, int(port)))
    except OSError as failure:
        opened.close()
        shown = "[{}]".format(host) if ":" in host else host
        raise OSError("cannot listen on {}:{}: {}".format(shown, port, failure.strerror)) from failure
    return opened


def _open_unix(plan: str, identity: _Identity) -> socket.socket:
    """Bind a Unix socket that belongs to the user, and has the mode of the settings from the first moment on."""
    mode, path = plan.split(" ", 1)
    opened = socket.socket(socket.AF_UNIX)
    before = os.umask(0o777 & ~int(mode, 8))
    try:
        remove_deserted(path)
        opened.bind(path)
        # Not what somebody may have put in its place, where others may write.
        os.chown(path, identity.user, identity.group, follow_symlinks=False)
    except OSError as failure:
        opened.close()
        raise OSError("cannot listen on unix:{}: {}".format(path, failure.strerror)) from failure
    finally:
        os.umask(before)
    return opened
