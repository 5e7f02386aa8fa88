"""Builds the distribution: setuptools does all but what lies outside of this folder in a checkout.

That is the server's jar, which is built first where it is missing or older than its sources, the version, which stands in
Maven's pom.xml, and the licence. A source distribution brings all of them along.
"""

import contextlib
import os
import re
import shutil
import subprocess

from setuptools import build_meta as _setuptools
from setuptools.build_meta import *  # noqa: F403 -- the hooks that need none of it

_HERE = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(_HERE)
_POM = os.path.join(_ROOT, "pom.xml")
_BUILT = os.path.join(_ROOT, "cli", "target", "waitress-serve.jar")

_JAR = os.path.join(_HERE, "src", "waitress", "waitress-serve.jar")
_VERSION = os.path.join(_HERE, "src", "waitress", "VERSION")
_LICENSE = os.path.join(_HERE, "LICENSE")


@contextlib.contextmanager
def _brought(*, jar):
    """Have everything in place for a build, and nothing of it afterwards: a checkout must not find a jar of some day."""
    if not os.path.exists(os.path.join(_ROOT, "cli", "pom.xml")):
        if not os.path.exists(_VERSION):
            raise FileNotFoundError(
                "this is part of a checkout, of which the rest is missing (pip before 21.3 copies it)"
            )
        yield
        return
    try:
        if jar:
            _build_jar()
            shutil.copyfile(_BUILT, _JAR)
        shutil.copyfile(os.path.join(_ROOT, "LICENSE"), _LICENSE)
        with open(_POM, encoding="utf-8") as pom, open(_VERSION, "w", encoding="utf-8") as version:
            version.write(re.findall("<revision>(.+)</revision>", pom.read())[0] + "\n")
        yield
    finally:
        for file in (_JAR, _VERSION, _LICENSE):
            with contextlib.suppress(OSError):
                os.remove(file)


def _build_jar():
    """Let the command of the checkout build it: that knows whether a source has changed since. Else let Maven look."""
    command = [os.path.join(_ROOT, "waitress-serve"), "--version"]
    if os.name == "nt":
        command = ["mvn.cmd", "-B", "-ntp", "-q", "-f", _POM, "-pl", "cli", "-am", "-Dmaven.test.skip=true", "package"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """PEP 517."""
    with _brought(jar=False):
        return _setuptools.prepare_metadata_for_build_wheel(metadata_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 517."""
    with _brought(jar=True):
        return _setuptools.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """PEP 517."""
    with _brought(jar=True):
        return _setuptools.build_sdist(sdist_directory, config_settings)


def prepare_metadata_for_build_editable(metadata_directory, config_settings=None):
    """PEP 660."""
    with _brought(jar=False):
        return _setuptools.prepare_metadata_for_build_editable(metadata_directory, config_settings)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 660; what is run from the checkout finds its jar by WAITRESS_JAR."""
    with _brought(jar=False):
        return _setuptools.build_editable(wheel_directory, config_settings, metadata_directory)


def get_requires_for_build_editable(config_settings=None):
    """PEP 660."""
    with _brought(jar=False):
        return _setuptools.get_requires_for_build_editable(config_settings)


def get_requires_for_build_wheel(config_settings=None):
    """PEP 517."""
    with _brought(jar=False):
        return _setuptools.get_requires_for_build_wheel(config_settings)


def get_requires_for_build_sdist(config_settings=None):
    """PEP 517."""
    with _brought(jar=False):
        return _setuptools.get_requires_for_build_sdist(config_settings)
