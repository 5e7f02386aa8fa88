"""Five frameworks and their ways to answer, bare and with the validator of the standard library before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
import requests
from boards import BOARDS, Visitor
from performers import APPS, Kind, Performer, performing
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Start

FRAMEWORKS = ["flask", "django", "pyramid", "bottle", "falcon"]
RANGES = {"flask", "pyramid", "bottle"}
CONDITIONS = {"flask", "django", "pyramid", "bottle"}
FILE = b"0123456789" + b"x" * 200_000
COMPLAINTS = ("AssertionError", "WSGIWarning", "garbage collected without being closed")


def without_complaint(log: str) -> bool:
    """Whether the validator has said nothing."""
    return not any(complaint in log for complaint in COMPLAINTS)


class Site(NamedTuple):
    """A framework's application, served."""

    framework: str
    validated: bool
    running: Performer

    @property
    def server(self) -> object:
        """Whose log is shown with a failure."""
        return self.running.server


@pytest.fixture(scope="module", params=FRAMEWORKS)
def framework(request: pytest.FixtureRequest) -> str:
    """Name each in turn."""
    return str(request.param)


@pytest.fixture(scope="module", params=[False, True], ids=["bare", "validated"])
def site(framework: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve each; what the validator has to complain of is in the log."""
    application = f"{framework}_pages:app"
    folder = tmp_path_factory.mktemp(framework)
    served = "validated:app" if request.param else application
    with performing(Kind("python", "tcp"), folder, application=served, VALIDATED=application) as running:
        yield Site(framework, request.param, running)
        log = running.server.log
    assert without_complaint(log), log


@pytest.fixture
def guest(site: Site) -> Iterator[Visitor]:
    """Come with a proper client."""
    with Visitor(site.running.server.url) as somebody:
        yield somebody


class TestFramework:
    """What its documentation promises arrives."""

    def test_streams(self, site: Site) -> None:
        """Each piece as a chunk of its own."""
        with Connection(site.running.address) as connection:
            connection.ask("GET", "/stream")
            head = connection.head()
            assert head.one("Transfer-Encoding") == "chunked"
            assert list(connection.chunks()) == [b"first ", b"second ", b"third"]
            assert head.one("Content-Length") is None

    def test_sends_a_file(self, guest: Visitor) -> None:
        for _ in range(3):
            answer = guest.get("file")
            assert answer.content == FILE
            assert answer.headers["Content-Length"] == str(len(FILE))
        assert guest.connections() == 1

    def test_sends_the_head_of_a_file(self, guest: Visitor, site: Site) -> None:
        answer = guest.head("file")
        if answer.status_code == requests.codes.method_not_allowed:
            assert site.framework == "falcon", "which has no HEAD unless it is written"
            return
        assert answer.headers["Content-Length"] == str(len(FILE))
        assert guest.get("file").content == FILE
        assert guest.connections() == 1

    def test_sends_a_part_of_a_file(self, guest: Visitor, site: Site) -> None:
        """Where the framework knows how to."""
        answer = guest.get("file", headers={"Range": "bytes=3-12"})
        if site.framework in RANGES:
            assert answer.status_code == requests.codes.partial_content
            assert answer.headers["Content-Range"] == f"bytes 3-12/{len(FILE)}"
            assert answer.content == FILE[3:13]
        else:
            assert answer.content == FILE

    def test_does_not_send_again_what_the_client_has(self, guest: Visitor, site: Site) -> None:
        first = guest.get("file")
        assert ("ETag" in first.headers) == (site.framework in CONDITIONS)
        if site.framework in CONDITIONS:
            again = guest.get("file", headers={"If-None-Match": first.headers["ETag"]})
            assert again.status_code == requests.codes.not_modified
            assert again.content == b""
        assert guest.get("file").content == FILE
        assert guest.connections() == 1

    def test_redirects(self, guest: Visitor) -> None:
        answer = guest.get("move")
        assert [step.status_code for step in answer.history] == [requests.codes.see_other]
        assert answer.text == "first second third"

    def test_sets_cookies(self, guest: Visitor) -> None:
        assert guest.get("cookies").text == "set"
        assert guest.cookies.get_dict() == {"one": "1", "two": "2"}

    @pytest.mark.parametrize("text", ["plain", "Grüße & mehr", "x" * 90_000], ids=["plain", "accents", "large"])
    def test_reads_forms(self, guest: Visitor, site: Site, text: str) -> None:
        if site.framework == "flask" and site.validated:
            pytest.skip("Werkzeug calls read() without a size, which the validator does not allow")
        assert guest.post("form", data={"text": text}).text == text

    def test_answers_with_nothing(self, guest: Visitor) -> None:
        for _ in range(2):
            answer = guest.get("nothing")
            assert (answer.status_code, answer.content) == (requests.codes.no_content, b"")
        assert guest.connections() == 1


class TestValidator:
    """Between the server and applications without a framework of its own set, or with a whole site of pages."""

    STEPS = [
        "start=200 OK; list; item=hi",
        "start=200 OK; list; item=h; item=i",
        "start=200 OK; list",
        "start=200 OK; iterate; item=abc; item=; item=d",
        "iterate; start=200 OK; item=abc",
        "header=Content-Length:6; start=200 OK; write=abc; list; item=def",
        "header=Content-Length:2; start=200 OK; iterate; item=abc",
    ]

    def test_accepts_all_that_the_server_does(self, tmp_path: Path) -> None:
        """Environ, input, start_response, write, the iterable and its end, for every method."""
        kind = Kind("python", "tcp")
        with performing(kind, tmp_path, application="validated:app", VALIDATED="performer:app") as performer:
            for steps in self.STEPS:
                for method in ("GET", "HEAD", "POST"):
                    answer = performer.perform("header=Content-Type:text/plain; " + steps, method=method)
                    assert (answer.head.status, answer.lives) == (200, True)
            for target in ("/echo", "/digest", "/a?b=c", "/input?read=3&readline&readlines&read=1", "/input?iterate"):
                request = f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\none\ntwo"
                assert performer.exchange(request.encode()).head.status == 200
        assert without_complaint(performer.server.log), performer.server.log

    def test_accepts_a_visit_to_a_board(self, start: Start) -> None:
        """Of Django: Flask reads without a size."""
        server = start("validated:app", VALIDATED=BOARDS["django"], PYTHONPATH=str(APPS))
        content = b"validated" * 100_000
        with Visitor(server.url) as visitor:
            visitor.get("")
            assert visitor.log_in().ok
            assert visitor.add_note("validated").ok
            assert visitor.upload("validated.bin", content).ok
            assert visitor.get("files/validated.bin").content == content
            assert visitor.get("raw/validated.bin").content == content
            assert visitor.get("no-such-page").status_code == requests.codes.not_found
        assert without_complaint(server.log), server.log
