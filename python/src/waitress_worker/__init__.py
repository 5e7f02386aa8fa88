"""The Python side of a worker process: it runs a WSGI application for the front, which speaks HTTP.

A package of its own name, so that an application that imports ``waitress`` finds the one of its environment.
"""
