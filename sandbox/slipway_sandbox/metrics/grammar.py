"""Metric math as a tree: names of metrics, numbers, operators and calls of functions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<word>[A-Za-z][A-Za-z0-9_]*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>(),\[\]]))"
)
LEVELS = (("OR", "||"), ("AND", "&&"), ("==", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/"), ("^",))
"""Operators of two sides, from those that bind loosest."""
WORDS = {"||": "OR", "&&": "AND"}


class ExpressionError(ValueError):
    """An expression that CloudWatch, or the sandbox, does not take."""


@dataclass(frozen=True)
class Name:
    """Id of another metric or expression."""

    id: str


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Text:
    """A text in quotes."""

    value: str


@dataclass(frozen=True)
class Operation:
    """An operator between two sides."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Group:
    """Several metrics, in brackets."""

    members: tuple["Node", ...]


Node: TypeAlias = "Name | Number | Text | Operation | Call | Group"


def parse(expression: str) -> Node:
    """The tree of an expression. Raises ExpressionError.

    >>> parse("errors / 2")
    Operation(operator='/', left=Name(id='errors'), right=Number(value=2.0))
    """
    reader = _Reader(expression)
    tree = reader.operation(0)
    if reader.here is not None:
        raise ExpressionError(f"{expression!r} has {reader.here!r} where it should end")
    return tree


class _Reader:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _tokens(expression)
        self._at = 0

    @property
    def here(self) -> str | None:
        """The next token; None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def operation(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._single()
        left = self.operation(level + 1)
        while self.here is not None and self.here.upper() in LEVELS[level]:
            operator = self._take().upper()
            left = Operation(WORDS.get(operator, operator), left, self.operation(level + 1))
        return left

    def _single(self) -> Node:
        word = self._take()
        tree: Node
        if word == "-":
            tree = Operation("-", Number(0.0), self.operation(len(LEVELS) - 1))
        elif word == "(":
            tree = self.operation(0)
            self._expect(")")
        elif word == "[":
            tree = Group(self._list("]"))
        elif word[0] in "\"'":
            tree = Text(word[1:-1])
        elif word[0].isdigit() or word[0] == ".":
            tree = Number(float(word))
        elif not word[0].isalpha():
            raise ExpressionError(f"{self._expression!r} has {word!r} where a metric or a number should be")
        elif self.here == "(":
            self._take()
            tree = Call(word.upper(), self._list(")"))
        else:
            tree = Name(word)
        return tree

    def _list(self, end: str) -> tuple[Node, ...]:
        members: list[Node] = []
        while self.here != end:
            members.append(self.operation(0))
            if self.here != end:
                self._expect(",")
        self._take()
        return tuple(members)

    def _take(self) -> str:
        if self.here is None:
            raise ExpressionError(f"{self._expression!r} ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        found = self._take()
        if found != token:
            raise ExpressionError(f"{self._expression!r} has {found!r} where {token!r} should be")


def _tokens(expression: str) -> list[str]:
    tokens, at, text = [], 0, expression.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"{expression!r} has {text[at:].strip()[:1]!r}, of no meaning in metric math")
        tokens.append(found[0].strip())
        at = found.end()
    return tokens
