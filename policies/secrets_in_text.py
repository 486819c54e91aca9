"""Tells passwords and keys from ordinary settings, by name and by shape; never by what they unlock."""

import re
from typing import Final

SECRET_NAME: Final = re.compile(
    r"passw(or)?d|passphrase|secret|token|credential|private_?key|api_?key|access_?key|auth_?key|encryption_?key",
    re.IGNORECASE,
)
# A name that goes on like this speaks about a secret: where it is, how long it lives.
ABOUT_A_SECRET: Final = re.compile(
    r"^(max|min|num)_|_?(arn|name|id|url|uri|endpoint|host|path|file|dir|ttl|seconds|minutes|days|timeout|expiry|expires|length|"
    r"limit|count|type|algorithm|issuer|audience|header|region|version|enabled|required)$",
    re.IGNORECASE,
)
KEY_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b",
        r"\bgithub_pat_[A-Za-z0-9_]{40,}\b",
        r"\bglpat-[A-Za-z0-9_-]{20,}",
        r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
        r"\b[sr]k_live_[A-Za-z0-9]{16,}\b",
        r"\bpul-[0-9a-f]{40}\b",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@]{1,100}:[^/\s:@${}]{1,100}@",
    )
)
REFERENCE: Final = re.compile(
    r"arn:aws[a-z-]*:\S+|[a-z][a-z0-9+.-]*://\S+|/[\w./-]+|\{\{.*\}\}|\$\{.*\}|true|false|yes|no|on|off|",
    re.IGNORECASE,
)


def holds_a_key(text: str) -> bool:
    """Whether the text contains a key of a known shape, a private key, or a URL with a password."""
    return any(shape.search(text) for shape in KEY_SHAPES) or _aws_secret_key(text)


def _aws_secret_key(text: str) -> bool:
    """Forty characters of base64 that use all of its alphabet, as AWS secret keys do and digests in hex do not."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return bool(re.fullmatch(r"[A-Za-z0-9/+]{40}", text)) and all(any(map(kind, text)) for kind in kinds)


def name_sounds_secret(name: str) -> bool:
    """Whether a variable of this name is meant to hold the secret itself."""
    return bool(SECRET_NAME.search(name)) and not ABOUT_A_SECRET.search(name)


def refers_to_a_secret(text: str) -> bool:
    """Whether the text only points at something (ARN, URL, path, placeholder), or is a switch or empty."""
    return REFERENCE.fullmatch(text) is not None
