"""moto's parsers of requests, for what a request has: they look for every parameter that an operation knows."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.core.parse import UNDEFINED, EC2QueryParser, QueryParser, RestJSONParser, RestXMLParser
from moto.core.request import environ_key_for_header

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from moto.core.model import OperationModel

Parameters = dict[str, object]
TEXT = "string"
Parser = Any  # moto's parsers have no types
Named = tuple[str, Any, bool]
"""Name of a parameter, its shape, and whether its value is the text itself."""


def parsed_form(operation: "OperationModel", protocol: str, fields: Mapping[str, str]) -> Parameters:
    """The parameters in a form of the Query protocol or of EC2's."""
    form = _form(operation, protocol)
    parsed: Parameters = {}
    for label in fields:
        field = label.partition(".")[0]
        if (member := form.members.get(field)) and member[0] not in parsed:
            name, prefix, shape = member
            if shape.type_name == TEXT and prefix in fields:
                parsed[name] = fields[prefix]
                continue
            value = _read(form.parser, shape, fields.get(field), fields, prefix)
            if value is not UNDEFINED:
                parsed[name] = value
    return parsed


@dataclass(frozen=True)
class _Form:
    """What a form of an operation may have."""

    parser: Parser
    members: Mapping[str, tuple[str, str, Any]]
    """The first word of a field's name, to the parameter's name, prefix in the form, and shape."""


@cache
def _form(operation: "OperationModel", protocol: str) -> _Form:
    parser: Parser = FORM_PARSERS[protocol](operation)
    members = {}
    for name, shape in (operation.input_shape.members if operation.input_shape else {}).items():
        prefix = parser._get_serialized_name(shape, name)  # noqa: SLF001 - as above
        is_flat = protocol == "query" and shape.type_name == "list" and shape.is_flattened
        first = (parser._get_serialized_name(shape.member, None) if is_flat else None) or prefix  # noqa: SLF001
        members[first] = (name, prefix, shape)
    return _Form(parser, members)


@dataclass(frozen=True)
class _Places:
    """Where a REST operation has its parameters."""

    headers: Mapping[str, Named]
    """By the header, as WSGI names it."""
    query: Mapping[str, Named]
    labels: Mapping[str, Named]
    is_streamed: bool
    """Whether the body is the content of something, which says nothing."""


@cache
def _places(operation: "OperationModel") -> _Places:
    shape = operation.input_shape
    tables: dict[str, dict[str, Named]] = {"header": {}, "querystring": {}, "uri": {}}
    for name, member in (shape.members if shape else {}).items():
        table = tables.get(member.serialization.get("location", ""))
        if table is not None and member.type_name != "map":
            is_text = member.type_name == TEXT and "jsonvalue" not in member.serialization
            table[member.serialization.get("name", name)] = (name, member, is_text)
    headers = {environ_key_for_header(header): named for header, named in tables["header"].items()}
    payload = shape.serialization.get("payload") if shape else None
    is_streamed = bool(payload and shape and shape.members[payload].type_name in ("blob", "string"))
    return _Places(headers, tables["querystring"], tables["uri"], is_streamed)


@cache
def _rest_parser(operation: "OperationModel") -> Parser:
    return REST_PARSERS[str(operation.service_model.protocol)](operation)


def is_streamed(operation: "OperationModel") -> bool:
    """Whether the body of a REST operation is content, such as an object's."""
    return _places(operation).is_streamed


def parsed_rest(
    operation: "OperationModel",
    environ: "WSGIEnvironment",
    query: Mapping[str, list[str]],
    labels: Mapping[str, str],
    body: bytes,
) -> Parameters:
    """The parameters of a REST request, without the free names of headers: they say nothing of rights."""
    parser, places, parsed = _rest_parser(operation), _places(operation), {}
    for header in places.headers.keys() & environ.keys():
        name, shape, is_text = places.headers[header]
        text = environ[header]
        parsed[name] = text if is_text else _read(parser, shape, text, text)
    for key in places.query.keys() & query.keys():
        name, shape, is_text = places.query[key]
        values = query[key] if shape.type_name == "list" else query[key][0]
        parsed[name] = values if is_text else _read(parser, shape, values, values)
    for label, value in labels.items():
        name, shape, is_text = places.labels[label]
        parsed[name] = value if is_text else _read(parser, shape, value, value)
    if body and operation.input_shape:
        with contextlib.suppress(
            AttributeError, TypeError, ValueError
        ):  # the service refuses such a body, and the rest tells what is judged
            parser._parse_payload({"body": body}, operation.input_shape, operation.input_shape.members, parsed)  # noqa: SLF001
    return parsed


def _read(parser: Parser, shape: Any, text: object, *source: object) -> object:
    """One parameter; its text where it is not of its type: the service refuses it, and it must not hide the call from the judge."""
    try:
        return parser._parse_shape(shape, *source)  # noqa: SLF001 - what moto's parse does for each parameter
    except ValueError:
        return text


FORM_PARSERS: Mapping[str, Parser] = {"query": QueryParser, "ec2": EC2QueryParser}
REST_PARSERS: Mapping[str, Parser] = {"rest-json": RestJSONParser, "rest-xml": RestXMLParser}
