"""Draws the chart of a comparison, from JSON on standard input: NAME-light.svg and NAME-dark.svg."""

import json
import sys

import pygal
from pygal.style import Style

_SERVERS = (
    *("#0b7a75", "#d1495b", "#edae49", "#b07aa1", "#9aa5b1", "#30638e"),
    *("#66a182", "#8d6a4f", "#e17c05", "#5f4690", "#73af48"),
)
_INK_ON_PAPER = {"light": ("#24292f", "#ffffff"), "dark": ("#c9d1d9", "#0d1117")}
_ROW_PIXELS = 16
_MARGIN_PIXELS = 160


def main() -> None:
    """Draw both."""
    what = json.load(sys.stdin)
    for name, (ink, paper) in _INK_ON_PAPER.items():
        style = Style(
            background=paper, plot_background=paper, foreground=ink, foreground_strong=ink, colors=_SERVERS
        )
        rows = len(what["cells"]) * (len(what["servers"]) + 1)
        height = _MARGIN_PIXELS + _ROW_PIXELS * rows
        chart = pygal.HorizontalBar(style=style, js=[], width=900, height=height, legend_at_bottom=True)
        chart.title = "Requests per second ÷ ours"
        chart.x_labels = what["cells"]
        for server, values in what["servers"].items():
            chart.add(server, values)
        chart.render_to_file(f"{sys.argv[1]}-{name}.svg")


main()
