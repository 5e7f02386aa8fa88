"""Started by the front: ``python .../waitress_worker [preload] ADDRESS NUMBER APPLICATION``, or ``notify ADDRESS``.

Any Python can read this file.
"""

import os
import sys

if not __package__:
    # Run as a folder, which Python has put on the path; the package is imported from beside it, and then the
    # application must not see that place.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # The user may not want to have bytecode where the application lies; this place is the server's own.
    as_users_want = sys.dont_write_bytecode
    sys.dont_write_bytecode = False

if sys.version_info < (3, 6) and sys.version_info[:2] != (2, 7):
    from waitress_worker.protocol import WRONG_PYTHON

    message = "Error: workers need Python 2.7, or 3.6 and newer; {0} is {1}.{2}.{3}\n"
    sys.stderr.write(message.format(sys.executable, *sys.version_info[:3]))
    sys.exit(WRONG_PYTHON)

if sys.version_info < (3,):
    from waitress_worker.python2 import install

    install()

try:
    if sys.argv[1] == "notify":
        from waitress_worker.notify import main
    elif sys.argv[1] == "preload":
        from waitress_worker.zygote import main  # type: ignore[assignment]
    else:
        from waitress_worker.control import main  # type: ignore[assignment]
except ImportError as failure:
    missing = getattr(failure, "name", None) or str(failure)
    if missing.startswith("waitress_worker"):
        raise
    from waitress_worker.protocol import WRONG_PYTHON

    message = "Error: workers need Python's whole standard library: {0} has no module {1} (Debian: python3-minimal is not enough, install python3)\n"
    sys.stderr.write(message.format(sys.executable, missing))
    sys.exit(WRONG_PYTHON)

if not __package__:
    del sys.path[0]
    sys.dont_write_bytecode = as_users_want

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
