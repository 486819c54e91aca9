"""Makes the local tag slipway-sandbox/python:3.12, the base of the sandbox's images; a build on it needs no network.

It starts from the public python:3.12-slim where it is here or can be pulled, else from one bootstrapped from this
machine's own packages. On top come the wheels of app/requirements.txt: those of a package index, and slipway-consumer's,
built from this checkout. pip reads only these wheels, so every machine installs the same. The image's labels name its base
(`docker image inspect`). `python3 -m setup.base_image`; standard library only.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from setup import distributions, root_filesystem
from setup.lock_files import pinned_hashes
from setup.machine import MachineError, alone, cache, call, can_install, install, report
from setup.steps import ROOT

TAG = "slipway-sandbox/python:3.12"
PUBLIC = "python:3.12-slim"
REQUIREMENTS = ROOT / "app" / "requirements.txt"
RECIPE = "1"  # raise it when this module adds something else, so that an older image is made anew
FIRST_LINE_SECONDS = 8.0  # a registry that can be reached answers within two
PULL_SECONDS = 600.0
WHEELS = "/opt/wheels"
PIP_CONFIG = f"""[global]
no-index = true
find-links = {WHEELS}
disable-pip-version-check = true
root-user-action = ignore
"""
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}  # Docker's word to the wheels' word
GLIBC = ("2014", "_2_17", "_2_28")  # the manylinux tags that every supported base can load


def make_ready(requirements: Path = REQUIREMENTS, tag: str = TAG) -> str:
    """Make `tag` with the wheels of `requirements` unless it exists and is current; returns the tag and its base.

    Raises MachineError.
    """
    if not requirements.is_file():
        raise MachineError(f"{requirements} is missing; restore it (`git checkout {requirements}`)")
    fingerprint = hashlib.sha256(
        f"{RECIPE} {root_filesystem.RECIPE}\n".encode() + requirements.read_bytes()
    ).hexdigest()
    with alone("base-image"):
        current = labels(tag)
        if current is None or current.get("slipway.fingerprint") != fingerprint:
            base = PUBLIC if have_public() else _bootstrapped()
            current = {"slipway.base": base, "slipway.fingerprint": fingerprint}
            _assemble(base, requirements, tag, current)
        return f"{tag} from {current['slipway.base']}"


def have_public() -> bool:
    """True when the public image is here, after an attempt to pull it."""
    if labels(PUBLIC) is not None:
        return True
    started = time.monotonic()
    # A client that prints nothing within seconds has no way to the registry; one that prints is loading layers.
    with subprocess.Popen(
        ["docker", "pull", PUBLIC], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as pull:
        patience = threading.Timer(FIRST_LINE_SECONDS, pull.kill)
        limit = threading.Timer(PULL_SECONDS, pull.kill)
        patience.start()
        limit.start()
        for _ in pull.stdout or ():
            patience.cancel()
        pull.wait()
        patience.cancel()
        limit.cancel()
    pulled = pull.returncode == 0
    print(f"{'pulled' if pulled else 'cannot pull'} {PUBLIC} ({time.monotonic() - started:.1f} s)", flush=True)
    return pulled


def _bootstrapped() -> str:
    release = root_filesystem.os_release()
    name = f"slipway-sandbox/{release['ID']}:{release['VERSION_CODENAME']}-{root_filesystem.RECIPE}"
    if labels(name) is None:
        tar = root_filesystem.tarball()
        path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        changes = [f"--change={line}" for line in (path, "ENV LANG=C.UTF-8", 'CMD ["python3"]')]
        docker(["import", *changes, str(tar), name], f"load {tar}")
    return name


def _assemble(base: str, requirements: Path, tag: str, marks: dict[str, str]) -> None:
    """Put base, wheels and pip's configuration into one image by `docker commit`, because it needs no builder."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="base-image-") as folder:
        tree = Path(folder) / "tree"
        _download_wheels(base, requirements, tree / WHEELS.lstrip("/"))
        (tree / "etc").mkdir()
        (tree / "etc" / "pip.conf").write_text(PIP_CONFIG)
        for path in tree.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        container = docker(["create", base, "true"], f"start from {base}")
        try:
            docker(["cp", f"{tree}/.", f"{container}:/"], "add the wheels")
            changes = [f"--change=LABEL {key}={value}" for key, value in marks.items()]
            docker(["commit", *changes, '--change=CMD ["python3"]', container, tag], f"save {tag}")
        finally:
            docker(["rm", container], "clean up")
    print(f"made {tag} from {base} ({time.monotonic() - started:.1f} s)", flush=True)


