"""Callers that assume a role, anew whenever their session ends.

Source: https://github.com/aws/aws-sdk-go-v2/blob/main/credentials/stscreds/assume_role_provider.go
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from slipway_sandbox.provider.aws.identity.keys import Caller, Keys
from slipway_sandbox.provider.protocol.errors import ProviderError
from slipway_sandbox.provider.protocol.readers import block, text
from slipway_sandbox.provider.protocol.wire import Properties, Value

Sts = Callable[[Caller | None, str, Mapping[str, Value]], Properties]
"""Makes one call of STS for a caller: an operation with its parameters. None: a call without signature."""

DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")
PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
DEFAULT_SECONDS = 900  # of the SDK for Go; STS itself gives an hour
RENEWED_BEFORE_END = timedelta(minutes=1)
MEMBERS_OF_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")
MEMBERS = {
    "externalId": "ExternalId",
    "policy": "Policy",
    "sourceIdentity": "SourceIdentity",
    "transitiveTagKeys": "TransitiveTagKeys",
}


@dataclass
class Session:
    """A caller as the session of a role. `call` opens it."""

    call: Callable[[], Properties]
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _open: tuple[Keys, datetime] | None = field(default=None, repr=False)
    """The keys, and when they end."""

    def keys(self) -> Keys:
        with self._lock:
            if self._open is None or self._open[1] - datetime.now(UTC) < RENEWED_BEFORE_END:
                given = block(self.call(), "Credentials")
                end = datetime.fromisoformat(str(given["Expiration"]))
                self._open = Keys(*(text(given, name) for name in MEMBERS_OF_KEYS)), end
            return self._open[0]


def session_of(role: Properties, caller: Caller, sts: Sts) -> Session:
    """The caller as a role, in the words of the configuration's `assumeRoles`. Raises ProviderError without a role."""
    params = {**_params(role), **{aws: role[name] for name, aws in MEMBERS.items() if role.get(name)}}
    if tags := block(role, "tags"):
        params["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return Session(lambda: sts(caller, "assume_role", params))


def session_of_token(role: Properties, sts: Sts) -> Session:
    """The caller as a role that trusts an OpenID Connect token. The token is read when the session is opened."""
    params = _params(role)
    if policy := role.get("policy"):
        params["Policy"] = policy

    def opened() -> Properties:
        return sts(None, "assume_role_with_web_identity", {**params, "WebIdentityToken": _token(role)})

    return Session(opened)


def _params(role: Properties) -> dict[str, Value]:
    arn = text(role, "roleArn", "")
    if not arn:
        raise ProviderError("Assume Role: role ARN not set")
    params: dict[str, Value] = {
        "RoleArn": arn,
        "RoleSessionName": text(role, "sessionName", "") or f"aws-go-sdk-{time.time_ns()}",
        "DurationSeconds": _seconds(text(role, "duration", "")),
    }
    if arns := role.get("policyArns"):
        params["PolicyArns"] = [{"arn": each} for each in arns] if isinstance(arns, list) else arns
    return params


def _seconds(duration: str) -> int:
    """Seconds of a duration as Go writes it.

    >>> _seconds("1h30m"), _seconds("")
    (5400, 900)
    """
    if not duration:
        return DEFAULT_SECONDS
    if not DURATION.fullmatch(duration):
        raise ProviderError(f"aws:assumeRoles: duration must be a time such as 1h or 900s, got {duration!r}")
    return round(sum(float(number) * UNIT_SECONDS[unit] for number, unit in PART.findall(duration)))


def _token(role: Properties) -> str:
    if token := text(role, "webIdentityToken", ""):
        return token
    file = text(role, "webIdentityTokenFile", "")
    if not file:
        raise ProviderError("aws:assumeRoleWithWebIdentity: set webIdentityToken or webIdentityTokenFile")
    try:
        return Path(file).expanduser().read_text().strip()
    except OSError as error:
        raise ProviderError(f"unable to read file at {file}: {error.strerror}") from error
