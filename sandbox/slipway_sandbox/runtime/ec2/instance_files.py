"""Files of an EC2 instance on this machine until its termination: its host key, and the admitted public key."""

import io
import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from slipway_sandbox.process.home import write_private
from slipway_sandbox.runtime.ec2.instance_spec import USER, USER_ID

UNKNOWN_KEY = "YOUR_KEY"
HOST_KEY, AUTHORIZED = "ssh_host_ed25519_key", "authorized_keys"


class InstanceFiles:
    """A directory for each instance in `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, instance: str) -> bool:
        """Whether the instance was here before."""
        return (self._root / instance / HOST_KEY).exists()

    def keep(self, instance: str, public_key: str) -> None:
        """A host key of its own, and the public key: the one it was launched with stays, as on AWS."""
        if self.has(instance):
            return
        folder = self._root / instance
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder / AUTHORIZED, f"{public_key.strip()}\n".encode())
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        write_private(folder / HOST_KEY, private)

    def public_key(self, instance: str) -> str:
        """Public half of the key of the instance's launch."""
        return (self._root / instance / AUTHORIZED).read_text()

    def archive(self, instance: str, *, with_home: bool, api: str = "") -> bytes:
        """Tar archive for the instance's container. The home is the user's own once it has been given.

        `api` is the URL of AWS for programs in the instance. Default: they find none.
        """
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as tar:
            _add(tar, f"etc/ssh/{HOST_KEY}", (self._root / instance / HOST_KEY).read_bytes(), 0)
            if api:
                _add(tar, "etc/ssh/sshd_config.d/aws.conf", f"SetEnv AWS_ENDPOINT_URL={api}\n".encode(), 0)
            if with_home:
                folder = tarfile.TarInfo(f"home/{USER}/.ssh")
                folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, 0o700, USER_ID, USER_ID
                tar.addfile(folder)
                _add(tar, f"home/{USER}/.ssh/{AUTHORIZED}", self.public_key(instance).encode(), USER_ID)
        return content.getvalue()

    def forget(self, instance: str) -> None:
        """After its termination."""
        if (self._root / instance).is_dir():
            shutil.rmtree(self._root / instance)

    def forget_all_but(self, instances: Collection[str]) -> None:
        """Removes the files of instances terminated while the sandbox was stopped."""
        for folder in self._root.glob("i-*"):
            if folder.name not in instances:
                self.forget(folder.name)


def private_key_file(keys: Path, public_key: str) -> str:
    """The private key's file in `keys`, by its public half; UNKNOWN_KEY when it is somewhere else."""
    for file in sorted(keys.glob("*")):
        try:
            key = serialization.load_ssh_private_key(file.read_bytes(), password=None)
        except (ValueError, TypeError, OSError, UnsupportedAlgorithm):
            continue  # not a private key, or one with a passphrase
        line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        if line.decode().split()[:2] == public_key.split()[:2]:
            return str(file)
    return UNKNOWN_KEY


def _add(tar: tarfile.TarFile, name: str, content: bytes, owner: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.uid, entry.gid = len(content), 0o600, owner, owner
    tar.addfile(entry, io.BytesIO(content))
