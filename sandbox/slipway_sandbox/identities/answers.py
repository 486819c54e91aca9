"""Errors of AWS as HTTP answers, in the protocol of the request.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import html
import http
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

from slipway_sandbox.identities.principals import Rejection
from slipway_sandbox.identities.reading.signatures import TIME

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = ("json", "rest-json")
JSON_VERSION = "application/x-amz-json-1.1"
LONGEST_SKEW, LONGEST_SKEW_OF_S3 = timedelta(minutes=5), timedelta(minutes=15)
OLDER_CODES = ("cloudwatch", "sqs")  # speak JSON now, and keep the codes of their older protocol in a header
TYPES = {
    "AccessDenied": "com.amazon.coral.service#AccessDeniedException",
    "KMS.AccessDeniedException": "com.amazonaws.sqs#KmsAccessDenied",
}
"""Their codes to their types in JSON, where these differ."""


@dataclass(frozen=True)
class Error:
    """An error of one service."""

    service: str
    """botocore's name."""
    code: str
    message: str
    status: int

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The error in the protocol of the request."""
        request_id = str(uuid.uuid4())
        headers = {"x-amzn-RequestId": request_id}
        if _is_json(environ, self.service):
            kind = self.code
            if self.service in OLDER_CODES:
                headers["x-amzn-query-error"] = f"{self.code};Sender"
                kind = TYPES.get(self.code, self.code)
            headers |= {"Content-Type": JSON_VERSION, "x-amzn-ErrorType": kind}
            text = json.dumps({"__type": kind, "message": self.message})
        else:
            headers["Content-Type"] = "text/xml"
            text = self._xml(request_id)
        body = text.encode()
        headers["Content-Length"] = str(len(body))
        start_response(f"{self.status} {http.HTTPStatus(self.status).phrase}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == http.HTTPMethod.HEAD else [body]

    def _xml(self, request_id: str) -> str:
        said = f"<Code>{self.code}</Code><Message>{html.escape(self.message, quote=False)}</Message>"
        if self.service == "s3":
            return f"<Error>{said}<RequestId>{request_id}</RequestId></Error>"
        if self.service == "ec2":
            return f"<Response><Errors><Error>{said}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        error = f"<Error><Type>Sender</Type>{said}</Error>"
        return f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"


def _is_json(environ: "WSGIEnvironment", service: str) -> bool:
    """Whether a request's protocol has JSON in its answers."""
    if environ.get("HTTP_X_AMZ_TARGET"):
        return True
    if str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        return False
    return _protocol(service) in JSON


def _protocol(service: str) -> str:
    """The protocol of a service in botocore's model; empty for a service that botocore does not know."""
    try:
        return str(get_service_model(service).protocol)
    except UnknownServiceError:
        return ""


def rejected(service: str, rejection: Rejection) -> Error:
    """The error for credentials that are not taken."""
    is_expired = rejection is Rejection.EXPIRED
    if service == "s3":
        return _rejected_by_s3(rejection)
    if service == "ec2":
        if is_expired:
            return Error(service, "RequestExpired", "Request has expired.", http.HTTPStatus.BAD_REQUEST)
        sentence = "AWS was not able to validate the provided access credentials"
        return Error(service, "AuthFailure", sentence, http.HTTPStatus.UNAUTHORIZED)
    is_json = get_service_model(service).protocol in JSON and service != "sqs"
    expired, unknown = (
        ("ExpiredTokenException", "UnrecognizedClientException")
        if is_json
        else ("ExpiredToken", "InvalidClientTokenId")
    )
    status = http.HTTPStatus.BAD_REQUEST if is_json else http.HTTPStatus.FORBIDDEN
    if is_expired:
        return Error(service, expired, "The security token included in the request is expired", status)
    return Error(service, unknown, "The security token included in the request is invalid.", status)


def untimely(service: str, skew: timedelta, now: datetime) -> Error | None:
    """The error for a request that was signed too long ago, or in the future; None for one in time."""
    if abs(skew) <= (LONGEST_SKEW_OF_S3 if service == "s3" else LONGEST_SKEW):
        return None
    if service == "s3":
        sentence = "The difference between the request time and the current time is too large."
        return Error(service, "RequestTimeTooSkewed", sentence, http.HTTPStatus.FORBIDDEN)
    if service == "ec2":
        return Error(service, "RequestExpired", "Request has expired.", http.HTTPStatus.BAD_REQUEST)
    signed_at, at = ((now - back).strftime(TIME) for back in (skew, timedelta(0)))
    bound = (now - LONGEST_SKEW if skew > timedelta(0) else now + LONGEST_SKEW).strftime(TIME)
    sentence = (
        f"Signature expired: {signed_at} is now earlier than {bound} ({at} - 5 min.)"
        if skew > timedelta(0)
        else f"Signature not yet current: {signed_at} is still later than {bound} ({at} + 5 min.)"
    )
    if _protocol(service) in JSON and service != "sqs":
        return Error(service, "InvalidSignatureException", sentence, http.HTTPStatus.BAD_REQUEST)
    return Error(service, "SignatureDoesNotMatch", sentence, http.HTTPStatus.FORBIDDEN)


def url_is_over(service: str) -> Error:
    """The error for a presigned URL whose time has passed."""
    return Error(service, "AccessDenied", "Request has expired", http.HTTPStatus.FORBIDDEN)


def _rejected_by_s3(rejection: Rejection) -> Error:
    code, message, status = {
        Rejection.EXPIRED: ("ExpiredToken", "The provided token has expired.", http.HTTPStatus.BAD_REQUEST),
        Rejection.TOKEN: (
            "InvalidToken",
            "The provided token is malformed or otherwise invalid.",
            http.HTTPStatus.BAD_REQUEST,
        ),
        Rejection.UNKNOWN: (
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            http.HTTPStatus.FORBIDDEN,
        ),
    }[rejection]
    return Error("s3", code, message, status)
