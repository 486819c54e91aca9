"""The credentials that a request was signed with, as the request names them.

The sandbox checks no signature; the key's name and the session token tell who calls.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Credential=<key id>/<date>/<region>/<service>/aws4_request; signatures for all regions name none.
SCOPE = re.compile(r"(?P<key>[^/,\s=]+)/\d{8}(?:/(?P<region>[^/,\s]+))?/(?P<service>[^/,\s]+)/aws4_request")
TIME = "%Y%m%dT%H%M%SZ"
OLD = re.compile(r"AWS (?P<key>[^:\s]+):")  # signature version 2, of S3 alone


@dataclass(frozen=True)
class Signature:
    """Key, session token and scope of a signature."""

    key_id: str
    token: str
    """Empty for keys of a user."""
    region: str
    """Empty where the signature names none."""
    service: str
    """The service's name in signatures, such as `monitoring` of CloudWatch."""


def signature_of(environ: "WSGIEnvironment") -> Signature | None:
    """The signature in a request's header or in the query of its presigned URL; None without one.

    >>> scope = "AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request"
    >>> signature_of({"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=5d"})
    Signature(key_id='AKIDEXAMPLE', token='', region='us-east-1', service='iam')
    """
    header = str(environ.get("HTTP_AUTHORIZATION", ""))
    credential = header.partition("Credential=")[2].partition(",")[0]
    if signature := _signed(credential, str(environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""))):
        return signature
    if old := OLD.match(header):
        return Signature(old["key"], str(environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")), "", "s3")
    query = parse_qs(str(environ.get("QUERY_STRING", "")))
    values = {name.lower(): texts[0] for name, texts in query.items()}
    if found := SCOPE.search(values.get("x-amz-credential", "")):
        return _signature(found, values.get("x-amz-security-token", ""))
    if key := values.get("awsaccesskeyid"):
        return Signature(key, values.get("x-amz-security-token", ""), "", "s3")
    return None


def is_over(environ: "WSGIEnvironment", now: datetime) -> bool:
    """Whether the time of a presigned URL has passed. One without a time does not end."""
    text = str(environ.get("QUERY_STRING", ""))
    if not text:
        return False
    query = {name.lower(): value for name, value in parse_qsl(text)}
    signed_at, seconds = _time(query.get("x-amz-date", "")), query.get("x-amz-expires", "")
    if signed_at and seconds.isdecimal():
        return now >= signed_at + timedelta(seconds=int(seconds))
    end = query.get("expires", "")
    return "awsaccesskeyid" in query and end.isdecimal() and now.timestamp() >= int(end)


def skew_of(environ: "WSGIEnvironment", now: datetime) -> timedelta:
    """How long ago a request says that it was signed, in its header; zero where it does not say so."""
    signed_at = _time(str(environ.get("HTTP_X_AMZ_DATE", "")))
    return now - signed_at if signed_at and environ.get("HTTP_AUTHORIZATION") else timedelta(0)


@lru_cache(maxsize=64)
def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text.endswith("Z") else None
    except ValueError:
        return None  # it says no time, and nothing is judged by it


@lru_cache(maxsize=1024)  # a caller's requests of one day say the same
def _signed(credential: str, token: str) -> Signature | None:
    found = SCOPE.match(credential)
    return _signature(found, token) if found else None


def _signature(found: re.Match[str], token: str) -> Signature:
    return Signature(found["key"], token, found["region"] or "", found["service"].lower())
