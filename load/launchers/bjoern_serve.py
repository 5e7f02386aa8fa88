"""Run bjoern, which has no command line: bjoern_serve.py PORT WORKERS MODULE:ATTRIBUTE."""

import importlib
import os
import sys

import bjoern
import forks

port, workers, target = sys.argv[1:]
module, attribute = target.split(":")
bjoern.listen(getattr(importlib.import_module(module), attribute), "127.0.0.1", int(port), reuse_port=True)
forks.end_with_parent()
# As its README has it: all processes accept from one socket.
for _ in range(int(workers) - 1):
    if os.fork() == 0:
        break
bjoern.run()
