"""Private key that lives in a file on the machine that deploys, and nowhere else: state holds the public half only.

A dynamic resource, because the file outlives a run and goes with the stack. Its provider is stored by reference to the
class below, so that editing this module is no change to any stack.
Source: https://www.pulumi.com/docs/iac/concepts/providers/dynamic-providers/
"""

import base64
import hashlib
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pulumi
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from pulumi import dynamic

from slipway.common import ArgumentError

ED25519, RSA = "ed25519", "rsa"
ALGORITHMS = (ED25519, RSA)
# EC2 also takes 1024, which is too weak: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html
RSA_BITS = (2048, 4096)
RSA_EXPONENT = 65537
PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+( .*)?")
OWNER_ONLY = 0o600
NOT_IGNORED = 1  # git check-ignore: 0 is ignored, 128 could not be told
FOLDER_OWNER_ONLY = 0o700


class UnreadableKeyError(pulumi.RunError):
    """A file that should hold a private key holds something else."""


class PrivateKeyProvider(dynamic.ResourceProvider):
    """Writes a new key once, takes over one that is there, and removes only what it wrote itself."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Generate the key, or use the one in the file: after a kill between file and state, the next run goes on."""
        path = Path(props["path"])
        generated = not path.exists()
        if generated:
            write_new_key(path, props.get("algorithm", ED25519))
        path.chmod(OWNER_ONLY)
        public = f"{public_half(path)} {props['comment']}"
        outs = {"path": props["path"], "comment": props["comment"], "public_key": public, "generated": generated}
        return dynamic.CreateResult(id_=fingerprint(public), outs=outs)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A file that went, moved or holds another key is another resource: instances take a key once, at birth."""
        replaces = [key for key in ("path", "comment") if olds.get(key) != news.get(key)]
        if not replaces and not holds(Path(olds["path"]), olds["public_key"]):
            replaces = ["path"]
        return dynamic.DiffResult(changes=bool(replaces), replaces=replaces)

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Remove the file if it was written here and still holds this key."""
        path = Path(props["path"])
        if props["generated"] and holds(path, props["public_key"]):
            path.unlink()


class PrivateKey(dynamic.Resource, module="slipway", name="PrivateKey"):
    """A private key in a file; other resources see its public half."""

    path: pulumi.Output[str]
    public_key: pulumi.Output[str]

    def __init__(self, name: str, path: str, opts: pulumi.ResourceOptions, algorithm: str = ED25519) -> None:
        # The algorithm is that of a key still to be written: whoever checks the arguments knows the one in the file.
        props = {"path": path, "comment": name, "algorithm": algorithm, "public_key": None, "generated": None}
        super().__init__(PrivateKeyProvider(), name, props, opts)


def write_new_key(path: Path, algorithm: str = ED25519) -> None:
    """A new key in OpenSSH form, readable by its owner from the first byte on; never over an existing file."""
    key = generate_private_key(RSA_EXPONENT, max(RSA_BITS)) if algorithm == RSA else Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
    # Complete before it has its name: a kill half-way leaves no broken key behind.
    half_written = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(half_written, path)
    finally:
        half_written.unlink()


def would_be_tracked(path: Path) -> bool:
    """Whether git would take a file that is not there yet; not where there is no repository, or no git to ask."""
    folder = next(it for it in path.absolute().parents if it.is_dir())
    if path.exists() or not any((it / ".git").exists() for it in (folder, *folder.parents)):
        return False
    asked = ["git", "-C", str(folder), "check-ignore", "--quiet", "--", str(path.absolute())]
    try:
        return (
            subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == NOT_IGNORED
        )
    except FileNotFoundError:
        return False


def public_half(path: Path) -> str:
    """Private key file to its public key as `<type> <base64>`."""
    form = serialization.PublicFormat.OpenSSH
    try:
        key = serialization.load_ssh_private_key(path.read_bytes(), password=None)
        return key.public_key().public_bytes(serialization.Encoding.OpenSSH, form).decode()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableKeyError(f"{path} is not an OpenSSH private key without passphrase") from error


def holds(path: Path, public_key: str) -> bool:
    """Whether the file holds the private half of this key."""
    try:
        return public_half(path).split()[:2] == public_key.split()[:2]
    except (FileNotFoundError, UnreadableKeyError):
        return False


def fingerprint(public_key: str) -> str:
    """Public key to the name that ssh-keygen -l gives it."""
    whole = hashlib.sha256(base64.b64decode(public_key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(whole).decode().rstrip("=")


def check_public_key(who: str, public_key: str) -> None:
    """Refuse what EC2 does not take as a key pair's public half."""
    line = public_key.strip()
    try:
        key = serialization.load_ssh_public_key(line.encode() if PUBLIC_KEY.fullmatch(line) else b"")
    except (ValueError, UnsupportedAlgorithm) as error:
        fix = "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa"
        raise ArgumentError(f"{who}: public_key must be an OpenSSH public key, got something else; {fix}") from error
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        bits = " or ".join(map(str, RSA_BITS))
        raise ArgumentError(f"{who}: public_key must have {bits} bits for RSA, got {key.key_size}; or take Ed25519")
