"""The code prints every message in docs/troubleshooting.md."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
NO_SOURCES = {"tests", "docs", "bench", "site", "examples"}
LEAST_CHARACTERS = 20  # of fixed text, or a message would match anything
ANYTHING = ".*"
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Names = dict[str, list[ast.expr]]
MESSAGES = [
    line
    for block in re.findall(r"^```text\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


def sources() -> Iterator[Path]:
    """Every Python file of the product."""
    yield from ROOT.glob("*.py")
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in NO_SOURCES and not folder.name.startswith("."):
            yield from (path for path in folder.rglob("*.py") if ".venv" not in path.parts)


def pattern(node: ast.expr, names: Names) -> str:
    """A text's fixed parts as a regular expression; values stand for anything, names for the texts assigned to them."""
    found = ANYTHING
    match node:
        case ast.Constant(value=str(text)):
            found = re.escape(text)
        case ast.JoinedStr(values=parts):
            found = "".join(pattern(it, names) for it in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = pattern(left, names) + pattern(right, names)
        case ast.IfExp(body=one, orelse=other):
            found = f"(?:{pattern(one, names)}|{pattern(other, names)})"
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            found = pattern(value, names)
        case ast.Name(id=name) if name in names:
            others = {key: it for key, it in names.items() if key != name}
            found = f"(?:{'|'.join(pattern(it, others) for it in names[name])})"
    return found


def texts(scope: ast.AST) -> Iterator[str]:
    """Patterns of all texts in a function or module."""
    names: Names = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    yield from (
        pattern(node, names) for node in ast.walk(scope) if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp)
    )


@functools.cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """The texts of all sources, if long enough to tell them apart."""
    found: set[str] = set()
    for path in sources():
        tree = ast.parse(path.read_text())
        found |= {*texts(ast.Module([it for it in tree.body if not isinstance(it, SCOPES)], []))}
        for scope in (it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)):
            found |= {*texts(scope)}
    return tuple(re.compile(it) for it in found if len(re.sub(r"\\|\.\*|\(\?:", "", it)) >= LEAST_CHARACTERS)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_quoted_message_stands_in_the_source(message: str) -> None:
    quoted = message.removesuffix("…")  # where it goes on with another text
    assert any(it.fullmatch(quoted) for it in patterns()), "no source has this text; quote the message as it is now"


def test_a_message_that_no_source_has_is_found_out() -> None:
    assert not any(it.fullmatch("the sandbox of /home/me is not in the mood; run it later") for it in patterns())


def test_there_are_messages_of_every_part() -> None:
    assert len(MESSAGES) == len(set(MESSAGES)) >= 50
