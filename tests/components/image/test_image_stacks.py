"""Images and clusters on the real engine: what is the same release, what a killed deployment leaves, and where secrets do not get to."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypedDict

import docker
import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: images
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import slipway

slipway.speed_up_program()
import pulumi
from slipway import Cluster, ContainerImage

cluster = Cluster("main", {"service_connect_namespace": "shop.internal", "spot_percent": 60})
pulumi.export("namespaces", [
    cluster.service_connect_namespace_arn,
    Cluster("taken", {"cluster_name": cluster.cluster_arn}).service_connect_namespace_arn,
])
image = ContainerImage("app", {"context": "app", "force_delete": True, "pull_account_ids": ["210987654321"]})
secret = ContainerImage(
    "secret",
    {
        "context": "secret",
        "push_dockerfile": "push/Dockerfile",
        "build_secrets": {"token": {"env": "BUILD_TOKEN"}, "file": {"file": "token.txt"}},
        "repository_url": image.repository_url,
    },
)
taken = ContainerImage("taken", {"image_uri": image.image_uri})
pulumi.export("app", image.image_uri)
pulumi.export("secret", secret.image_uri)
pulumi.export("taken", taken.repository_url)
"""
GATED = PROGRAM.replace('"context": "app",', '"context": "app", "fail_on_severity": "HIGH",')
SERVICE = """
from slipway import FargateService, Network

network = Network("main", {"nat": "none", "interface_endpoints": ["logs"]})
service = {
    "cluster_arn": cluster.cluster_arn,
    "vpc_id": network.vpc_id,
    "subnet_ids": network.private_subnet_ids,
    "image": image.image_uri,
    "desired_count": 0,
}
"""
MISFITS = [
    (
        'FargateService("port", service | {"container_port": 81})',
        "FargateService 'port': container_port must be one that the image exposes, got 81; it exposes 8080",
    ),
    (
        'FargateService("processor", service | {"architecture": "arm64"})',
        "FargateService 'processor': image must be built for arm64, which the task runs on, got x86_64; "
        "set architecture to x86_64, or build it for arm64",
    ),
]
VALUES = ("hunter2-of-the-environment", "hunter2-of-the-file")
TOKEN_FILES = "/run/secrets/token", "/run/secrets/file"
CHECK = " && ".join(f"test -s {path}" for path in TOKEN_FILES)


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield Stacks(sandbox.environment | {"BUILD_TOKEN": VALUES[0]})


@pytest.fixture(scope="module")
def program(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program, deployed; destroyed in the end."""
    folder = tmp_path_factory.mktemp("program")
    mounts = "--mount=type=secret,id=token,required=true --mount=type=secret,id=file,required=true"
    files = {
        "Pulumi.yaml": PROJECT,
        "__main__.py": PROGRAM,
        "app/Dockerfile": "FROM slipway-sandbox/python:3.12\nCOPY main.py /\nUSER 10001\nEXPOSE 8080\n",
        "app/main.py": "print(1)\n",
        "secret/Dockerfile": f"FROM slipway-sandbox/python:3.12\nRUN {mounts} {CHECK} && echo {folder.name} > /built\n",
        "push/Dockerfile": "ARG IMAGE\nFROM ${IMAGE}\n",
        "token.txt": VALUES[1],
    }
    for path, content in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    stacks.pulumi(folder, "stack", "init", "sandbox-images")
    stacks.pulumi(folder, "preview")
    stacks.pulumi(folder, "up", "--yes", "--skip-preview")
    yield folder
    stacks.pulumi(folder, "destroy", "--yes", "--skip-preview")


class Outputs(TypedDict):
    """Outputs of the program."""

    app: str
    secret: str
    taken: str
    namespaces: list[str]


def outputs(stacks: Stacks, program: Path) -> Outputs:
    values: Outputs = json.loads(stacks.pulumi(program, "stack", "output", "--json"))
    return values


def test_a_cluster_that_is_there_has_the_namespace_that_it_was_made_with(stacks: Stacks, program: Path) -> None:
    own, taken = outputs(stacks, program)["namespaces"]
    assert own.startswith("arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-")
    assert taken == own


def test_a_second_clone_is_no_change_and_another_umask_no_other_release(
    stacks: Stacks, program: Path, tmp_path: Path
) -> None:
    stacks.pulumi(program, "preview", "--expect-no-changes")
    clone = tmp_path / "clone"
    shutil.copytree(program, clone)
    for path in clone.rglob("*"):
        os.utime(path, (1, 1))
    stacks.pulumi(clone, "stack", "select", "sandbox-images")
    stacks.pulumi(clone, "preview", "--expect-no-changes")
    before = outputs(stacks, program)
    (clone / "app" / "main.py").chmod(0o664)
    stacks.pulumi(clone, "up", "--yes", "--skip-preview")
    assert outputs(stacks, clone) == before
    stacks.pulumi(clone, "preview", "--expect-no-changes")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")


def test_a_deployment_killed_between_push_and_state_takes_what_it_pushed(stacks: Stacks, program: Path) -> None:
    # As in ECR, a second push of the tag would be refused, even of the same image.
    before = outputs(stacks, program)
    state = json.loads(stacks.pulumi(program, "stack", "export"))["deployment"]["resources"]
    for urn in [resource["urn"] for resource in state if resource["type"] == "docker:index/image:Image"]:
        stacks.pulumi(program, "state", "delete", urn, "--yes", "--target-dependents")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    assert outputs(stacks, program) == before
    stacks.pulumi(program, "preview", "--expect-no-changes")


def test_a_rollback_runs_the_very_image_that_ran_before(stacks: Stacks, program: Path) -> None:
    before = outputs(stacks, program)
    main = program / "app" / "main.py"
    main.write_text("print(2)\n")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    after = outputs(stacks, program)
    assert after["app"] != before["app"]
    assert after["secret"] == before["secret"]
    main.write_text("print(1)\n")
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
    assert outputs(stacks, program) == before
    stacks.pulumi(program, "preview", "--expect-no-changes")


def test_build_secrets_reach_the_build_and_nothing_else(stacks: Stacks, program: Path) -> None:
    text = stacks.pulumi(program, "stack", "export", "--show-secrets")
    with closing(docker.from_env()) as client:
        image = client.images.pull(outputs(stacks, program)["secret"])
        text += json.dumps(image.history()) + json.dumps(image.attrs)
        listing = client.containers.run(image, ["ls", "-A", "/run/secrets"], remove=True)
    assert listing == b"", "the mount points are empty"
    assert [value for value in VALUES if value in text] == []


def test_what_does_not_fit_or_was_not_scanned_is_told_before_a_service_takes_it(stacks: Stacks, program: Path) -> None:
    # One at a time: the first refusal may end an update before the other image is looked at.
    for service, sentence in MISFITS:
        (program / "__main__.py").write_text(PROGRAM + SERVICE + service)
        done = stacks.run(program, "pulumi", "up", "--yes", "--skip-preview")
        assert done.returncode != 0
        assert sentence in " ".join(done.stdout.split()), done.stdout
        assert "Traceback" not in done.stdout
        assert stacks.inputs(program, "aws:ecs/service:Service") == {}
    (program / "__main__.py").write_text(GATED)
    done = stacks.run(program, "pulumi", "up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert "could not be scanned, UNSUPPORTED_IMAGE: the sandbox has no scanner; without" in " ".join(
        done.stdout.split()
    )
    (program / "__main__.py").write_text(PROGRAM)
    stacks.pulumi(program, "up", "--yes", "--skip-preview")
