"""Puts the validator of the standard library between the server and the application that ``VALIDATED`` names."""

import importlib
import os
from wsgiref.validate import validator

module, attribute = os.environ["VALIDATED"].split(":")
app = validator(getattr(importlib.import_module(module), attribute))
