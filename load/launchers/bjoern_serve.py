"""Run bjoern, which has no command line: bjoern_serve.py PORT MODULE:ATTRIBUTE."""

import importlib
import sys

import bjoern

port, target = sys.argv[1:]
module, attribute = target.split(":")
bjoern.run(getattr(importlib.import_module(module), attribute), "127.0.0.1", int(port))
