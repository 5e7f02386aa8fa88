"""Bottle's ways to answer."""

import os
from typing import Any

from bottle import Bottle, HTTPResponse, redirect, request, response, static_file
from pages import COOKIES, PIECES, make_file

app = Bottle()
path = make_file()


@app.get("/stream")
def stream() -> Any:
    response.content_type = "text/plain"
    return iter(PIECES)


@app.get("/file")
def file() -> Any:
    return static_file(os.path.basename(path), os.path.dirname(path))


@app.get("/move")
def move() -> Any:
    return redirect("/stream", 303)


@app.get("/cookies")
def cookies() -> Any:
    for name, value in COOKIES.items():
        response.set_cookie(name, value)
    return "set"


@app.post("/form")
def form() -> Any:
    return request.forms.text


@app.get("/nothing")
def nothing() -> Any:
    return HTTPResponse(status=204)
