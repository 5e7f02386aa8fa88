"""The ways in that frameworks' own documentation shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from scripts import Script

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

app = cherrypy.tree.mount(Root(), "/")
serve(app, listen="127.0.0.1:0")
""",
}


class Framework(Script):
    """A program whose libraries may warn."""

    warnings = "ignore"


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.usefixtures("jar")
def test_answers_as_its_documentation_says(tmp_path: Path, way: str) -> None:
    pytest.importorskip(way)
    path = tmp_path / "serving.py"
    path.write_text(HEAD + WAYS[way])
    server = Framework(path)
    try:
        answer = requests.get(server.url + "hello", timeout=10)
        assert (answer.status_code, answer.text) == (200, "hello")
        server.stop()
    finally:
        server.kill()
