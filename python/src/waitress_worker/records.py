"""Log records as JSON, one object a line, as the front writes its own."""

import calendar
import json
import logging
import time
from typing import Any, Dict

from waitress_worker.tracebacks import MOST_CHARACTERS, shortened


class JsonFormatter(logging.Formatter):
    """Makes one line of each record, in ASCII: neither the encoding of a stream nor half of a character can spoil it.

    For files of ``log_config`` too: ``"()": "waitress_worker.records.JsonFormatter"``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write the object."""
        fields: Dict[str, Any] = {
            "time": _rfc3339(record.created),
            "level": record.levelname,
            "logger": _text(record.name),
            "message": _text(_message(record)),
            "pid": record.process,
            "thread": _text(record.threadName or ""),
        }
        trace = self._trace(record)
        if trace:
            fields["exception"] = _text(trace)
        order = ("time", "level", "logger", "message", "pid", "thread", "exception")
        return "{{{}}}".format(
            ", ".join('"{}": {}'.format(name, json.dumps(fields[name])) for name in order if name in fields)
        )

    def _trace(self, record: logging.LogRecord) -> str:
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        stack = getattr(record, "stack_info", None)
        return "\n".join(part for part in (record.exc_text, stack) if part)


def _message(record: logging.LogRecord) -> str:
    """Return the message, or what there is of one whose arguments do not fit: logging would write that on many lines."""
    try:
        return record.getMessage()
    except Exception as failure:  # noqa: BLE001 -- whatever the application's own texts do
        return "{} (arguments {}: {})".format(_shown(record.msg), _shown(record.args), _shown(failure))


def _shown(value: Any) -> str:  # noqa: ANN401 -- any argument of the application
    try:
        return value if isinstance(value, str) else repr(value)
    except Exception:  # noqa: BLE001 -- as above
        return object.__repr__(value)


def _text(text: Any) -> Any:  # noqa: ANN401 -- in 2.7 there are two kinds
    """Bound a text; what is no UTF-8, and half of a character, is shown as an escape."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return shortened(text.encode("utf-8", "backslashreplace").decode("utf-8"), MOST_CHARACTERS)


def _rfc3339(seconds: float) -> str:
    whole = int(seconds)
    local = time.localtime(whole)
    minutes = (calendar.timegm(local) - whole) // 60
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    millis = int(seconds % 1 * 1000)
    return "{}.{:03d}{}{:02d}:{:02d}".format(time.strftime("%Y-%m-%dT%H:%M:%S", local), millis, sign, hours, rest)
