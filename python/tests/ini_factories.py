"""What the cases of ``ini/`` make: objects that show how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shown:
    """Passes for an application."""

    text: str


def shown(kind: str, global_conf: dict[str, str], local: dict[str, str], *inner: Shown) -> Shown:
    seen = {key: value for key, value in global_conf.items() if key not in {"here", "__file__"}}
    inside = f"({', '.join(each.text for each in inner)})" if inner else ""
    return Shown(f"{kind}{{{pairs(local)}}}{f'[{pairs(seen)}]' if seen else ''}{inside}")


def pairs(values: dict[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(values.items())).replace("\n", r"\n")


def app(global_conf: dict[str, str], **local: str) -> Shown:
    return shown("app", global_conf, local)


def where(global_conf: dict[str, str], **local: str) -> Shown:
    made = shown("where", {}, local)
    return Shown(f"{made.text} {global_conf['here']} {global_conf['__file__']}")


def filter_factory(global_conf: dict[str, str], **local: str) -> Any:
    return lambda inner: shown("filter", global_conf, local, inner)


def filter_app(inner: Shown, global_conf: dict[str, str], **local: str) -> Shown:
    return shown("filter", global_conf, local, inner)


def composite(loader: Any, global_conf: dict[str, str], **local: str) -> Shown:
    return shown("composite", global_conf, local, *(loader.get_app(name, global_conf) for name in local.values()))


def strict(global_conf: dict[str, str]) -> Shown:
    return shown("app", global_conf, {})


def server(application: Shown, global_conf: dict[str, str], **local: str) -> str:
    return shown("server", {}, local).text
