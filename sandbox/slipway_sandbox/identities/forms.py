"""The form in a request of AWS's Query protocol, read once for all who ask."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORM_TYPE = "application/x-www-form-urlencoded"
KEPT = "slipway.form"


def has_form(environ: "WSGIEnvironment") -> bool:
    """Whether the body of a request is a form."""
    return str(environ.get("CONTENT_TYPE", "")).startswith(FORM_TYPE)


def form_of(environ: "WSGIEnvironment") -> Mapping[str, str]:
    """The fields of a request's query and form, the first of each name; the body can be read again."""
    kept: dict[str, str] | None = environ.get(KEPT)
    if kept is not None:
        return kept
    text = str(environ.get("QUERY_STRING", ""))
    if has_form(environ):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        text = f"{text}&{body.decode(errors='replace')}"
    fields: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        fields.setdefault(name, value)
    environ[KEPT] = fields
    return fields
