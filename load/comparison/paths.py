"""Where things are, all derived from this file's own place in the checkout."""

from pathlib import Path

LOAD = Path(__file__).resolve().parent.parent
ROOT = LOAD.parent
APPS = LOAD / "apps"
LAUNCHERS = LOAD / "launchers"
TARGET = ROOT / "target"
RESULTS = TARGET / "load"
VENV = TARGET / "load-venv"
JAVA = TARGET / "load-java"
OURS = ROOT / "waitress-serve"
PAGE = ROOT / "docs" / "benchmarks"
