"""A Flask application that OpenTelemetry instruments, and that sends its spans to ``TRACED_COLLECTOR``."""

from __future__ import annotations

import os

from flask import Flask
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import set_tracer_provider

provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
provider.add_span_processor(
    SimpleSpanProcessor(OTLPSpanExporter(endpoint=os.environ["TRACED_COLLECTOR"] + "/v1/traces"))
)
set_tracer_provider(provider)

app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


@app.get("/items/<number>")
def item(number: str) -> str:
    return number
