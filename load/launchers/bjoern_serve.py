"""Run bjoern, which has no command line: bjoern_serve.py PORT WORKERS MODULE:ATTRIBUTE."""

import importlib
import os
import sys

import bjoern

port, workers, target = sys.argv[1:]
module, attribute = target.split(":")
bjoern.listen(getattr(importlib.import_module(module), attribute), "127.0.0.1", int(port), reuse_port=True)
# As its README has it: all processes accept from one socket.
for _ in range(int(workers) - 1):
    if os.fork() == 0:
        break
bjoern.run()