def _download_wheels(base: str, requirements: Path, target: Path) -> None:
    """The wheels of `requirements`, checked against its hashes, for the Python inside `base`."""
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    python = docker(["run", "--rm", "--network=none", base, "python3", "-c", script], f"run {base}")
    machine = MACHINES.get(docker(["image", "inspect", "--format={{.Architecture}}", base], f"inspect {base}"), "any")
    key = hashlib.sha256(f"{python} {machine}\n".encode() + requirements.read_bytes()).hexdigest()
    kept = cache() / "wheels" / key
    if not kept.is_dir():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="partial-", dir=kept.parent) as partial:
            own = build_consumer(requirements, Path(partial) / "own")
            platforms = [f"--platform=manylinux{tag}_{machine}" for tag in GLIBC]
            compact = python.replace(".", "")
            abis = [f"--abi={abi}" for abi in (f"cp{compact}", "abi3", "none")]
            command = [*_pip(), "download", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
            command += [f"--python-version={python}", "--implementation=cp", *platforms, *abis, "--require-hashes"]
            command += [*own, f"--dest={partial}/wheels", f"--requirement={requirements}"]
            call(command, f"download the wheels of {requirements}", cache() / "wheels.log")
            (Path(partial) / "wheels").rename(kept)
    shutil.copytree(kept, target)


def build_consumer(requirements: Path, target: Path) -> list[str]:
    """Build the consumer's wheel where `requirements` pins it; returns pip's options to find it. Raises MachineError."""
    pinned = pinned_hashes(requirements.read_text())
    if not pinned:
        return []
    [wheel] = distributions.build(ROOT / "consumer", target, wheel_only=True)
    if distributions.sha256(wheel) not in pinned:
        raise MachineError(
            f"consumer/ has changed since {requirements} was locked: {wheel.name} has SHA-256 "
            f"{distributions.sha256(wheel)}; run `make lock` and the command again"
        )
    return [f"--find-links={target}"]


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if can_install():
        print("installing python3-pip", flush=True)
        install(["python3-pip"])
        return ["/usr/bin/python3", "-m", "pip"]
    raise MachineError(f"{sys.executable} has no pip; install it (python3-pip) and run the command again")


def labels(image: str) -> dict[str, str] | None:
    """Labels of a local image, or None when there is no such image."""
    command = ["docker", "image", "inspect", "--format={{json .Config.Labels}}", image]
    inspection = subprocess.run(command, capture_output=True, text=True)
    if inspection.returncode != 0 and "No such image" not in inspection.stderr:
        raise MachineError(
            f"the Docker daemon does not answer ({inspection.stderr.strip()}); `python3 -m setup.docker_daemon` starts it"
        )
    if inspection.returncode != 0:
        return None
    marks: dict[str, str] = json.loads(inspection.stdout) or {}
    return marks


def docker(arguments: Sequence[str], purpose: str) -> str:
    """Run a docker command and return its output. Raises MachineError with the text "could not <purpose>"."""
    ended = subprocess.run(["docker", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ended.returncode != 0:
        raise MachineError(f"could not {purpose}: {ended.stderr.strip()}; `docker {arguments[0]}` failed")
    return ended.stdout.strip()


if __name__ == "__main__":
    sys.exit(report("base image", make_ready, "is ready"))
