"""The ways in that frameworks' own documentation shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import requests
from scripts import Program, Script
from serving import COMMAND, Server

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "import logging\nlogging.basicConfig(level=logging.INFO)\n"

WAYS = {
    "flask": """
from flask import Flask
from waitress import serve
app = Flask("hello")
app.add_url_rule("/hello", view_func=lambda: "hello")
serve(app, host="127.0.0.1", port=0)
""",
    "django": """
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF="__main__", SECRET_KEY="s", ALLOWED_HOSTS=["*"])
django.setup()
urlpatterns = [path("hello", lambda request: HttpResponse("hello"))]
from django.core.wsgi import get_wsgi_application
from waitress import serve
serve(get_wsgi_application(), listen="127.0.0.1:0")
""",
    "pyramid": """
from pyramid.config import Configurator
from pyramid.response import Response
from waitress import serve
with Configurator() as config:
    config.add_route("hello", "/hello")
    config.add_view(lambda request: Response("hello"), route_name="hello")
    app = config.make_wsgi_app()
serve(app, host="127.0.0.1", port=0)
""",
    "bottle": """
import bottle
bottle.route("/hello")(lambda: "hello")
bottle.run(server="waitress", host="127.0.0.1", port=0)
""",
    "falcon": """
import falcon
from waitress import serve

class Hello:
    def on_get(self, request, response):
        response.text = "hello"

app = falcon.App()
app.add_route("/hello", Hello())
serve(app, listen="127.0.0.1:0")
""",
    "cherrypy": """
import cherrypy
from waitress import serve

class Root:
    @cherrypy.expose
    def hello(self):
        return "hello"

cherrypy.config.update({"environment": "embedded"})
app = cherrypy.tree.mount(Root(), "/")
cherrypy.server.unsubscribe()
cherrypy.engine.start()
serve(app, listen="127.0.0.1:0")
cherrypy.engine.exit()
""",
}

#: Modules, and what the command is given to serve them.
COMMANDS = {
    "flask": (
        "flaskr/__init__.py",
        """
import os
import sqlite3
from flask import Flask, current_app

def create_app(test_config=None):
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(SECRET_KEY="dev", DATABASE=os.path.join(app.instance_path, "flaskr.sqlite"))
    os.makedirs(app.instance_path, exist_ok=True)

    @app.route("/hello")
    def hello():
        with sqlite3.connect(current_app.config["DATABASE"]) as database:
            return database.execute("SELECT 'hello'").fetchone()[0]

    return app
""",
        ["--call", "flaskr:create_app"],
    ),
    "falcon": (
        "look/app.py",
        """
import falcon

class Hello:
    def on_get(self, request, response):
        response.text = "hello"

app = falcon.App()
app.add_route("/hello", Hello())
""",
        ["look.app:app"],
    ),
    "cherrypy": (
        "pages/root.py",
        """
import cherrypy

class Root:
    @cherrypy.expose
    def hello(self):
        return "hello"

cherrypy.config.update({"environment": "embedded"})
application = cherrypy.Application(Root(), script_name="", config=None)
""",
        ["pages.root:application"],
    ),
}


class Framework(Script):
    """A program whose libraries may warn."""

    warnings = "ignore"


def check_that_it_answers(server: Server) -> None:
    """And that it ends as it should."""
    try:
        answer = requests.get(server.url + "hello", timeout=10)
        assert (answer.status_code, answer.text) == (200, "hello")
        server.stop()
    finally:
        server.kill()


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.usefixtures("jar")
def test_answers_as_its_documentation_says(tmp_path: Path, way: str) -> None:
    pytest.importorskip(way)
    path = tmp_path / "serving.py"
    path.write_text(HEAD + WAYS[way])
    check_that_it_answers(Framework(path))


@pytest.mark.parametrize("framework", list(COMMANDS))
@pytest.mark.usefixtures("jar")
def test_is_served_by_the_command_in_its_folder(tmp_path: Path, framework: str) -> None:
    pytest.importorskip(framework)
    module, text, arguments = COMMANDS[framework]
    (tmp_path / module).parent.mkdir()
    (tmp_path / module).write_text(text)
    command = [COMMAND, f"--python={sys.executable}", "--listen=127.0.0.1:0", *arguments]
    check_that_it_answers(Program(tmp_path, *command))
