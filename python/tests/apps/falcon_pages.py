"""Falcon's ways to answer."""

import os
from typing import Any

import falcon
from pages import COOKIES, PIECES, make_file

path = make_file()


class Stream:
    def on_get(self, request: Any, response: Any) -> None:
        response.content_type = "text/plain"
        response.stream = iter(PIECES)


class File:
    """Falcon's own answers to ranges and conditions are in its static routes; this is ``wsgi.file_wrapper``."""

    def on_get(self, request: Any, response: Any) -> None:
        file = open(path, "rb")  # noqa: SIM115 -- the server closes it
        response.content_type = "text/plain"
        response.set_stream(file, os.path.getsize(path))


class Move:
    def on_get(self, request: Any, response: Any) -> None:
        raise falcon.HTTPSeeOther("/stream")


class Cookies:
    def on_get(self, request: Any, response: Any) -> None:
        response.text = "set"
        for name, value in COOKIES.items():
            response.set_cookie(name, value, secure=False)


class Form:
    def on_post(self, request: Any, response: Any) -> None:
        response.content_type = "text/plain; charset=utf-8"
        response.text = request.get_media()["text"]


class Nothing:
    def on_get(self, request: Any, response: Any) -> None:
        response.status = 204


app = falcon.App()
for page in (Stream, File, Move, Cookies, Form, Nothing):
    app.add_route("/" + page.__name__.lower(), page())
app.add_static_route("/static", os.path.dirname(path))
