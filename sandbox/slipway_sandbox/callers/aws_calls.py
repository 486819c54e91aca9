"""Which requests the AWS API takes.

A web page gets nothing but S3, and S3 only for a page of this machine, under the bucket's own CORS rules: every signature
is valid here, so a presigned URL proves nothing. A call without a signature is refused as on AWS, as a page can send it
without a preflight.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
"""

import html
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from .doors import Caller, Doors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CLOSED = (
    "/moto-api",
    "/latest/meta-data/",
    "/latest/api/",
)  # moto's own controls, and its idea of an instance's metadata
SIGNATURES = ("X-Amz-Signature", "Signature")
UPLOAD_FORM = "multipart/form-data"  # of a browser's POST to S3; its policy is in the form
UNSIGNED = ("cognito-identity", "cognito-idp", "sts")  # some of their operations are called before one has credentials


@dataclass(frozen=True)
class Refusal:
    """An error of AWS, HTTP status 403."""

    code: str
    message: str

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The error in the form of the request's protocol: JSON or XML."""
        if environ.get("HTTP_X_AMZ_TARGET") or "json" in environ.get("CONTENT_TYPE", ""):
            kind, text = "application/json", json.dumps({"__type": self.code, "message": self.message})
        else:
            kind = "text/xml"
            error = f"<Code>{self.code}</Code><Message>{html.escape(self.message, quote=False)}</Message>"
            text = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
        body = text.encode()
        start_response("403 Forbidden", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


class AwsDoor:
    """Stands before moto. `host_of` is moto's way to find the service of a request: None means S3."""

    def __init__(self, doors: Doors, host_of: "Callable[[WSGIEnvironment, str], str | None]") -> None:
        self._doors, self._host_of = doors, host_of

    def refusal(self, environ: "WSGIEnvironment") -> Refusal | None:
        """The error for a request that is not let in."""
        caller, path = caller_of(environ), environ["PATH_INFO"]
        if sentence := self._doors.refusal(caller):
            return Refusal("AccessDenied", sentence)
        if path.startswith(CLOSED):
            return Refusal(
                "AccessDenied", f"{path} is no part of AWS's API; `slipway sandbox reset` empties the sandbox"
            )
        service = (self._host_of(environ, path) or "s3").partition(".")[0]
        page = self._doors.refusal_of_page(caller)
        if page and not (service == "s3" and self._doors.is_own_page(caller)):
            return Refusal("AccessDenied", page)
        if not _is_signed(environ) and not _may_be_unsigned(environ, service):
            return Refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
        return None


def caller_of(environ: "WSGIEnvironment") -> Caller:
    """The caller of a WSGI request."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    server = (environ["SERVER_NAME"], int(environ["SERVER_PORT"]))
    return Caller.of(headers, (environ["REMOTE_ADDR"], int(environ["REMOTE_PORT"])), server)


def _is_signed(environ: "WSGIEnvironment") -> bool:
    """Whether a signature stands in a header, or in the query of a presigned URL."""
    return "HTTP_AUTHORIZATION" in environ or any(
        name in SIGNATURES for name in parse_qs(environ.get("QUERY_STRING", ""))
    )


def _may_be_unsigned(environ: "WSGIEnvironment", service: str) -> bool:
    if service == "s3":  # a public object, or a form whose policy is signed
        return str(environ["REQUEST_METHOD"]) != "POST" or str(environ.get("CONTENT_TYPE", "")).startswith(UPLOAD_FORM)
    return service in UNSIGNED
