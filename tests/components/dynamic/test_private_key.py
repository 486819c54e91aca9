"""PrivateKey: written once, readable by its owner only, and never in state."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from slipway.dynamic import UnreadableKeyError, public_half
from slipway.dynamic.private_key import PrivateKeyProvider

PROVIDER = PrivateKeyProvider()


@pytest.fixture
def props(tmp_path: Path) -> dict[str, str]:
    return {"path": str(tmp_path / "keys" / "door.pem"), "comment": "door"}


def test_a_new_key_is_readable_by_its_owner_only_and_ssh_takes_it(props: dict[str, str]) -> None:
    made = PROVIDER.create(props)
    path = Path(props["path"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [it.name for it in path.parent.iterdir()] == ["door.pem"], "nothing half-written is left"
    shown = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True).stdout
    assert shown.split()[1] == made.id
    derived = subprocess.run(["ssh-keygen", "-yf", path], capture_output=True, text=True, check=True).stdout
    assert made.outs is not None
    assert made.outs["public_key"].split()[:2] == derived.split()[:2]


def test_state_holds_the_public_half_only(props: dict[str, str]) -> None:
    made = PROVIDER.create(props)
    private = Path(props["path"]).read_text()
    assert made.outs is not None
    assert set(made.outs) == {"path", "comment", "public_key", "generated"}
    assert not any(line in str(made.outs) for line in private.splitlines())


def test_an_unchanged_file_is_no_change(props: dict[str, str]) -> None:
    made = PROVIDER.create(props)
    assert made.outs is not None
    result = PROVIDER.diff(made.id, made.outs, props)
    assert (result.changes, result.replaces) == (False, [])


def test_a_missing_or_other_key_and_another_path_are_replaced(props: dict[str, str], tmp_path: Path) -> None:
    made, other = PROVIDER.create(props), PROVIDER.create(props | {"path": str(tmp_path / "other.pem")})
    assert made.outs is not None
    moved = PROVIDER.diff(made.id, made.outs, props | {"path": "elsewhere.pem"})
    assert (moved.changes, moved.replaces) == (True, ["path"])
    Path(props["path"]).unlink()
    gone = PROVIDER.diff(made.id, made.outs, props)
    assert (gone.changes, gone.replaces) == (True, ["path"])
    assert other.outs is not None
    Path(other.outs["path"]).rename(props["path"])
    changed = PROVIDER.diff(made.id, made.outs, props)
    assert (changed.changes, changed.replaces) == (True, ["path"])


def test_the_file_goes_with_the_resource_that_wrote_it(props: dict[str, str]) -> None:
    made = PROVIDER.create(props)
    assert made.outs is not None
    PROVIDER.delete(made.id, made.outs)
    assert not Path(props["path"]).exists()
    PROVIDER.delete(made.id, made.outs)


def test_a_replacement_in_the_same_file_survives_the_removal_of_the_old(props: dict[str, str]) -> None:
    old = PROVIDER.create(props)
    Path(props["path"]).unlink()
    new = PROVIDER.create(props)
    assert old.outs is not None
    assert new.outs is not None
    PROVIDER.delete(old.id, old.outs)
    assert public_half(Path(props["path"])) == new.outs["public_key"].rsplit(" ", maxsplit=1)[0]


def test_a_key_that_is_there_is_used_and_kept(props: dict[str, str]) -> None:
    path = Path(props["path"])
    path.parent.mkdir()
    pem = rsa.generate_private_key(65537, 3072).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.write_bytes(pem)
    path.chmod(0o644)
    made = PROVIDER.create(props)
    assert made.outs is not None
    assert (made.outs["generated"], made.outs["public_key"].split()[0]) == (False, "ssh-rsa")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    PROVIDER.delete(made.id, made.outs)
    assert path.read_bytes() == pem


def test_an_rsa_key_has_a_length_that_ec2_takes(props: dict[str, str]) -> None:
    PROVIDER.create(props | {"algorithm": "rsa"})
    shown = subprocess.run(["ssh-keygen", "-lf", props["path"]], capture_output=True, text=True, check=True).stdout
    assert (shown.split()[0], shown.split()[-1]) == ("4096", "(RSA)")


def test_a_key_of_a_stack_from_before_there_was_a_choice_is_no_change(props: dict[str, str]) -> None:
    made = PROVIDER.create(props)
    assert made.outs is not None
    assert PROVIDER.diff(made.id, made.outs, props | {"algorithm": "ed25519"}).changes is False


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("notes")
    with pytest.raises(UnreadableKeyError, match=r"notes is not an OpenSSH private key without passphrase$"):
        public_half(tmp_path / "notes")


def test_a_full_disk_leaves_no_half_of_a_key(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails after some bytes, with EFBIG."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from slipway.dynamic import write_new_key\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "write_new_key(Path(sys.argv[1]))"
    )
    ended = subprocess.run([sys.executable, "-c", script, tmp_path / "door.pem"], capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == "OSError: [Errno 27] File too large"
    assert list(tmp_path.iterdir()) == []
