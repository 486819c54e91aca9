"""Texts of policies with wildcards and policy variables.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Iterable, Mapping

Context = Mapping[str, tuple[str, ...]]

VARIABLE = re.compile(r"\$\{([^}]*)\}")
WITH_DEFAULT = re.compile(r"\s*([^,]+?)\s*,\s*'(.*)'\s*")
WILD = re.compile(r"[*?]|\$\{")
LITERAL = ("*", "?", "$")  # ${*}, ${?} and ${$} stand for these characters
ANY = "*"
ARN_PARTS = 6


class Variable:
    """A policy variable such as ${aws:username}, or ${aws:PrincipalTag/team, 'none'}."""

    def __init__(self, text: str) -> None:
        match = WITH_DEFAULT.fullmatch(text)
        self.key = (match[1] if match else text.strip()).lower()
        self._default = match[2] if match else None

    def value(self, context: Context) -> str | None:
        """The key's only value, else the default. None where the policy has no default."""
        values = context.get(self.key, ())
        return values[0] if len(values) == 1 else self._default


Part = str | Variable
"""A wildcard ("*" or "?" alone), a literal text after a NUL character, or a variable."""
NUL = "\0"


class Pattern:
    """One text of a policy.

    >>> Pattern("app-${aws:username}-*", has_variables=True).covers("app-ann-1", {"aws:username": ("ann",)})
    True
    """

    def __init__(self, text: str, *, has_variables: bool) -> None:
        self.source = text
        self._parts = _parts(text) if has_variables and "${" in text else None
        self.keys = frozenset(part.key for part in self._parts or () if isinstance(part, Variable))
        self._regexes: dict[bool, re.Pattern[str]] = {}  # policies of AWS have thousands of patterns; few are used

    def text(self, context: Context) -> str | None:
        """The text with the values of its variables, without wildcards. None where a variable has no value."""
        if self._parts is None:
            return self.source
        words = [part.value(context) if isinstance(part, Variable) else part.removeprefix(NUL) for part in self._parts]
        return None if None in words else "".join(word for word in words if word is not None)

    def covers(self, text: str, context: Context) -> bool:
        """Whether the pattern stands for a text."""
        regex = self._regex(context, is_arn=False)
        return regex is not None and regex.fullmatch(text) is not None

    def covers_arn(self, arn: str, context: Context) -> bool:
        """Whether the pattern stands for an ARN. A wildcard stays within one of its six parts, unless it ends the part."""
        if self.source == ANY:
            return True
        regex = self._regex(context, is_arn=True)
        return regex is not None and regex.fullmatch(arn) is not None

    def may_cover(self, start: str) -> bool:
        """Whether the pattern may stand for an ARN that begins with `start`, of which a "*" ends the known part."""
        own, known = WILD.split(self.source, maxsplit=1)[0], start.partition("*")[0]
        return own.startswith(known) or known.startswith(own)

    def _regex(self, context: Context, *, is_arn: bool) -> re.Pattern[str] | None:
        """The regular expression with the values of the variables. None where one has no value."""
        if self._parts is None:
            regex = self._regexes.get(is_arn)
            if regex is None:
                regex = self._regexes[is_arn] = re.compile(_source(_wildcards(self.source), is_arn=is_arn), re.DOTALL)
            return regex
        words: list[Part] = []
        for part in self._parts:
            value = part.value(context) if isinstance(part, Variable) else part
            if value is None:
                return None
            words.append(NUL + value if isinstance(part, Variable) else value)
        return re.compile(_source(words, is_arn=is_arn), re.DOTALL)


class Actions:
    """Patterns of actions, found by the prefix of a service.

    >>> Actions(["sqs:Send*", "s3:*"]).cover("sqs:sendmessage")
    True
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_prefix: dict[str, list[Pattern]] = {}
        for text in texts:
            prefix = text.lower().partition(":")[0]
            place = ANY if WILD.search(prefix) else prefix
            self._by_prefix.setdefault(place, []).append(Pattern(text.lower(), has_variables=False))
        self._asked: dict[str, bool] = {}

    def cover(self, action: str) -> bool:
        """Whether a pattern stands for an action in lower case."""
        answer = self._asked.get(action)
        if answer is None:
            own = self._by_prefix.get(action.partition(":")[0], ())
            answer = any(pattern.covers(action, {}) for pattern in (*own, *self._by_prefix.get(ANY, ())))
            self._asked[action] = answer
        return answer


def _source(parts: list[Part], *, is_arn: bool) -> str:
    source, colons = [], 0
    for index, part in enumerate(parts):
        text = str(part)
        if text == "?":
            source.append(".")
        elif text == "*":
            following = str(parts[index + 1]) if index + 1 < len(parts) else ""
            is_inside = following not in ("", "*", "?") and not following.startswith(NUL + ":")
            source.append("[^:]*" if is_arn and is_inside and colons < ARN_PARTS - 1 else ".*")
        else:
            source.append(re.escape(text[1:]))
            colons += text.count(":")
    return "".join(source)


def _parts(text: str) -> list[Part]:
    parts: list[Part] = []
    position = 0
    for match in VARIABLE.finditer(text):
        parts += _wildcards(text[position : match.start()])
        parts.append(NUL + match[1] if match[1] in LITERAL else Variable(match[1]))
        position = match.end()
    return parts + _wildcards(text[position:])


def _wildcards(text: str) -> list[Part]:
    return [piece if piece in ("*", "?") else NUL + piece for piece in re.split(r"([*?])", text) if piece]
