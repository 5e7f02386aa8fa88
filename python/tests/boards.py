"""Visitors of the notice boards, who use their pages as a browser does."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import requests
from over import OverHttp2
from urllib3.filepost import encode_multipart_formdata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOARDS = {
    "flask": "examples.flask_board:app",
    "django": "examples.django_board:application",
}
SESSION_COOKIES = {"session", "sessionid"}
TIMEOUT_SECONDS = 60
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
NOTE = re.compile(r"<li><b>(.*?)</b> <span>(.*?)</span></li>", re.DOTALL)


class Visitor(requests.Session):
    """A client with cookies, whose addresses are relative to the board's."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet."""
        super().__init__()
        self.url = url
        # Neither proxies nor passwords of whoever runs the tests.
        self.trust_env = False

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        **options: Any,  # noqa: ANN401 -- whatever requests takes
    ) -> requests.Response:
        """Send a request; without an answer in time the test fails."""
        options.setdefault("timeout", TIMEOUT_SECONDS)
        # As browsers say it, and Django wants to know it where the page is encrypted.
        self.headers["Referer"] = self.url
        return super().request(method, urljoin(self.url, url), **options)

    def hidden(self, page: str) -> dict[str, str]:
        """Fetch a page with a form and return the form's hidden fields."""
        answer = self.get(page)
        answer.raise_for_status()
        return {name: html.unescape(value) for name, value in HIDDEN.findall(answer.text)}

    def log_in(
        self,
        name: str = "ada",
        password: str = "lovelace",  # noqa: S107 -- known to everybody
        *,
        follow: bool = True,
    ) -> requests.Response:
        """Fill in the login form."""
        fields = {**self.hidden("login"), "name": name, "password": password}
        return self.post("login", data=fields, allow_redirects=follow)

    def add_note(self, text: str, *, follow: bool = True) -> requests.Response:
        """Fill in the form of the board."""
        fields = {**self.hidden("board"), "text": text}
        return self.post("board", data=fields, allow_redirects=follow)

    def notes(self) -> list[tuple[str, str]]:
        """Read author and text of every note off the page."""
        answer = self.get("board", allow_redirects=False)
        assert answer.status_code == requests.codes.ok
        found = NOTE.findall(answer.text)
        return [(html.unescape(author), html.unescape(text)) for author, text in found]

    def upload(
        self,
        name: str,
        content: bytes,
        pieces: Callable[[bytes], Iterator[bytes]] | None = None,
    ) -> requests.Response:
        """Upload a file, with a length, or chunked in these pieces."""
        hidden = self.hidden("files").items()
        file = ("file", (name, content, "application/octet-stream"))
        body, content_type = encode_multipart_formdata([*hidden, file])
        data = pieces(body) if pieces else body
        return self.post("files", data=data, headers={"Content-Type": content_type})

    def cookie_field(self) -> str:
        """Build the request field for a raw connection that takes over this session."""
        return "Cookie: " + "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    def connections(self) -> int:
        """How many connections have been opened so far."""
        adapter = self.get_adapter(self.url)
        if isinstance(adapter, OverHttp2):
            return adapter.connections()
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        pools = adapter.poolmanager.pools
        return sum(pools[key].num_connections for key in pools.keys())  # noqa: SIM118 -- no dict
