"""Tells passwords and keys from ordinary settings, by name and by shape."""

import re
from typing import Final

SECRET_NAME: Final = re.compile(
    r"passw(or)?d(?!less)|passphrase|secret|token(?!iz)|credential|"
    r"(private|api|access|auth|encryption|signing|session|master|license|jwt|hmac|aes)_?key|(^|[_.-])(pass|pwd)$",
    re.IGNORECASE,
)
# A name that begins or goes on like this speaks about a secret: where it is, how long it lives, how many there may be.
ABOUT_A_SECRET: Final = re.compile(
    r"^(no|use|enable|disable|allow|require)[_.-]|(^|[_.-])(max|min|num|total|public|publishable)[_.-]|per_[a-z]+$|"
    r"_?(arn|name|id|alias|url|uri|endpoint|host|path|file|dir|bucket|table|parameter|prefix|region|stdin|"
    r"ttl|seconds|minutes|hours|days|age|timeout|lifetime|duration|interval|expiry|expires|expiration|validity|"
    r"length|size|limit|count|rate|type|alg|algorithm|hasher|format|version|mode|method|strategy|"
    r"issuer|audience|scope|header|field|cookie|enabled|required|policy|role|provider|store|backend|manager|source)$",
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
        r"\bsk-[A-Za-z0-9_-]{32,}\b",
        r"\bAIza[A-Za-z0-9_-]{35}\b",
        r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b",
        r"\bnpm_[A-Za-z0-9]{36}\b",
        r"^base64:[A-Za-z0-9+/]{43}=$",
        r"\bhooks\.slack\.com/(services|workflows)/[A-Za-z0-9/]{20,}",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@]{0,100}:[^/\s:@${}]{1,100}@",
        r"(?i)[;?&](password|pwd)=[^;&\s${}<>]{1,100}",
    )
)
REFERENCE: Final = re.compile(
    r"arn:aws[a-z-]*:\S+|alias/\S+|[a-z][a-z0-9+.-]*://\S+|/[\w./-]+|\{\{.*\}\}|\$\{.*\}|true|false|yes|no|on|off|",
    re.IGNORECASE,
)


_VALUE: Final = r"""(["']?)([^\s"'$`-][^\s"'$`]{0,200})\2"""
ASSIGNMENTS: Final = (
    re.compile(rf"""(?:^|[\s;"'])([A-Za-z_]\w{{0,100}})={_VALUE}"""),  # of a shell
    re.compile(
        rf"^[ \t-]{{0,40}}([A-Za-z_][\w.-]{{0,100}})[ \t]{{0,3}}[=:][ \t]{{1,3}}{_VALUE}[ \t]*$", re.MULTILINE
    ),  # of a file
    re.compile(rf"(?:^|\s)--?([A-Za-z][\w-]{{0,100}})[= ]{_VALUE}"),  # of a command
)


def holds_a_key(text: str) -> bool:
    """Whether the text contains a key of a known shape, a private key, or a URL with a password."""
    return any(shape.search(text) for shape in KEY_SHAPES) or _aws_secret_key(text)


def _aws_secret_key(text: str) -> bool:
    """Whether the text looks like an AWS secret key: 40 characters of base64, with both cases and digits."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return bool(re.fullmatch(r"[A-Za-z0-9/+]{40}", text)) and all(any(map(kind, text)) for kind in kinds)


def name_sounds_secret(name: str) -> bool:
    """Whether a variable of this name is meant to hold the secret itself."""
    return bool(SECRET_NAME.search(name)) and not ABOUT_A_SECRET.search(name)


def refers_to_a_secret(text: str) -> bool:
    """Whether the text only points at something (ARN, URL, path, placeholder), or is a switch or empty."""
    return REFERENCE.fullmatch(text) is not None


def assigns_a_secret(text: str) -> bool:
    """Whether a script, a settings file or a command sets a variable with the name of a secret, or holds a key."""
    return holds_a_key(text) or any(
        name_sounds_secret(name) and not refers_to_a_secret(value)
        for assignment in ASSIGNMENTS
        for name, _, value in assignment.findall(text)
    )
