"""Secrets in messages: every one of them becomes [secret].

A refusal, an error, a traceback and a line of progress may repeat a value of the request. The values marked as secret in
the request are known, so each is replaced, as a whole and in its parts:

    >>> hide = hider(secret_strings(wire.Secret('[{"image": "shop/hush"}]')))
    >>> hide("the image shop/hush was not pushed")
    'the image [secret] was not pushed'
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

from google.protobuf import struct_pb2
from google.protobuf.message import Message

from slipway_sandbox.provider.protocol import wire
from slipway_sandbox.provider.protocol.wire import Value

Hide = Callable[[str], str]
"""Replaces the secrets in a text."""

HIDDEN = "[secret]"
SHOWN_CHARACTERS = 60  # of a value in a message
LONG = 6  # characters; a shorter secret is replaced only as a word of its own, since "1" is also a part of other words
PLAIN = ("", "true", "false", "null", "none")  # these words give nothing away, and sentences need them


def hider(secrets: Iterable[str]) -> Hide:
    """A function to replace these secrets, the longest first."""
    forms = {form for secret in secrets if secret.strip().lower() not in PLAIN for form in _forms(secret)}
    ordered = sorted(forms, key=len, reverse=True)
    if not ordered:
        return str
    pattern = re.compile("|".join(_pattern(form) for form in ordered))
    return lambda text: pattern.sub(HIDDEN, text)


def shown(value: Value) -> str:
    """A value for a message: as JSON when it is short, else its kind and size, so the sentence can be found.

    >>> shown("10.0.0.0/8"), shown([1] * 99)
    ('"10.0.0.0/8"', 'a list of 99')
    """
    text = json.dumps(value, default=repr)
    if len(text) <= SHOWN_CHARACTERS:
        return text
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    return f"a list of {len(value)}" if isinstance(value, list) else "an object"


def request_hider(request: object) -> Hide:
    """A function to replace the secrets of a request of the engine."""
    if not isinstance(request, Message):
        return str
    structs = [value for _, value in request.ListFields() if isinstance(value, struct_pb2.Struct)]
    return hider(secret for struct in structs for secret in secret_strings(wire.from_struct(struct)))


def secret_strings(value: Value, is_secret: bool = False) -> Iterator[str]:
    """The scalars inside of every Secret in the value, as text; also those inside of its JSON."""
    if isinstance(value, wire.Secret):
        yield from secret_strings(value.value, True)
    elif isinstance(value, wire.Asset | wire.Archive):
        yield from secret_strings({name: part for name, part in value.fields.items() if name != "hash"}, is_secret)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from secret_strings(item, is_secret)
            if is_secret and len(key) >= LONG:
                yield from _unknown_words(key)
    elif isinstance(value, list):
        for item in value:
            yield from secret_strings(item, is_secret)
    elif is_secret and isinstance(value, str):
        yield value
        yield from secret_strings(_parsed(value), True)
    elif is_secret and isinstance(value, int | float):
        yield json.dumps(value)


def _unknown_words(key: str) -> Iterator[str]:
    """A key of a map, unless it looks like AWS's own: those are letters only, such as containerPort."""
    if not key.isalpha():
        yield key


def _parsed(text: str) -> Value:
    """The content of JSON text; None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        content: Value = json.loads(text)
    except ValueError:
        return None
    return content


def _forms(secret: str) -> Iterator[str]:
    """The secret as it may stand in a message: whole, by line, escaped, in a URL, in base64."""
    for part in {secret, *secret.splitlines()}:
        if stripped := part.strip():
            yield from {part, stripped, repr(part)[1:-1], json.dumps(part)[1:-1], quote(part, safe="")}
    yield base64.b64encode(secret.encode()).decode()


def _pattern(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= LONG else rf"(?<!\w){escaped}(?!\w)"
