"""Tokens of `aws eks get-token`: a call of STS, signed for a cluster and not made.

The rules are those of aws-iam-authenticator. Here the signature counts, unlike in the sandbox's AWS API: every user of this machine reaches
an API server, and the signature alone says for which cluster the token is.
Source: https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from slipway_sandbox.identities.reading.signatures import TIME, Signature, signature_of

PREFIX = "k8s-aws-v1."
LONGEST = 4096  # characters
LIFE = timedelta(minutes=15)
CLUSTER_HEADER = "x-k8s-aws-id"
ALGORITHM = "AWS4-HMAC-SHA256"
PARAMETERS = {"action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token",
              "x-amz-signature", "x-amz-signedheaders"}  # fmt: skip
NOTHING = hashlib.sha256(b"").hexdigest()


class TokenError(Exception):
    """Why a token is refused."""


@dataclass(frozen=True)
class Token:
    """A token that has the right form, and is for this cluster if its signature says so."""

    url: SplitResult
    signature: Signature

    def require_signature(self, secret_key: str, cluster: str) -> None:
        """Raises TokenError unless the secret key of the token's key has signed it for the cluster.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
        """
        query = {name: values[0] for name, values in parse_qs(self.url.query).items()}
        signed = query.pop("X-Amz-Signature", "")
        headers = {"host": self.url.netloc, CLUSTER_HEADER: cluster}
        names = query["X-Amz-SignedHeaders"].split(";")
        canonical = "\n".join(
            [
                "GET",
                "/",
                "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query)),
                *(f"{name}:{headers.get(name, '')}" for name in names),
                "",
                ";".join(names),
                NOTHING,
            ]
        )
        _, date, region, service, end = query["X-Amz-Credential"].split("/")
        scope = f"{date}/{region}/{service}/{end}"
        text = "\n".join([ALGORITHM, query["X-Amz-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{secret_key}".encode()
        for part in (date, region, service, end):
            key = hmac.digest(key, part.encode(), "sha256")
        if not hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signed):
            raise TokenError("the token's signature is not that of its key for this cluster")


def token_of(text: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Token:
    """The token in a text. `now` is the clock. Default: the machine's.

    Raises TokenError where it has another form, or its time has passed.
    """
    url = _url_in(text)
    query = parse_qs(url.query, keep_blank_values=True)
    values = {name.lower(): texts[0] for name, texts in query.items()}
    if len(values) != len(query) or any(len(texts) != 1 for texts in query.values()):
        raise TokenError("the token's URL has a parameter twice")
    if unknown := sorted(set(values) - PARAMETERS):
        raise TokenError(f"the token's URL has the parameter {unknown[0]!r}")
    if values.get("action") != "GetCallerIdentity":
        raise TokenError("the token is signed for another call than GetCallerIdentity")
    if CLUSTER_HEADER not in values.get("x-amz-signedheaders", "").split(";"):
        raise TokenError(f"the token's signature does not cover the header {CLUSTER_HEADER}")
    if not -LIFE < now() - _time(values.get("x-amz-date", "")) < LIFE:
        raise TokenError("the token's time has passed")
    signature = signature_of({"QUERY_STRING": url.query})
    if signature is None or signature.service != "sts":
        raise TokenError("the token is not signed for STS")
    return Token(url, signature)


def _url_in(text: str) -> SplitResult:
    if len(text) > LONGEST:
        raise TokenError("the token is too large")
    if not text.startswith(PREFIX):
        raise TokenError(f"the token does not begin with {PREFIX!r}")
    encoded = text.removeprefix(PREFIX)
    try:
        url = urlsplit(base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode())
    except ValueError as error:
        raise TokenError("the token is no URL in base64") from error
    if url.scheme not in ("http", "https") or url.path != "/":
        raise TokenError("the token is no URL of STS")
    return url


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise TokenError("the token does not say when it was signed") from None
