"""A mistake is refused before the first resource, in one sentence, and leaves the state as it was."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Platform

pytestmark = pytest.mark.e2e

MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": (
        {"zoneCuont": 3},
        "config slipway:zoneCuont: is not a key of this program; did you mean slipway:zoneCount?",
    ),
    "a range too small for the plan": (
        {"cidrBlock": "10.20.0.0/28"},
        "Network 'platform': cidr_block must be between a /16 and a /24, got 10.20.0.0/28; it has 16, and the smallest plan "
        "is 2 zones x (64 private + 32 isolated + 32 public) = 256 addresses",
    ),
    "a range that overlaps": (
        {"connectedCidrBlocks": ["10.0.0.0/8"]},
        "Network 'platform': cidr_block must not overlap connected_cidr_blocks[0] (10.0.0.0/8), got 10.20.0.0/16; "
        "take a range that none of the connected networks use",
    ),
    "a size that Fargate does not offer": (
        {"apiCpu": 256, "apiMemoryMib": 8192},
        "FargateService 'api': memory_mib must be one of 512, 1024, 2048 with cpu 256, got 8192; "
        "take 2048 or less, or cpu 1024 or 2048 or 4096",
    ),
    "a bastion open to the world": (
        {"bastionAllowedCidrBlocks": ["0.0.0.0/0"]},
        "Bastion 'bastion': allowed_cidr_blocks must not be open to everyone, got 0.0.0.0/0; "
        "name your own network as 203.0.113.7/32, or leave it empty and use Session Manager",
    ),
    "a topic name with a space": (
        {"topicName": "new orders"},
        "config slipway:topicName: must be letters, digits and hyphens and start with a letter, got 'new orders'; "
        "see its description in Pulumi.yaml",
    ),
    "a missing Dockerfile": (
        {"appDirectory": "docs"},
        "ContainerImage 'app': dockerfile must be an existing file, got 'docs/Dockerfile'; create docs/Dockerfile",
    ),
}


def config_with(platform: Platform, changes: dict[str, Any], file: Path) -> Path:
    """A copy of the sandbox stack's configuration with `changes`."""
    config = yaml.safe_load((platform.root / "Pulumi.sandbox.yaml").read_text())
    config["config"] |= {f"slipway:{key}": value for key, value in changes.items()}
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_configuration_is_refused_in_one_sentence(
    platform: Platform, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    before = platform.run("pulumi", "stack", "export").stdout
    config = config_with(platform, changes, tmp_path / "Pulumi.sandbox.yaml")
    up = platform.run("pulumi", "up", "--yes", "--config-file", str(config))
    assert up.returncode != 0
    assert f"error: {sentence}\n" in up.stdout
    assert "Traceback" not in up.stdout
    assert platform.run("pulumi", "stack", "export").stdout == before


def test_a_stack_on_aws_is_refused_while_the_sandbox_is_attached(platform: Platform) -> None:
    platform.run("pulumi", "stack", "init", "staging")
    preview = platform.run("pulumi", "preview", "--config-file", "Pulumi.dev.yaml", PULUMI_STACK="staging")
    assert preview.returncode != 0
    assert "stack 'staging' deploys to AWS, and this shell is attached to the sandbox by" in preview.stdout


def test_a_sandbox_stack_is_refused_in_a_shell_that_is_not_attached(platform: Platform) -> None:
    preview = platform.run("pulumi", "preview", AWS_ENDPOINT_URL="")
    assert preview.returncode != 0
    assert "this shell is not attached to it; run make up" in preview.stdout
