"""A root file system with Python and pip, bootstrapped from this machine's own Debian or Ubuntu packages.

Source: https://manpages.debian.org/debootstrap
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.machine import MachineError, cache, call, can_install, install

RECIPE = "1"  # counts up when what `bootstrap` makes changes, so that no cached file of an older one is used
PACKAGES = ("python3", "python3-pip", "ca-certificates")
# Translations and manuals are half of what there is to unpack, and nobody reads them in a container.
DPKG_CONFIG = """force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
"""


@dataclass(frozen=True)
class Source:
    """One apt source: a mirror, a suite such as bookworm, its components, and the key ring it is signed by (or "")."""

    mirror: str
    suite: str
    components: tuple[str, ...]
    keyring: str


def tarball() -> Path:
    """The root file system as a tar file in the user's cache, bootstrapped there once. Raises MachineError."""
    release = os_release()
    name = f"{release['ID']}-{release['VERSION_CODENAME']}-{os.uname().machine}-{RECIPE}"
    path = cache() / f"rootfs-{name}.tar"
    if not path.exists():
        _bootstrap(choose(sources(Path("/etc/apt")), release["VERSION_CODENAME"]), path)
    return path


def os_release(text: str | None = None) -> dict[str, str]:
    """Fields of /etc/os-release. Raises MachineError where there is no Debian-like release name."""
    file = Path("/etc/os-release")
    text = text if text is not None else file.read_text() if file.is_file() else ""
    fields = {key: value.strip().strip("\"'") for key, _, value in (line.partition("=") for line in text.splitlines())}
    if not fields.get("ID") or not fields.get("VERSION_CODENAME") or shutil.which("apt-get") is None:
        raise MachineError(
            "python:3.12-slim cannot be pulled, and a base image can be built from packages on Debian and Ubuntu only; "
            "load that image (`docker load`) and run the command again"
        )
    return fields


def sources(apt: Path) -> list[Source]:
    """Binary package sources in the folder `apt`, over http or from a folder, in apt's order."""
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    listed: list[Source] = []
    for file in files:
        if file.is_file() and file.suffix == ".list":
            listed += _one_line_sources(file.read_text())
        elif file.is_file() and file.suffix == ".sources":
            listed += _deb822_sources(file.read_text())
    return [source for source in listed if source.mirror]


def choose(listed: list[Source], codename: str) -> Source:
    """The source of the release itself, rather than of its updates or of another vendor. Raises MachineError."""
    for suites in ({codename}, {"stable", "testing", "unstable", "sid"}):
        for source in listed:
            if source.suite in suites and "main" in source.components:
                return source
    raise MachineError(
        f"apt has no source for {codename} with component main, so no base image can be bootstrapped; "
        "add one to /etc/apt/sources.list.d and run the command again"
    )


def _one_line_sources(text: str) -> Iterator[Source]:
    """Lines such as `deb [signed-by=/usr/share/keyrings/x.gpg] http://mirror/debian bookworm main contrib`."""
    for line in text.splitlines():
        match = re.match(
            r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<mirror>\S+)\s+(?P<suite>\S+)\s+(?P<rest>[^#]+)", line
        )
        if match is not None:
            options = dict(option.partition("=")[::2] for option in (match["options"] or "").split())
            components = tuple(match["rest"].split())
            yield Source(_mirror(match["mirror"]), match["suite"], components, options.get("signed-by", ""))


def _deb822_sources(text: str) -> Iterator[Source]:
    """Paragraphs of `Key: value` lines, where a line that starts with a blank continues the one before."""
    for paragraph in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n", "", text)):
        lines = re.sub(r"\n[ \t]+", " ", paragraph).splitlines()
        fields = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in {"no", "false"}:
            continue
        keyring = fields.get("signed-by", "")
        keyring = keyring if keyring.startswith("/") else ""  # a key written out in place is in debootstrap's own ring
        for mirror in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(_mirror(mirror), suite, tuple(fields.get("components", "").split()), keyring)


def _mirror(uri: str) -> str:
    """An address that debootstrap understands, or "": cloud images keep theirs in a file of mirrors."""
    if uri.startswith("mirror+file:"):
        listed = Path("/" + uri.removeprefix("mirror+file:").lstrip("/"))
        uri = listed.read_text().split()[0] if listed.is_file() else ""
    return uri if uri.startswith(("http://", "https://", "file:")) else ""


def _bootstrap(source: Source, target: Path) -> None:
    if os.geteuid() != 0:
        raise MachineError(
            "python:3.12-slim cannot be pulled, and only root can bootstrap a base image; run "
            "`sudo python3 -m setup.base_image`, or load that image (`docker load`), and run the command again"
        )
    if shutil.which("debootstrap") is None:
        if not can_install():
            raise MachineError("debootstrap is missing; install it and run the command again")
        print("installing debootstrap", flush=True)
        install(["debootstrap"])
    for left in cache().glob("bootstrap-*"):  # of a run that was killed; the caller's lock says that none is alive
        shutil.rmtree(left)
    started = time.monotonic()
    print(f"bootstrapping {source.suite} with Python, about a minute", flush=True)
    with tempfile.TemporaryDirectory(prefix="bootstrap-", dir=cache()) as folder:
        root = Path(folder) / "root"
        _debootstrap(source, root)
        _make_container_like(root)
        tar = Path(folder) / "root.tar"
        call(
            ["tar", "--numeric-owner", "-C", str(root), "-cf", str(tar), "."],
            "pack the base image",
            cache() / "tar.log",
        )
        tar.rename(target)
    print(f"bootstrapped {source.suite} ({time.monotonic() - started:.1f} s)", flush=True)


def _debootstrap(source: Source, root: Path) -> None:
    config = root / "etc" / "dpkg" / "dpkg.cfg.d" / "slipway"
    config.parent.mkdir(parents=True)
    config.write_text(DPKG_CONFIG)
    options = ["--variant=minbase", f"--include={','.join(PACKAGES)}", f"--components={','.join(source.components)}"]
    if source.keyring:
        options.append(f"--keyring={source.keyring}")
    # In a mount namespace of its own, so that /proc below `root` is gone even when debootstrap is killed.
    command = ["unshare", "--mount", "debootstrap", *options, source.suite, str(root), source.mirror]
    call(command, f"bootstrap {source.suite}", cache() / "debootstrap.log", {**os.environ, "LC_ALL": "C"})


def _make_container_like(root: Path) -> None:
    """`python` and `pip` as in the public image, nothing of this machine, no package lists."""
    (root / "usr/bin/python").symlink_to("python3")
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    for name in ("etc/resolv.conf", "etc/hostname", "etc/dpkg/dpkg.cfg.d/slipway"):
        (root / name).unlink(missing_ok=True)
    for pattern in ("var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/lib/apt/lists/*_*", "var/log/*.log"):
        for file in root.glob(pattern):
            file.unlink()
