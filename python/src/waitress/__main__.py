"""``python -m waitress``: the same as ``waitress-serve``."""

import sys

from waitress.runner import run

if __name__ == "__main__":
    sys.exit(run())
