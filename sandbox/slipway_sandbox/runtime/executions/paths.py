"""JSONPath and intrinsic functions of the Amazon States Language: as much as `definition.py` lets in.

Source: https://states-language.net/spec.html#path
Source: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from slipway_sandbox.documents import Document, Json

STEP = re.compile(
    r"\.(?P<key>[A-Za-z_][\w-]*)|\[(?P<index>\d+)\]|\[(?P<every>\*)\]"
    r"|\[\?\(@\.(?P<field>\w+) ?== ?'(?P<value>[^']*)'\)\]"
)
CALL = re.compile(r"(States\.\w+)\((.*)\)", re.DOTALL)


class PathError(Exception):
    """A path or a function that leads nowhere in this data, or that the sandbox does not know."""


@dataclass(frozen=True)
class Scope:
    """What paths look into."""

    data: Json
    context: Json
    """The context object, for paths that begin with $$."""

    def value(self, expression: str) -> Json:
        """Value of a path or an intrinsic function; a list for a path with [*] or a filter. Raises PathError."""
        if call := CALL.fullmatch(expression):
            return self._called(call[1], [self._argument(text) for text in arguments(call[2])])
        root, path = (self.context, expression[2:]) if expression.startswith("$$") else (self.data, expression[1:])
        found, is_list = [root], False
        for step in steps(path, expression):
            is_list = is_list or step["every"] is not None or step["field"] is not None
            found = [item for value in found for item in step_into(value, step)]
        if is_list:
            return found
        if not found:
            raise PathError(f"The JSONPath '{expression}' could not be found in the input")
        return found[0]

    def has(self, path: str) -> bool:
        """Whether a path leads to a value."""
        try:
            self.value(path)
        except PathError:
            return False
        return True

    def filled(self, template: Json) -> Json:
        """A template of parameters, with the values of its paths. Raises PathError."""
        if isinstance(template, Mapping):
            return {
                key.removesuffix(".$"): self.value(str(value)) if key.endswith(".$") else self.filled(value)
                for key, value in template.items()
            }
        if isinstance(template, Sequence) and not isinstance(template, str):
            return [self.filled(entry) for entry in template]
        return template

    def _argument(self, text: str) -> Json:
        if text.startswith("'"):
            return text[1:-1]
        if re.fullmatch(r"-?\d+", text):
            return int(text)
        return self.value(text)

    def _called(self, name: str, values: Sequence[Json]) -> Json:
        try:
            return FUNCTIONS[name](*values)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise PathError(f"The function '{name}' had the following error: {error!r}") from error


def steps(path: str, expression: str) -> Sequence[re.Match[str]]:
    """The steps of a path after its root. Raises PathError for another form."""
    matches = list(STEP.finditer(path))
    if "".join(match[0] for match in matches) != path:
        raise PathError(f"The sandbox does not know the JSONPath '{expression}'")
    return matches


def step_into(value: Json, step: re.Match[str]) -> Sequence[Json]:
    """The values that one step leads to."""
    if step["key"] is not None:
        return [value[step["key"]]] if isinstance(value, Mapping) and step["key"] in value else []
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    if step["index"] is not None:
        return value[int(step["index"]) :][:1]
    if step["every"] is not None:
        return value
    return [entry for entry in value if isinstance(entry, Mapping) and entry.get(step["field"]) == step["value"]]


def arguments(text: str) -> list[str]:
    """The arguments of a function: cut at commas outside of brackets and quotes."""
    found, depth, quoted, begin = [], 0, False, 0
    for index, letter in enumerate(text):
        quoted ^= letter == "'"
        if not quoted:
            depth += (letter in "([") - (letter in ")]")
            if letter == "," and not depth:
                found.append(text[begin:index].strip())
                begin = index + 1
    return [*found, text[begin:].strip()] if text.strip() else []


def placed(data: Json, path: str | None, result: Json) -> Json:
    """The data with a result at a reference path: the result alone for `$`, the data alone for null."""
    if path is None:
        return data
    keys = path.split(".")[1:]
    if not keys:
        return result
    return _placed(data if isinstance(data, Mapping) else {}, keys, result)


def _placed(data: Document, keys: Sequence[str], result: Json) -> Document:
    inner = data.get(keys[0])
    value = _placed(inner if isinstance(inner, Mapping) else {}, keys[1:], result) if keys[1:] else result
    return {**data, keys[0]: value}


def _formatted(template: Json, *values: Json) -> str:
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return str(template).replace("{}", "%s") % tuple(texts)


def _sum(first: Json, second: Json) -> int:
    if not isinstance(first, int) or not isinstance(second, int):
        raise TypeError("both must be integers")
    return first + second


def _item(values: Json, index: Json) -> Json:
    if not isinstance(values, Sequence) or not isinstance(index, int):
        raise TypeError("an array and an integer are needed")
    return values[index]


def _length(values: Json) -> int:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TypeError("an array is needed")
    return len(values)


def _from_json(text: Json) -> Json:
    parsed: Json = json.loads(str(text))
    return parsed


FUNCTIONS: Mapping[str, Callable[..., Json]] = {
    "States.Array": lambda *values: list(values),
    "States.ArrayGetItem": _item,
    "States.ArrayLength": _length,
    "States.Format": _formatted,
    "States.MathAdd": _sum,
    "States.StringToJson": _from_json,
}
