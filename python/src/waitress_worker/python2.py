"""Lets CPython 2.7 import this package, whose modules are written for Python 3: without what 2.7 cannot read.

Types, ``raise ... from ...`` and the mark of keyword-only parameters are blanked out when a module is imported, and nothing
moves, so that tracebacks show the source as it is. Everything else must be within the common part of both languages,
which a test sees to. This file and ``compat2.py`` are all there is for 2.7: without them it is no longer supported.
"""

import __future__

import io
import keyword
import os
import sys
import tokenize
import types

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_PACKAGE = __name__.partition(".")[0]
_FLAGS = (
    __future__.absolute_import.compiler_flag
    | __future__.division.compiler_flag
    | __future__.print_function.compiler_flag
)
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")


class Importer(object):
    """Finds and loads the modules of this package (PEP 302)."""

    def find_module(self, name, path=None):
        return self if name.startswith(_PACKAGE + ".") else None

    def load_module(self, name):
        path = os.path.join(_FOLDER, name.rpartition(".")[2] + ".py")
        module = types.ModuleType(name)
        module.__file__ = path
        module.__package__ = _PACKAGE
        # For classes without a base to be what they are in Python 3.
        module.__metaclass__ = type
        module.TYPE_CHECKING = False
        with io.open(path, encoding="utf-8") as file:
            code = compile(convert(file.read()), path, "exec", _FLAGS, True)
        sys.modules[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
        return module


def install():
    sys.meta_path.append(Importer())


def convert(source):
    """Blank out what only Python 3 can read."""
    lines = source.splitlines(True)
    typing = set()
    for statement in _statements(source):
        for first, last in _blanks(statement, typing):
            _blank(lines, first[2], last[3])
        if _is_import_of_types(statement):
            _put(lines, statement[0][2], "pass")  # it may be all that a block has
    return "".join(lines)


def _is_import_of_types(statement):
    return [token[1] for token in statement[:3]] == ["from", "typing", "import"]


def _put(lines, start, text):
    line = lines[start[0] - 1]
    lines[start[0] - 1] = line[: start[1]] + text + line[start[1] + len(text) :]


def _blank(lines, start, end):
    """Put spaces from one place to another, each a pair of line and column."""
    for row in range(start[0], end[0] + 1):
        line = lines[row - 1]
        content = len(line.rstrip("\r\n"))
        left = start[1] if row == start[0] else 0
        right = end[1] if row == end[0] else content
        lines[row - 1] = line[:left] + " " * (right - left) + line[right:]


def _statements(source):
    """The tokens of each logical line."""
    statement = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token[0] == tokenize.NEWLINE:
            yield statement
            statement = []
        elif token[0] not in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            statement.append(token)


def _blanks(statement, typing):
    """What to blank out of a statement: pairs of tokens, the first and the last."""
    words = [token[1] for token in statement]
    if _is_import_of_types(statement):
        typing.update(words[3:])
        return [(statement[0], statement[-1])]
    if words[0] == "def":
        return _types_of_function(statement)
    if words[0] == "raise":
        return [(statement[index], statement[-1]) for index in _at_depth(words, 0, "from")]
    if words[1:2] == ["="] and words[2] in typing:
        return [(statement[0], statement[-1])]  # the name of a type
    return _type_of_variable(statement, words)


def _type_of_variable(statement, words):
    """``name: type`` and ``name.attribute: type``, with a value or without."""
    colons = _at_depth(words, 0, ":")
    if not colons or colons[0] == len(words) - 1 or any(map(keyword.iskeyword, words[: colons[0]])):
        return []
    equals = _at_depth(words, 0, "=")
    if equals:
        return [(statement[colons[0]], statement[equals[0] - 1])]
    return [(statement[0], statement[-1])]


def _types_of_function(statement):
    """Those of the parameters, the mark of keyword-only ones, and what it returns."""
    words = [token[1] for token in statement]
    closing = _at_depth(words, 1, ")")[0]
    begin = None
    for index in _at_depth(words, 1, ":", "=", ",", ")"):
        if words[index] == ":":
            begin = index
        elif begin is not None:
            yield statement[begin], statement[index - 1]
            begin = None
    for index in _at_depth(words, 1, "*"):
        if words[index + 1] == ",":
            yield statement[index], statement[index + 1]
    if closing < len(words) - 2:
        # One token "->", or two.
        yield statement[closing + 1], statement[_at_depth(words, 0, ":")[0] - 1]


def _at_depth(words, wanted, *which):
    """Where some tokens are, inside so many brackets; a bracket that closes counts as inside."""
    depth = 0
    found = []
    for index, word in enumerate(words):
        if word in _OPENING:
            depth += 1
        elif depth == wanted and word in which:
            found.append(index)
        if word in _CLOSING:
            depth -= 1
    return found
