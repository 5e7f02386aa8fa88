"""Hello from Flask: how much of the server's advantage a real framework leaves."""

from flask import Flask

app = Flask(__name__)


@app.route("/")
def hello():
    """Answer with the same body as the plain application."""
    return "Hello, world!\n", {"Content-Type": "text/plain"}
