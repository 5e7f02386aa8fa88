"""Builds the distribution: setuptools does all but one thing, which is to put the server's jar into the package.

In a checkout the jar is what Maven has built, and Maven is run if it has not; a source distribution brings the jar along.
"""

import contextlib
import os
import shutil
import subprocess

from setuptools.build_meta import *  # noqa: F403 -- the hooks that need no jar
from setuptools.build_meta import build_sdist as _build_sdist
from setuptools.build_meta import build_wheel as _build_wheel

_HERE = os.path.dirname(os.path.abspath(__file__))
_ROOT = os.path.dirname(_HERE)
_BUILT = os.path.join(_ROOT, "cli", "target", "waitress-serve.jar")
_PACKAGED = os.path.join(_HERE, "src", "waitress", "waitress-serve.jar")


@contextlib.contextmanager
def _packaged_jar():
    if not os.path.exists(os.path.join(_ROOT, "cli", "pom.xml")):
        yield
        return
    if not os.path.exists(_BUILT):
        maven = ["mvn", "-B", "-ntp", "-q", "-f", os.path.join(_ROOT, "pom.xml")]
        subprocess.run([*maven, "-pl", "cli", "-am", "-Dmaven.test.skip=true", "package"], check=True)
    shutil.copyfile(_BUILT, _PACKAGED)
    try:
        yield
    finally:
        # A program that is run from the checkout must not find a jar of some day.
        os.remove(_PACKAGED)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """PEP 517."""
    with _packaged_jar():
        return _build_wheel(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """PEP 517."""
    with _packaged_jar():
        return _build_sdist(sdist_directory, config_settings)
