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


def pattern(node: ast.expr) -> str:
    """A text's fixed parts as a regular expression; every value in it stands for anything."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(pattern(it) for it in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return pattern(node.left) + pattern(node.right)
    return ANYTHING


@functools.cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """The texts of all sources, if long enough to tell them apart."""
    trees = (ast.parse(path.read_text()) for path in sources())
    texts = {pattern(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.expr)}
    return tuple(re.compile(it) for it in texts if len(it.replace(ANYTHING, "").replace("\\", "")) >= LEAST_CHARACTERS)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_quoted_message_stands_in_the_source(message: str) -> None:
    quoted = message.removesuffix("…")  # where it goes on with another text
    assert any(it.fullmatch(quoted) for it in patterns()), "no source has this text; quote the message as it is now"


def test_a_message_that_no_source_has_is_found_out() -> None:
    assert not any(it.fullmatch("the sandbox of /home/me is not in the mood; run it later") for it in patterns())


def test_there_are_messages_of_every_part() -> None:
    assert len(MESSAGES) == len(set(MESSAGES)) >= 50
