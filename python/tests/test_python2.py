"""What keeps the worker within reach of CPython 2.7 and of Pythons that are too old, tested without them."""

from __future__ import annotations

import ast
import os
import sys
from typing import TYPE_CHECKING, Any, Callable

import pytest
from serving import ROOT, Server

from waitress_worker.python2 import convert

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ROOT / "python" / "src" / "waitress_worker"
#: Read by 2.7 as they are.
NATIVE = ["__init__.py", "__main__.py", "python2.py"]
CONVERTED = sorted(path.name for path in SOURCES.glob("*.py") if path.name not in NATIVE)

#: Kinds of syntax that Python 2.7 does not have, or understands in another way; of some of them, which ones.
LATER: dict[type[ast.AST], Callable[[Any], object]] = {
    **dict.fromkeys((ast.AnnAssign, ast.AsyncFunctionDef, ast.Await, ast.JoinedStr, ast.MatMult), bool),
    **dict.fromkeys((ast.NamedExpr, ast.Nonlocal, ast.YieldFrom), bool),
    ast.arg: lambda node: node.annotation,
    ast.arguments: lambda node: node.kwonlyargs or node.posonlyargs,
    ast.Call: lambda node: isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args,
    ast.ClassDef: lambda node: node.keywords,
    ast.Dict: lambda node: None in node.keys,
    ast.FunctionDef: lambda node: node.returns,
    ast.Raise: lambda node: node.cause,
    # In a call it was there before.
    **dict.fromkeys((ast.List, ast.Set, ast.Tuple), lambda node: any(type(item) is ast.Starred for item in node.elts)),
}


def faults(tree: ast.AST) -> list[str]:
    return [ast.unparse(node) for node in ast.walk(tree) if type(node) in LATER and LATER[type(node)](node)]


@pytest.mark.parametrize("name", CONVERTED)
def test_a_module_is_within_what_python_2_7_reads(name: str) -> None:
    """And nothing of it has moved."""
    source = (SOURCES / name).read_text(encoding="utf-8")
    converted = convert(source)
    assert not faults(ast.parse(converted))
    assert list(map(len, converted.splitlines())) == list(map(len, source.splitlines()))
    names = {node.id for node in ast.walk(ast.parse(converted)) if isinstance(node, ast.Name)}
    assert not names & {"Any", "Callable", "Dict", "List", "Optional", "Tuple", "Union"}


def tree(name: str) -> ast.Module:
    return ast.parse(convert((SOURCES / name).read_text(encoding="utf-8")))


def names_of(module: str) -> set[str]:
    """What a module has; that of compat2 is in compat too."""
    nodes = [*ast.walk(tree(f"{module}.py")), *(ast.walk(tree("compat2.py")) if module == "compat" else [])]
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return made | {
        name.asname or name.name for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names
    }


@pytest.mark.parametrize("name", CONVERTED)
def test_a_module_imports_what_others_have_there(name: str) -> None:
    """The names of types are not among it."""
    for node in tree(name).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("waitress_worker."):
            assert {each.name for each in node.names} <= names_of(str(node.module).partition(".")[2])


@pytest.mark.parametrize("name", NATIVE)
def test_a_module_that_is_not_converted_is_ascii(name: str) -> None:
    """Without an encoding line, which none of ours has, all else is an error there."""
    source = (SOURCES / name).read_text(encoding="ascii")
    assert convert(source) == source
    assert not faults(ast.parse(source))


@pytest.mark.parametrize(
    ("source", "converted"),
    [
        ("from typing import (\n    Any,\n    List,\n)\n", "pass\n\n\n\n"),
        ("if TYPE_CHECKING:\n    from typing import NoReturn\n", "if TYPE_CHECKING:\n    pass\n"),
        ("from typing import List\nX = List[int]\nY = list[1:2]\n", "pass\n\nY = list[1:2]\n"),
        ("a: int = 1\n", "a = 1\n"),
        ("a.b: 'List[int]' = {1: 2}\n", "a.b = {1: 2}\n"),
        ("a: int\n", "\n"),
        (
            "def f(a: int, *, b: 'X[a, b]' = {1: 2}, **c: Y) -> Z[1]:\n    pass\n",
            "def f(a, b = {1: 2}, **c):\n    pass\n",
        ),
        (
            "def f(\n    a: X[\n        1\n    ],\n):  # a: b\n    pass\n",
            "def f(\n    a\n\n    ,\n):  # a: b\n    pass\n",
        ),
        ("def f(*a: X, b=1): return a\n", "def f(*a, b=1): return a\n"),
        ("raise A(b) from c\n", "raise A(b)\n"),
        ("if a: b = c\nelse: d = e[1:2]\n", "if a: b = c\nelse: d = e[1:2]\n"),
        ("lambda: (yield 1)\nx = 'a: int'\n", "lambda: (yield 1)\nx = 'a: int'\n"),
    ],
)
def test_what_only_python_3_reads_is_blanked_out(source: str, converted: str) -> None:
    def squeezed(text: str) -> list[str]:
        return ["".join(line.split()) for line in text.split("\n")]

    assert squeezed(convert(source)) == squeezed(converted)


OLD = """#!{python}
import runpy, sys
sys.version_info = {version!r}
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.usefixtures("jar")
@pytest.mark.skipif(os.name == "nt", reason="a script is no program there")
@pytest.mark.parametrize("version", [(2, 6, 9), (3, 0, 1), (3, 5, 10)])
def test_a_python_that_is_too_old_is_refused_with_one_line(tmp_path: Path, version: tuple[int, ...]) -> None:
    script = tmp_path / "python"
    script.write_text(OLD.format(python=sys.executable, version=version))
    script.chmod(0o700)
    server = Server("examples.hello:app", f"--python={script}")
    assert server.process.wait() == 1
    server.kill()
    told = ".".join(map(str, version))
    assert server.log == f"Error: workers need Python 2.7, or 3.6 and newer; {sys.executable} is {told}\n"
