"""The code prints every message in docs/troubleshooting.md."""

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "troubleshooting.md"
NO_SOURCES = {"tests", "docs", "bench", "site", "examples"}
LEAST_CHARACTERS = 20  # of fixed text, or a message would match anything
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


@dataclass(frozen=True)
class Text:
    """A text of the source as a regular expression, and the number of its fixed characters."""

    regex: str
    fixed: int

    def __add__(self, other: "Text") -> "Text":
        return Text(self.regex + other.regex, self.fixed + other.fixed)


ANYTHING = Text(".*", 0)


def one_of(choices: Iterable[Text]) -> Text:
    """Any of some texts."""
    found = list(choices)
    return Text(f"(?:{'|'.join(it.regex for it in found)})", min(it.fixed for it in found))


def text(node: ast.expr, names: Names) -> Text:
    """A text in the source: values stand for anything, names for the texts assigned to them."""
    found = ANYTHING
    match node:
        case ast.Constant(value=str(words)):
            found = Text(re.escape(words), len(words))
        case ast.JoinedStr(values=parts):
            found = sum((text(it, names) for it in parts), Text("", 0))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            found = text(left, names) + text(right, names)
        case ast.IfExp(body=one, orelse=other):
            found = one_of([text(one, names), text(other, names)])
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            found = text(value, names)
        case ast.Call(func=ast.Attribute(attr="error"), args=[_, rule]):  # a component's argument and its rule
            found = Text(".*: .* ", 3) + text(rule, names)
        case ast.Name(id=name) if name in names:
            others = {key: it for key, it in names.items() if key != name}
            found = one_of(text(it, others) for it in names[name])
    return found


def texts(scope: ast.AST) -> Iterator[Text]:
    """All texts in a function or module."""
    names: Names = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(scope):
        if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp | ast.Call):
            yield text(node, names)


@functools.cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """The texts of all sources, if long enough to tell them apart."""
    found: set[Text] = set()
    for path in sources():
        tree = ast.parse(path.read_text())
        found |= {*texts(ast.Module([it for it in tree.body if not isinstance(it, SCOPES)], []))}
        for scope in (it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)):
            found |= {*texts(scope)}
    return tuple(re.compile(regex) for regex in {it.regex for it in found if it.fixed >= LEAST_CHARACTERS})


@pytest.mark.parametrize("message", MESSAGES)
def test_a_quoted_message_stands_in_the_source(message: str) -> None:
    quoted = message.removesuffix("…")  # where it goes on with another text
    assert any(it.fullmatch(quoted) for it in patterns()), "no source has this text; quote the message as it is now"


def test_a_message_that_no_source_has_is_found_out() -> None:
    assert not any(it.fullmatch("the sandbox of /home/me is not in the mood; run it later") for it in patterns())


def test_there_are_messages_of_every_part() -> None:
    assert len(MESSAGES) == len(set(MESSAGES)) >= 50
