"""Flask's ways to answer."""

from typing import Any

from flask import Flask, redirect, request, send_file
from pages import COOKIES, PIECES, make_file

app = Flask(__name__)
path = make_file()


@app.route("/stream")
def stream() -> Any:
    return iter(PIECES), {"Content-Type": "text/plain"}


@app.route("/file")
def file() -> Any:
    return send_file(path, conditional=True)


@app.route("/move")
def move() -> Any:
    return redirect("/stream", 303)


@app.route("/cookies")
def cookies() -> Any:
    answer = app.make_response("set")
    for name, value in COOKIES.items():
        answer.set_cookie(name, value)
    return answer


@app.route("/form", methods=["POST"])
def form() -> Any:
    return request.form["text"]


@app.route("/nothing")
def nothing() -> Any:
    answer = app.response_class(status=204)
    del answer.headers["Content-Type"]
    return answer
