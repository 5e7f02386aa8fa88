"""Run fastwsgi, whose command line knows one worker only: fastwsgi_serve.py PORT WORKERS MODULE:ATTRIBUTE."""

import importlib
import sys

import fastwsgi
import forks

port, workers, target = sys.argv[1:]
module, attribute = target.split(":")
app = getattr(importlib.import_module(module), attribute)
forks.end_with_parent()
fastwsgi.run(app, host="127.0.0.1", port=int(port), loglevel=2, workers=int(workers))
