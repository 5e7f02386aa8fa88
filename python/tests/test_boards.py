"""Flask and Django: forms, cookies, redirects, as their users know them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
import requests
from boards import BOARDS, SESSION_COOKIES, Visitor

if TYPE_CHECKING:
    from serving import Server

TEXTS = [
    "plain",
    "Grüße, žluťoučký kůň, 日本語, 🦉 and 1 € £ ½",
    "<script>alert('x')</script> & \"quotes\"",
    "two\r\nlines; a=b&c=d+e%20f",
    "\u202eright to left\u202c and \u00a0no-break",
]


class TestLogin:
    """The form, its cookie, and what is behind it."""

    @pytest.mark.parametrize("page", ["board", "files", "files/x", "raw/x"])
    def test_is_asked_for(self, visitor: Visitor, page: str) -> None:
        """On every page for members."""
        answer = visitor.get(page, allow_redirects=False)
        assert answer.status_code == requests.codes.see_other
        assert urljoin(answer.url, answer.headers["Location"]) == visitor.url + "login"

    def test_with_the_wrong_password_shows_the_form_again(self, visitor: Visitor) -> None:
        """With the reason, the name as typed, and no session."""
        answer = visitor.log_in('ada "<b>', "wrong")
        assert answer.status_code == requests.codes.forbidden
        assert "Wrong name or password." in answer.text
        assert "<b>" not in answer.text
        assert not SESSION_COOKIES & set(visitor.cookies.keys())
        assert visitor.get("board").url == visitor.url + "login"

    def test_leads_to_the_board_and_lasts(self, visitor: Visitor) -> None:
        """The cookie, not the connection, is what lasts."""
        answer = visitor.log_in()
        assert answer.url == visitor.url + "board"
        with Visitor(visitor.url) as same:
            same.cookies.update(visitor.cookies)
            assert same.get("board").url == visitor.url + "board"
        with Visitor(visitor.url) as other:
            assert other.get("board").url == visitor.url + "login"

    def test_sets_its_cookies_in_fields_of_their_own(self, visitor: Visitor) -> None:
        """Set-Cookie is the field that must not be joined with commas."""
        answer = visitor.log_in(follow=False)
        fields = answer.raw.headers.getlist("Set-Cookie")
        names = {field.split("=", 1)[0] for field in fields}
        assert len(fields) == len(names) >= 2
        assert "name" in names
        assert names & SESSION_COOKIES
        assert all("Path=/" in field and "SameSite=Lax" in field for field in fields)

    def test_remembers_the_name_after_logging_out(self, member: Visitor) -> None:
        """A cookie that is kept beside one that is deleted."""
        answer = member.post("logout", data=member.hidden("board"))
        assert answer.url == member.url + "login"
        assert 'value="ada"' in answer.text
        assert not SESSION_COOKIES & set(member.cookies.keys())
        assert member.get("board").url == member.url + "login"

    def test_without_the_form_is_refused_where_it_is_protected(self, visitor: Visitor, board: Server) -> None:
        """Django's own check of cookie and hidden field; the Flask board has none."""
        answer = visitor.post("login", data={"name": "ada", "password": "lovelace"})
        protected = board.application == BOARDS["django"]
        assert answer.status_code == (requests.codes.forbidden if protected else requests.codes.ok)


class TestNotes:
    """The board itself."""

    @pytest.mark.parametrize("text", TEXTS, ids=ascii)
    def test_come_back_as_they_were_written(self, member: Visitor, text: str) -> None:
        """Through form encoding, a redirect and the page's escapes."""
        text = f"{text} {secrets.token_hex()}"
        answer = member.add_note(text, follow=False)
        assert answer.status_code == requests.codes.see_other
        assert urljoin(answer.url, answer.headers["Location"]) == member.url + "board"
        assert member.notes()[0] == ("ada", text)
        assert "<script>" not in member.get("board").text

    def test_are_posted_once_when_the_redirect_is_followed(self, member: Visitor) -> None:
        """See Other turns POST into GET."""
        text = secrets.token_hex()
        answer = member.add_note(text)
        assert [step.status_code for step in answer.history] == [requests.codes.see_other]
        assert answer.request.method == "GET"
        assert member.notes().count(("ada", text)) == 1

    def test_are_seen_by_others(self, member: Visitor) -> None:
        """One board for all."""
        text = secrets.token_hex()
        member.add_note(text)
        with Visitor(member.url) as other:
            other.log_in("grace", "hopper")
            assert ("ada", text) in other.notes()


class TestAnswersWithoutABody:
    """Redirects and conditional requests."""

    def test_home_leads_to_the_board(self, visitor: Visitor) -> None:
        """And from there to the login form."""
        answer = visitor.get("")
        steps = [step.status_code for step in answer.history]
        assert steps == [requests.codes.found, requests.codes.see_other]
        assert answer.url == visitor.url + "login"

    def test_an_unknown_page_is_the_frameworks_affair(self, visitor: Visitor) -> None:
        """404, not 500."""
        assert visitor.get("no/such/page?ä=ö").status_code == requests.codes.not_found

    def test_what_the_client_has_is_not_sent_again(self, visitor: Visitor) -> None:
        """304, and the connection serves the next request."""
        first = visitor.get("style.css")
        assert first.headers["Content-Type"].startswith("text/css")
        assert int(first.headers["Content-Length"]) == len(first.content) > 0
        tag = first.headers["ETag"]
        again = visitor.get("style.css", headers={"If-None-Match": tag})
        assert again.status_code == requests.codes.not_modified
        assert again.content == b""
        assert again.headers["ETag"] == tag
        other = visitor.get("style.css", headers={"If-None-Match": '"other"'})
        assert other.content == first.content
        assert visitor.connections() == 1
