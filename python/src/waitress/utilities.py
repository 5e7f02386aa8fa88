"""The loggers of Waitress, which programs import from here. Nothing else of this module has a meaning."""

import logging

logger = logging.getLogger("waitress")
queue_logger = logging.getLogger("waitress.queue")
