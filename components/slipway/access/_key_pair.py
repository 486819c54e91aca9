"""Key pair of a bastion: from a private key file, or from the caller's public key.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi_aws import ec2

from slipway.common import Arguments, Context
from slipway.dynamic import (
    ALGORITHMS,
    ED25519,
    UnreadableKeyError,
    check_public_key,
    obstacle,
    private_key,
    public_half,
    would_be_tracked,
)

KEY_PAIR = "key_pair"
KEYS = ("key_file", "public_key")


@dataclass(frozen=True)
class KeySpec:
    """Checked choice of a key: `key_file` or `public_key` is set."""

    key_file: str | None
    public_key: str | None
    algorithm: str


def key_spec(arguments: Arguments, access: Sequence[str]) -> KeySpec | None:
    """The key of access key_pair, checked as far as EC2 and this machine's files allow; None without access by key_pair."""
    keys = [key for key in KEYS if arguments.has(key)]
    if len(keys) > 1 or (KEY_PAIR in access and not keys):
        arguments.exactly_one(*KEYS)
    if keys and KEY_PAIR not in access:
        rule = f"is for access {KEY_PAIR}, got access {', '.join(access)}"
        raise arguments.error(keys[0], f"{rule}; add {KEY_PAIR}")
    if arguments.has("public_key"):
        check_public_key(arguments.who, arguments.text("public_key"))
    algorithm = arguments.one_of("key_algorithm", ALGORITHMS, ED25519)
    if arguments.has("key_algorithm") and not arguments.has("key_file"):
        raise arguments.error("key_algorithm", "is for key_file, got no key_file; remove it")
    if arguments.has("key_file"):
        check_key_file(arguments)
    if KEY_PAIR not in access:
        return None
    return KeySpec(arguments.optional_text("key_file"), arguments.optional_text("public_key"), algorithm)


def check_key_file(arguments: Arguments) -> None:
    """Refuse a file not ignored by git, and an existing file without a key of key_algorithm."""
    text = arguments.text("key_file")
    path = Path(text)
    if trouble := obstacle(path):
        raise arguments.error("key_file", f"must be a file that can be written, got {text!r}: {trouble}; name another")
    if would_be_tracked(path):
        rule = f"must be a file that git ignores, got {text!r}"
        raise arguments.error(
            "key_file", f"{rule}; add a line with {path.name} to .gitignore, or name a file elsewhere"
        )
    if not path.exists():
        return
    try:
        public_key = public_half(path)
    except (UnreadableKeyError, OSError) as error:
        rule = f"must be an OpenSSH private key without passphrase, or not exist yet, got {text!r}"
        raise arguments.error("key_file", f"{rule}; move that file away or name another") from error
    algorithm = arguments.optional_text("key_algorithm")
    if algorithm is not None and not public_key.startswith(f"ssh-{algorithm} "):
        rule = f"must be that of the key in {text!r}, got {algorithm}"
        fix = "move that file away for a new key, which replaces key pair and instance"
        raise arguments.error("key_algorithm", f"{rule}; {fix}")


def key_pair(context: Context, spec: KeySpec) -> ec2.KeyPair:
    """An EC2 key pair with the caller's public key, or with the public half of the key in key_file."""
    public_key: pulumi.Input[str] | None = spec.public_key
    if spec.key_file is not None:
        public_key = private_key(context.name, spec.key_file, context.child, spec.algorithm).public_key
    return ec2.KeyPair(context.name, public_key=public_key, tags=context.tagged(context.name), opts=context.child)
