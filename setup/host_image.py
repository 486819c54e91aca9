"""Makes the local tag slipway-sandbox/host:2, the image of the sandbox's EC2 instances: sshd and a user.

It stands on the base chosen by setup.base_image, and that base stays free of sshd. A bootstrapped base knows no mirror, so
its packages come through this machine's own apt; on the public base they come through apt inside it, on the machine's
network. `python3 -m setup.host_image`; standard library only. Without this image EC2 instances are only records.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from setup import base_image
from setup.base_image import docker, labels
from setup.machine import MachineError, alone, cache, call

TAG = "slipway-sandbox/host:2"
PACKAGES = ("openssh-server", "curl", "iproute2")  # curl, to look at what a bastion reaches; ip, for private addresses
USER, USER_ID = "ec2-user", 1000
# UsePAM no: its session modules want a machine that was booted. The host key is the instance's own, and comes with it.
SSHD_CONFIG = f"""AllowUsers {USER}
HostKey /etc/ssh/ssh_host_ed25519_key
KbdInteractiveAuthentication no
PasswordAuthentication no
PermitRootLogin no
PrintMotd no
UsePAM no
"""
# `*` is a password that nothing matches, unlike `!`, for which sshd takes the account for locked.
SCRIPT = f"""set -e
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
if [ -d /debs ]; then
  dpkg --force-unsafe-io --path-exclude='/usr/share/doc/*' --path-exclude='/usr/share/man/*' --install /debs/*.deb
else
  apt-get --quiet update
  apt-get --quiet install --yes --no-install-recommends {" ".join(PACKAGES)}
fi
rm -rf /debs /usr/sbin/policy-rc.d /etc/ssh/ssh_host_* /var/lib/apt/lists/*_*
useradd --uid {USER_ID} --create-home --shell /bin/bash {USER}
usermod --password '*' {USER}
mkdir -p /run/sshd
"""
COMMAND = '["/usr/sbin/sshd", "-D", "-e"]'
FINGERPRINT = hashlib.sha256(f"{SCRIPT}{SSHD_CONFIG}{COMMAND}".encode()).hexdigest()


def make_ready(tag: str = TAG) -> str:
    """Make `tag` unless it exists and is current. Raises MachineError."""
    with alone("host-image"):
        current = labels(tag)
        if current is None or current.get("slipway.fingerprint") != FINGERPRINT:
            _assemble((labels(base_image.TAG) or {}).get("slipway.base", ""), tag)
    return tag


def _assemble(base: str, tag: str) -> None:
    if not base:
        raise MachineError(f"{base_image.TAG} is missing; `python3 -m setup.base_image` makes it")
    started = time.monotonic()
    public = base == base_image.PUBLIC
    network = "host" if public else "none"  # the machine's own: a daemon without iptables has no other way out
    container = docker(["create", f"--network={network}", base, "sh", "-c", SCRIPT], f"start from {base}")
    try:
        with tempfile.TemporaryDirectory(prefix="host-image-") as folder:
            config = Path(folder) / "tree" / "etc" / "ssh" / "sshd_config.d" / "slipway.conf"
            config.parent.mkdir(parents=True)
            config.write_text(SSHD_CONFIG)
            if not public:
                _download(container, Path(folder), Path(folder) / "tree" / "debs")
            for path in (Path(folder) / "tree").rglob("*"):
                path.chmod(0o755 if path.is_dir() else 0o644)
            docker(["cp", f"{folder}/tree/.", f"{container}:/"], "add sshd's configuration")
        call(["docker", "start", "--attach", container], f"install sshd on {base}", cache() / "host-image.log")
        changes = [f"--change=LABEL slipway.base={base} slipway.fingerprint={FINGERPRINT}", f"--change=CMD {COMMAND}"]
        docker(["commit", *changes, container, tag], f"save {tag}")
    finally:
        docker(["rm", "--force", container], "clean up")
    print(f"made {tag} from {base} ({time.monotonic() - started:.1f} s)", flush=True)


def _download(container: str, scratch: Path, target: Path) -> None:
    """Download PACKAGES and their dependencies missing in the container by this machine's apt; needs no root."""
    if shutil.which("apt-get") is None:
        raise MachineError("openssh-server comes through apt-get, which is not here; use Debian or Ubuntu")
    docker(["cp", f"{container}:/var/lib/dpkg/status", f"{scratch}/status"], "read what the base image has")
    for folder in ("cache/archives/partial", "lists/partial"):
        (scratch / folder).mkdir(parents=True)
    options = [f"Dir::State::status={scratch}/status", f"Dir::Cache={scratch}/cache", "Debug::NoLocking=1"]
    options += ["APT::Sandbox::User=root", "Dpkg::Use-Pty=0"]
    command = ["apt-get", "--quiet", "--yes", "--no-install-recommends", *(f"--option={entry}" for entry in options)]
    install = ["install", "--download-only", *PACKAGES]
    log, env = cache() / "host-image.log", {**os.environ, "LC_ALL": "C"}
    with log.open("ab") as output:
        first = subprocess.run([*command, *install], env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if first.returncode != 0:  # a missing or old package list: a fresh one, of our own
        command.append(f"--option=Dir::State::lists={scratch}/lists")
        call([*command, "update"], "refresh the package list for sshd", log, env)
        call([*command, *install], "download sshd", log, env)
    target.mkdir(parents=True)
    for package in (scratch / "cache" / "archives").glob("*.deb"):
        package.rename(target / package.name)


def main() -> int:
    """Make the image and say so. A machine without the packages gets a sentence, and the set-up goes on."""
    started = time.monotonic()
    try:
        print(f"{make_ready()} is ready ({time.monotonic() - started:.1f} s)")
    except MachineError as problem:
        print(f"no ssh into EC2 instances of the sandbox, which stay records: {problem}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; run the command again to continue")
