"""The command lines of the measurements, that of load/compare first."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable, NamedTuple, Sequence

from comparison.servers import SERVERS
from comparison.workloads import WORKLOADS


class Options(NamedTuple):
    """What the user asked for."""

    rounds: int
    seconds: float
    threads: int
    workers: int
    starts: int
    servers: list[str]
    workloads: list[str]
    connections: list[int] | None
    base: str
    python: str
    pin: bool
    json: Path | None
    publish: bool


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; argparse answers mistakes and ends the program with status 2."""
    chosen = Options(**vars(_parser().parse_args(arguments)))
    servers = [server.name for server in SERVERS if server.by_default or chosen.publish]
    # Most servers cannot hold a crowd: whoever asks for it names those that can.
    workloads = [workload.name for workload in WORKLOADS if workload.beside is None or chosen.publish]
    return chosen._replace(servers=chosen.servers or servers, workloads=chosen.workloads or workloads)


def _parser() -> argparse.ArgumentParser:
    servers = [server.name for server in SERVERS]
    usual = [server.name for server in SERVERS if server.by_default]
    workloads = [workload.name for workload in WORKLOADS]
    parser = parser_of("compare", "Compare this server with its peers on this machine", rounds=3, seconds=1)
    add = parser.add_argument
    add("--threads", type=_positive, default=4, help="threads of each server's worker")
    add("--workers", type=_positive, default=1, help="worker processes of each server")
    add(
        "--starts",
        type=_natural,
        default=3,
        help="starts of each server alone, for their time and its memory",
    )
    add(
        "--servers",
        type=names(servers),
        help=f"instead of {','.join(usual)}: comma list of {','.join(servers)}, or all",
    )
    add("--workloads", type=names(workloads), help=f"comma list of {','.join(workloads)}, or all")
    add("--connections", type=counts, help="comma list; instead of each workload's own")
    add("--base", choices=servers, default="ours", help="the server that ratios divide by the others")
    add("--python", default=sys.executable, help="the Python that runs servers and applications")
    add("--pin", action="store_true", help="keep the server on one CPU and wrk on another")
    add("--publish", action="store_true", help="measure all that docs/benchmarks shows, and write it")
    add("--json", type=Path, metavar="FILE", help="write the raw results to FILE as well")
    return parser


#: What every measurement means by the same word.
_SHARED = {
    "connections": "connections of wrk",
    "starts": "how often the servers are started: no two JVMs compile the same",
    "rounds": "how often each is measured after every start",
    "seconds": "of load each time",
    "warmup": "seconds of load before the first round, not counted",
}


def parser_of(command: str, purpose: str, **defaults: int) -> argparse.ArgumentParser:
    """Make the parser of a command of this folder, with the shared options for which it has a default."""
    parser = argparse.ArgumentParser(
        prog=f"load/{command}",
        description=f"{purpose}; see load/README.md.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for option, default in defaults.items():
        kind = _natural if option == "warmup" else _positive
        parser.add_argument(f"--{option}", type=kind, default=default, help=_SHARED[option])
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        msg = f"{text} is less than 1"
        raise argparse.ArgumentTypeError(msg)
    return value


def _natural(text: str) -> int:
    return 0 if text == "0" else _positive(text)


def counts(text: str) -> list[int]:
    """Read a comma list of numbers, each at least 1."""
    return [_positive(part) for part in text.split(",")]


def names(known: list[str]) -> Callable[[str], list[str]]:
    """Make a reader of comma lists of ``known`` names, which keeps the table's order."""

    def read(text: str) -> list[str]:
        asked = known if text == "all" else text.split(",")
        unknown = [name for name in asked if name not in known]
        if unknown:
            msg = f"{', '.join(unknown)}: not one of {', '.join(known)}"
            raise argparse.ArgumentTypeError(msg)
        return [name for name in known if name in asked]

    return read
