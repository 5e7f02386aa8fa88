"""What a server has counted, as those read it who gather metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser
from wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client.metrics_core import Metric
    from serving import Server

OWN = "--metrics-listen=127.0.0.1:0"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Sampled:
    """The samples of one scrape."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = list(families)
        self._values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def one(self, name: str, **labels: str) -> float:
        """The value of the series with these labels and no others."""
        return self._values[name, frozenset(labels.items())]

    def all(self, name: str, *labels: str) -> dict[tuple[str, ...], float]:
        """The series of a name that are not zero, by these labels."""
        return {
            tuple(dict(found)[label] for label in labels): value
            for (sample, found), value in self._values.items()
            if sample == name and value
        }

    def names(self) -> set[str]:
        """The names of all series."""
        return {name for name, _ in self._values}


class Meter:
    """Where one server tells what it counts."""

    def __init__(self, server: Server) -> None:
        self.port = int(server.wait_for(r"Metrics on http://127\.0\.0\.1:(\d+)")[1])

    def text(self, accept: str = "*/*") -> tuple[str, str]:
        """What is told, with its media type."""
        with Connection(self.port) as connection:
            connection.ask("GET", "/metrics", f"Accept: {accept}", "Connection: close")
            head = connection.head()
            assert head.status == 200
            assert head.one("Cache-Control") == "no-store"
            return connection.body(head).decode(), str(head.one("Content-Type"))

    def sampled(self) -> Sampled:
        """The same as numbers, read from Prometheus' format."""
        text, media_type = self.text()
        assert media_type == PROMETHEUS
        return Sampled(parser.text_string_to_metric_families(text))

    def sampled_as_openmetrics(self) -> Sampled:
        """The same, read from the format that is stricter."""
        text, media_type = self.text("application/openmetrics-text")
        assert media_type == OPENMETRICS
        return Sampled(openmetrics_parser.text_string_to_metric_families(text))
