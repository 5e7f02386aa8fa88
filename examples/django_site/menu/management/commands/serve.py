"""``python manage.py serve --port=8041``: the site by this process, as in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.core.wsgi import get_wsgi_application
from waitress import serve


class Command(BaseCommand):
    """Options say where to listen; the rest stands in the settings of the site."""

    help = "Serve the site until Ctrl-C or SIGTERM, with the server's settings in WAITRESS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Tell what may be given."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=8080, type=int)

    def handle(self, *_: Any, host: str, port: int, **__: Any) -> None:
        """Serve."""
        serve(get_wsgi_application(), host=host, port=port, **settings.WAITRESS)
