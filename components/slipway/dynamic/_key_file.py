"""Files that hold a private key in OpenSSH form, and checks of public keys.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html
"""

import base64
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pulumi
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key

from slipway.common import ArgumentError

ED25519, RSA = "ed25519", "rsa"
ALGORITHMS = (ED25519, RSA)
RSA_BITS = (2048, 4096)  # EC2 also takes 1024, which is too weak
RSA_EXPONENT = 65537
PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/=]+( .*)?")
OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700
NOT_IGNORED = 1  # git check-ignore: 0 is ignored, 128 is an error


class UnreadableKeyError(pulumi.RunError):
    """A file that should hold a private key holds something else."""


def write_new_key(path: Path, algorithm: str = ED25519) -> None:
    """Write a new key in OpenSSH form, readable by its owner from the first byte on; never over an existing file."""
    key = generate_private_key(RSA_EXPONENT, max(RSA_BITS)) if algorithm == RSA else Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_OWNER_ONLY)
    # The file gets its name once it is complete: a kill half-way leaves no broken key behind.
    half_written = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(half_written, path)
    finally:  # also on a full disk, which half a key would keep full
        half_written.unlink()


def obstacle(path: Path) -> str:
    """Why a path cannot hold a key; empty where it can. A file is tried without a name, so nobody sees it.

    >>> obstacle(Path("/dev/zero"))
    '/dev/zero is no file'
    """
    if "\0" in str(path):
        return "no name of a file has a NUL"
    try:
        if path.exists():
            return "" if path.is_file() else f"{path} is no file"
        place = next(parent for parent in path.absolute().parents if parent.exists())
        if not place.is_dir():
            return f"{place} is no folder"
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as error:
        return f"no file can be made there: {error.strerror}"


def would_be_tracked(path: Path) -> bool:
    """Whether git would add a file that does not exist yet; false without a repository, and without git."""
    folder = next(parent for parent in path.absolute().parents if parent.is_dir())
    if path.exists() or not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        return False
    command = ["git", "-C", str(folder), "check-ignore", "--quiet", "--", str(path.absolute())]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return ended.returncode == NOT_IGNORED


def public_half(path: Path) -> str:
    """Private key file to its public key as `<type> <base64>`. Raises UnreadableKeyError."""
    form = serialization.PublicFormat.OpenSSH
    try:
        key = serialization.load_ssh_private_key(path.read_bytes(), password=None)
        return key.public_key().public_bytes(serialization.Encoding.OpenSSH, form).decode()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnreadableKeyError(f"{path} is not an OpenSSH private key without passphrase") from error


def is_key(path: Path) -> bool:
    """Whether the file exists and holds a private key."""
    try:
        return bool(public_half(path))
    except (OSError, UnreadableKeyError):
        return False


def holds(path: Path, public_key: str) -> bool:
    """Whether the file holds the private half of this key."""
    try:
        return public_half(path).split()[:2] == public_key.split()[:2]
    except (FileNotFoundError, UnreadableKeyError):
        return False


def fingerprint(public_key: str) -> str:
    """Public key to its fingerprint, as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(base64.b64decode(public_key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def check_public_key(who: str, public_key: str) -> None:
    """Refuse a public key unfit for an EC2 key pair. Raises ArgumentError."""
    line = public_key.strip()
    try:
        key = serialization.load_ssh_public_key(line.encode() if PUBLIC_KEY.fullmatch(line) else b"")
    except (ValueError, UnsupportedAlgorithm) as error:
        fix = "give the line of a .pub file that starts with ssh-ed25519 or ssh-rsa"
        raise ArgumentError(f"{who}: public_key must be an OpenSSH public key, got something else; {fix}") from error
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        bits = " or ".join(map(str, RSA_BITS))
        raise ArgumentError(f"{who}: public_key must have {bits} bits for RSA, got {key.key_size}; or take Ed25519")
