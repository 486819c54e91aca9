"""The programs that the sandbox needs of this machine, each with the command that brings it."""

import os
import shutil
from pathlib import Path

INSTALL_PULUMI = "curl -fsSL https://get.pulumi.com | sh"
INSTALL_DOCKER = "curl -fsSL https://get.docker.com | sh"


def pulumi() -> str | None:
    """Path of the Pulumi CLI: on PATH, else where its installer puts it."""
    return shutil.which("pulumi") or shutil.which("pulumi", path=str(Path.home() / ".pulumi" / "bin"))


def pulumi_is_missing() -> str:
    """Sentence for a machine without the Pulumi CLI."""
    return f"there is no Pulumi CLI here; install it: {INSTALL_PULUMI}"


def docker_is_missing(reason: object) -> str:
    """Sentence for a machine where no Docker daemon answers."""
    remedy = (
        "start Docker" if shutil.which("dockerd") or os.environ.get("DOCKER_HOST") else f"install it: {INSTALL_DOCKER}"
    )
    return (
        f"Docker cannot be reached ({reason}), so ECS services stay pending; {remedy}, then run `slipway sandbox start`"
    )


def docker_is_gone(address: str, reason: str) -> str:
    """Sentence for a Docker daemon that answered at an address, and does not any more."""
    return (
        f"Docker at {address} does not answer any more ({reason}), so no task starts or ends; start it and tasks go on, "
        "or run `slipway sandbox start` where another Docker answers"
    )
