"""The form in a request of AWS's Query protocol, read once for all who ask."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

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
    if kept is None:
        kept = {}
        for name, value in [*_pairs(environ.get("QUERY_STRING")), *_pairs(_body(environ))]:
            kept.setdefault(name, value)
        environ[KEPT] = kept
    return kept


def let_the_form_speak(environ: "WSGIEnvironment") -> None:
    """Leaves only the signature in the query where the form has the operation: services differ in which one they read first."""
    if not environ.get("QUERY_STRING") or not any(name == "Action" for name, _ in _pairs(_body(environ))):
        return
    asked = _pairs(environ["QUERY_STRING"])
    environ["QUERY_STRING"] = urlencode([(name, value) for name, value in asked if name.startswith("X-Amz-")])
    environ.pop(KEPT, None)


def _body(environ: "WSGIEnvironment") -> str:
    if not has_form(environ):
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return str(body, errors="replace")


def _pairs(text: str | None) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True) if text else []
