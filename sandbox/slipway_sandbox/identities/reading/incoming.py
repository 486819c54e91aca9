"""From an HTTP request to the AWS call in it.

moto's routers and parsers of botocore's models tell it for every request, but take longer than the whole judgement. So what says
its operation plainly is read here, parameter by parameter, and moto reads what is left.
"""

import base64
import io
import ipaddress
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from slipway_sandbox.identities.reading.forms import form_of, has_form, let_the_form_speak
from slipway_sandbox.identities.reading.parsers import is_streamed, parsed_form, parsed_rest
from slipway_sandbox.identities.reading.routes import routes_of
from slipway_sandbox.identities.reading.signatures import Signature

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from moto.core.model import OperationModel

# Names in signatures to botocore's names, where they differ.
SERVICES = {
    "bedrock-agent-runtime": "bedrock-agent-runtime",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "email": "ses",
    "eventbridge": "events",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
ELB, ELB_VERSION_2 = "elasticloadbalancing", "2015-12-01"
QUERY, REST = ("query", "ec2"), ("rest-json", "rest-xml")
PLACED = ("s3", "sqs")  # a form of theirs does not tell all: the path has the bucket or the queue
LARGEST_BODY = 1_000_000  # bytes; a longer one is an object of S3 or an archive, whose content grants nothing, unless it tells the call


@dataclass(frozen=True)
class Incoming:
    """An operation with its parameters, as a request has them."""

    service: str
    """botocore's name, such as sqs."""
    operation: str
    parameters: dict[str, object]


def incoming(environ: "WSGIEnvironment", signature: Signature) -> Incoming | str:
    """The call in a request, which can be read again afterwards; else the service's name, for a call that cannot be told."""
    service = service_of(environ, signature)
    try:
        if (target := environ.get("HTTP_X_AMZ_TARGET")) and not has_form(environ) and _has_json(service):
            return _of_json(environ, service, str(target).rpartition(".")[2])
        protocol = _protocol(service, str(environ.get("CONTENT_TYPE") or ""))
        if protocol in QUERY and has_form(environ):
            let_the_form_speak(environ)
            if service not in PLACED:
                return _of_form(environ, service, protocol)
        is_plain = protocol in REST and protocol == get_service_model(service).protocol
        plain = _of_rest(environ, service) if is_plain else None
        return plain or _of_any(environ, service, protocol)
    except (UnknownServiceError, OperationNotFoundError, NotFound, NotImplementedError, TypeError, ValueError):
        return service


@cache
def _has_json(service: str) -> bool:
    """Whether a service takes an operation in a header. Raises UnknownServiceError."""
    model = get_service_model(service)
    return "json" in model.metadata.get("protocols", [model.protocol])


@lru_cache(maxsize=1024)
def _protocol(service: str, content_type: str) -> str:
    """The protocol of a request. Raises UnknownServiceError or NotImplementedError."""
    return determine_request_protocol(get_service_model(service), content_type)


def whole(environ: "WSGIEnvironment") -> None:
    """Puts a body that came in chunks together, where the operation or its parameters stand in it."""
    if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH") and _tells_the_call(environ):
        body: bytes = environ["wsgi.input"].read()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)


def _tells_the_call(environ: "WSGIEnvironment") -> bool:
    """Whether the body of a request has parameters in any case: a form, or JSON for an operation in a header."""
    return bool(environ.get("HTTP_X_AMZ_TARGET")) or has_form(environ)


def _of_form(environ: "WSGIEnvironment", service: str, protocol: str) -> Incoming:
    """A call whose operation is in a form. Raises OperationNotFoundError."""
    fields = form_of(environ)
    name = fields.get("Action", "")
    return Incoming(service, name, parsed_form(_operation(service, name), protocol, fields))


@lru_cache(maxsize=4096)
def _operation(service: str, name: str) -> "OperationModel":
    operation: OperationModel = get_service_model(service).operation_model(name)
    return operation


def _of_rest(environ: "WSGIEnvironment", service: str) -> Incoming | None:
    """A call whose operation is in its method and path; None where moto's router has to tell."""
    path = str(environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")[0]
    if not path.startswith("/") or path.startswith("//") or has_form(environ) or not _is_plain(environ, service):
        return None
    text = environ.get("QUERY_STRING")
    query = parse_qs(text, keep_blank_values=True) if text else {}
    found = routes_of(service).match(environ["REQUEST_METHOD"], path, query, environ)
    if found is None:
        return None
    operation, labels = found
    body = b"" if is_streamed(operation) else _body(environ)
    return Incoming(service, str(operation.name), parsed_rest(operation, environ, query, labels, body))


def _is_plain(environ: "WSGIEnvironment", service: str) -> bool:
    """Whether a host holds no bucket: an address, or localhost."""
    return service != "s3" or _is_bare(str(environ.get("HTTP_HOST", "")).partition(":")[0])


@lru_cache
def _is_bare(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _of_any(environ: "WSGIEnvironment", service: str, protocol: str) -> Incoming:
    """The call in a request as moto reads it. Raises NotFound, TypeError or ValueError."""
    request = Request(_copy(environ))
    operation, path_parameters = get_service_router(service).match(request)
    parsed: dict[str, object] = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": _body_of(request, operation),
            "url_path": request.path,
            "url_params": path_parameters,
        }
    )
    return Incoming(service, str(operation.name), dict(parsed))


def _of_json(environ: "WSGIEnvironment", service: str, operation: str) -> Incoming:
    """A call whose operation is in a header. Raises TypeError or ValueError for a body that is no JSON object."""
    parsed: dict[str, object] = dict(json.loads(_body(environ) or b"{}"))
    for name in _blobs(service, operation).intersection(parsed):
        parsed[name] = base64.b64decode(str(parsed[name]))
    return Incoming(service, operation, parsed)


@cache
def _blobs(service: str, operation: str) -> frozenset[str]:
    """The parameters of an operation that are bytes. Raises OperationNotFoundError."""
    shape = get_service_model(service).operation_model(operation).input_shape
    members = shape.members.items() if shape else ()
    return frozenset(name for name, member in members if member.type_name == "blob")


def service_of(environ: "WSGIEnvironment", signature: Signature) -> str:
    """botocore's name of the service that a request is signed for."""
    if signature.service == ELB:
        let_the_form_speak(environ)
        return "elbv2" if form_of(environ).get("Version") == ELB_VERSION_2 else "elb"
    return SERVICES.get(signature.service, signature.service)


def _copy(environ: "WSGIEnvironment") -> "WSGIEnvironment":
    """The request once more, with a body of its own."""
    body = _body(environ)
    return {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}


def _body(environ: "WSGIEnvironment") -> bytes:
    """The body of a request, put back to be read again; nothing of an object of S3 that is long or comes in chunks."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length <= 0 or (length > LARGEST_BODY and not _tells_the_call(environ)):
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _body_of(request: Request, operation: "OperationModel") -> bytes:
    """The body of a request; empty where it is content."""
    data: bytes = b"" if is_streamed(operation) else request.data
    return data
