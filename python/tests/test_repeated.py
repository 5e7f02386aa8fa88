"""Requests that are much alike: the front sends of them what differs, and the application sees no difference."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from probes import until, workers
from wire import Connection

if TYPE_CHECKING:
    from conftest import Start
    from serving import Server

APPS = Path(__file__).parent / "apps"

#: More than the front has templates.
MANY = 700

FIELDS = [
    "Host: a",
    "Host: b",
    "Accept: text/html",
    "Accept: */*",
    "Cookie: session=1",
    "Cookie: session=2",
    "Referer: http://a/b",
    "X-Request-Id: 17",
    'If-None-Match: "x"',
    "X-Forwarded-For: 10.1.2.3",
    "X_Forwarded_For: 10.1.2.3",
    "X-Forwarded-Proto: https",
]

numbers = itertools.count()


def ask(connection: Connection, method: str, target: str, fields: list[str], body: str = "") -> dict[str, Any]:
    """Send a request; return what the application has seen of it."""
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{method} {target} HTTP/1.1", *fields, *length, "", body]
    connection.send("\r\n".join(lines).encode())
    head = connection.head()
    assert head.status == 200
    seen: dict[str, Any] = json.loads(connection.body(head))
    return seen


def ask_as_never_before(port: int, method: str, target: str, fields: list[str], body: str = "") -> dict[str, Any]:
    """The same with a field that no other request has, and that is taken out again."""
    with Connection(port) as connection:
        seen = ask(connection, method, target, [*fields, f"X-Unique: {next(numbers)}"], body)
    del seen["HTTP_X_UNIQUE"]
    return seen


def check(port: int, seed: int) -> None:
    dice = random.Random(seed)
    with Connection(port) as connection:
        for _ in range(60):
            host = dice.choice(FIELDS[:2])
            fields = [host, *dice.sample(FIELDS[2:], dice.randrange(4))]
            method = dice.choice(["GET", "GET", "POST", "OPTIONS"])
            target = dice.choice(["/", "/a%20b?c", "/d", "http://else/e"])
            body = dice.choice(["", "", "x", "y" * 5000])
            for _ in range(dice.randrange(1, 4)):
                seen = ask(connection, method, target, fields, body)
                wanted = ask_as_never_before(port, method, target, fields, body)
                del seen["REMOTE_PORT"], wanted["REMOTE_PORT"]
                assert seen == wanted


@pytest.mark.parametrize("options", [(), ("--workers=2", "--threads=2"), ("--trusted-proxy=127.0.0.1",)])
def test_are_seen_as_if_they_were_the_first(start: Start, options: tuple[str, ...]) -> None:
    server = start("repeated:app", *options, PYTHONPATH=str(APPS))
    with ThreadPoolExecutor(3) as clients:
        for result in [clients.submit(check, server.port, seed) for seed in range(3)]:
            result.result(120)


def check_many(server: Server) -> None:
    with Connection(server.port) as connection:
        for _ in range(3):
            for number in range(MANY):
                seen = ask(connection, "GET", f"/{number}", ["Host: a", f"X-Number: {number}"])
                assert (seen["PATH_INFO"], seen["HTTP_X_NUMBER"]) == (f"/{number}", str(number))


def test_may_be_of_more_kinds_than_are_remembered(start: Start) -> None:
    check_many(start("repeated:app", PYTHONPATH=str(APPS)))


def test_are_understood_by_new_workers(start: Start) -> None:
    """Those learn again what the ones before them knew."""
    server = start("repeated:app", PYTHONPATH=str(APPS))
    for _ in range(3):
        with Connection(server.port) as connection:
            for _ in range(5):
                assert ask(connection, "GET", "/", ["Host: a"])["HTTP_HOST"] == "a"
        kill_all(server)


def kill_all(server: Server) -> None:
    """Kill the workers there are, and wait for the next."""
    before = set(workers(server))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: set(workers(server)) - before, "a new worker")
