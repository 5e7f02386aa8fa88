"""The cases of ``wire/responses``: what an application says, in Python as in Java, and what its client gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from corpus import ResponseCase, responses
from performers import script

if TYPE_CHECKING:
    from performers import Performer
    from wire import Connection

CASES = responses()
DATE = re.compile(rb"(?<=\r\nDate: )[^\r]{29}(?=\r\n)")


def ask(connection: Connection, case: ResponseCase) -> bytes:
    """Return as many bytes as are expected, with the date of the cases."""
    connection.ask(case.method, script("; ".join(case.steps)), *case.fields, version=case.version)
    received = connection.exactly(len(case.answer))
    return DATE.sub(b"Thu, 01 Jan 1970 00:00:00 GMT", received, count=1)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_the_client_gets_is_what_the_case_says(performer: Performer, case: ResponseCase) -> None:
    """Byte for byte, and then an end, or the same once more: a byte too many would be the first of that."""
    with performer.connect() as connection:
        assert ask(connection, case) == case.answer
        if case.is_kept:
            assert ask(connection, case) == case.answer
        else:
            assert connection.rest() == b""
