"""Started by the front: ``python …/waitress_worker ADDRESS NUMBER APPLICATION``."""

import os
import sys

if not __package__:
    # Run as a folder, which Python has put on the path; the package is imported from beside it, and then the
    # application must not see that place.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    from waitress_worker.control import main

    del sys.path[0]
else:
    from waitress_worker.control import main

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
