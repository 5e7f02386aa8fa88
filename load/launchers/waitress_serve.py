"""Run Waitress's own command without the warning that it logs for each request that waits for a thread."""

import logging

from waitress.runner import run

logging.getLogger("waitress.queue").setLevel(logging.ERROR)
run()
