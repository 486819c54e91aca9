"""A deployment that was rolled back fails the update, stays failed without a change, and is over with a fixed image."""

import re
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest

from tests.support.commands import HANG_SECONDS
from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: verdict
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
"""
PROGRAM = """
import slipway

slipway.speed_up_program()
from slipway import Cluster, FargateService, Network

network = Network("main", {"nat": "none", "interface_endpoints": ["logs"]}, OPTIONS)
FargateService(
    "api",
    {
        "cluster_arn": Cluster("main", {}, OPTIONS).cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": "slipway-sandbox/python:3.12",
        "desired_count": 1,
        "command": ["python3", "-c", CODE],
    },
    OPTIONS,
)
"""
SERVES = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()"
EXITS = "import sys; print('no database', flush=True); sys.exit(3)"
PROVIDER = """
import slipway

slipway.speed_up_program()
import pulumi
import pulumi_aws as aws

OPTIONS = pulumi.ResourceOptions(providers=[aws.Provider("shop", **CREDENTIALS)])
"""


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


# Whoever asks without the provider's own credentials is in another account.
PROFILES = """
[default]
role_arn = arn:aws:iam::111122223333:role/elsewhere
source_profile = shop

[profile shop]
aws_access_key_id = {AWS_ACCESS_KEY_ID}
aws_secret_access_key = {AWS_SECRET_ACCESS_KEY}
"""
BY_PROFILE = {"profile": "shop"}


@pytest.fixture
def with_profiles(stacks: Stacks, tmp_path: Path) -> Stacks:
    """A shell without keys, and with two profiles."""
    file = tmp_path / "aws.config"
    file.write_text(PROFILES.format_map(stacks.environment))
    file.chmod(0o600)
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    without = {name: value for name, value in stacks.environment.items() if name not in keys}
    return Stacks(without | {"AWS_CONFIG_FILE": str(file)})


def test_a_rollback_fails_the_update_by_a_profile_and_by_keys_until_the_service_runs_what_was_asked(
    stacks: Stacks, with_profiles: Stacks, tmp_path: Path
) -> None:
    by_keys = {
        "access_key": stacks.environment["AWS_ACCESS_KEY_ID"],
        "secret_key": stacks.environment["AWS_SECRET_ACCESS_KEY"],
    }
    stacks = with_profiles

    def up(code: str, credentials: Mapping[str, str] = BY_PROFILE) -> tuple[int, str]:
        (tmp_path / "__main__.py").write_text(f"CODE = {code!r}\nCREDENTIALS = {credentials!r}\n{PROVIDER}{PROGRAM}")
        done = stacks.run(tmp_path, "pulumi", "up", "--yes", "--skip-preview")
        return done.returncode, done.stdout

    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-verdict")
    code, said = up(EXITS)
    assert code != 0, "a first deployment that fails"
    assert ":1 failed, with none before it to roll back to\n" in said
    assert "\n      container api: exit code 3\n" in said, "read with the profile"
    assert up(SERVES)[0] == 0
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")

    code, said = up(EXITS, by_keys)
    assert code != 0
    verdict = said.partition("aws:ecs:Service (api):\n")[2].split("\n\n")[0]
    assert ":3 was rolled back" in verdict
    assert "\n      container api: exit code 3\n" in verdict
    assert "\n        no database\n" in verdict
    assert "\n      look at: it ended by itself: its last lines say why\n" in verdict
    assert len(verdict.splitlines()) <= 12
    assert "Traceback" not in said

    code, said = up(EXITS, by_keys)
    assert code != 0, "nothing changed, and the service still runs what was before"
    assert ":3 was rolled back to " in said
    shown = stacks.pulumi(tmp_path, "preview")
    assert re.search(r"warning: service 'api': the deployment of api-\w+:3 was rolled back to api-\w+:2\n", shown), (
        shown
    )
    assert "pulumi:index:Stash api-verdict update" in shown

    code, said = up(SERVES)
    assert code == 0, said
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")


RESTING = PROGRAM.replace('"desired_count": 1', '"desired_count": 0')


@pytest.fixture
def preview_of_a_change(stacks: Stacks, tmp_path: Path) -> Iterator[str]:
    """What a preview of another command says after somebody else has deployed another image."""

    def write(code: str) -> None:
        (tmp_path / "__main__.py").write_text(f"CODE = {code!r}\nOPTIONS = None\n{RESTING}")

    write(SERVES)
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    variables = {key: value for key, value in stacks.environment.items() if key.startswith("AWS_")}
    for command in ("stack init sandbox-others", "up --yes --skip-preview"):
        subprocess.run(["pulumi", *command.split()], cwd=tmp_path, env=stacks.environment, check=True)
    service = stacks.resources(tmp_path, "aws:ecs/service:Service")["api"]["outputs"]
    ecs = boto3.client(
        "ecs",
        variables.get("AWS_REGION") or variables["AWS_DEFAULT_REGION"],
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    ours = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    size = {key: ours[key] for key in ("cpu", "memory", "networkMode", "requiresCompatibilities", "executionRoleArn")}
    containers = [{**ours["containerDefinitions"][0], "image": "another:1"}]
    volumes = ours.get("volumes", [])
    made = ecs.register_task_definition(family=ours["family"], containerDefinitions=containers, volumes=volumes, **size)
    theirs = made["taskDefinition"]
    ecs.update_service(cluster=service["cluster"], service=service["name"], taskDefinition=theirs["taskDefinitionArn"])
    ecs.close()
    write(EXITS)
    done = stacks.run(tmp_path, "pulumi", "preview")
    if done.returncode != 0:
        raise RuntimeError(done.stdout)
    yield done.stdout
    subprocess.run(["pulumi", "destroy", "--yes", "--skip-preview"], cwd=tmp_path, env=stacks.environment, check=True)


def test_a_preview_of_a_change_names_what_somebody_else_deployed(preview_of_a_change: str) -> None:
    said = (
        r"FargateService 'api': somebody else deployed api-\w+:2 in place of api-\w+:1, with the image another:1; this"
    )
    assert re.search(said, preview_of_a_change), preview_of_a_change


BLUE_GREEN = """
import slipway

slipway.speed_up_program()
import pulumi

from slipway import Cluster, FargateService, Network

network = Network("main", {"nat": "none", "interface_endpoints": ["logs"]})
cluster = Cluster("main", {})
service = FargateService(
    "web",
    {
        "cluster_arn": cluster.cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": "slipway-sandbox/python:3.12",
        "desired_count": 1,
        "stop_timeout_seconds": 2,
        "writable_paths": {"/tmp": 16},
        "command": ["sh", "-c", CODE],
        "container_port": 8080,
        "health_check_path": "/",
        "health_check_grace_period_seconds": 5,
        "load_balancer": {"subnet_ids": network.public_subnet_ids, "allowed_cidr_blocks": ["10.0.0.0/8"]},
        "deployment": {"strategy": "blue_green", "bake_minutes": 0},
    },
)
pulumi.export("url", service.url)
pulumi.export("clusterName", cluster.cluster_name)
pulumi.export("serviceNames", [service.service_name])
pulumi.export("queueUrls", {})
pulumi.export("deadLetterQueueUrls", {})
"""


def page(text: str) -> str:
    """Shell code that serves a page with this text."""
    return f"mkdir /tmp/www; echo {text} > /tmp/www/index.html; exec python3 -m http.server 8080 -d /tmp/www"


def test_blue_green_moves_every_request_or_none(stacks: Stacks, tmp_path: Path) -> None:
    def up(code: str) -> tuple[int, str]:
        (tmp_path / "__main__.py").write_text(f"CODE = {code!r}\n{BLUE_GREEN}")
        done = stacks.run(tmp_path, "pulumi", "up", "--yes", "--skip-preview")
        return done.returncode, done.stdout

    def answer() -> str:
        with urllib.request.urlopen(url, timeout=HANG_SECONDS) as reply:
            text: str = reply.read().decode().strip()
        return text

    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-blue-green")
    for text in ("blue", "green"):
        code, said = up(page(text))
        assert code == 0, said
        url = stacks.pulumi(tmp_path, "stack", "output", "url").strip()
        assert answer() == text
        stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    code, said = up("echo no database; exit 3")
    assert code != 0
    assert ":3 was rolled back to web-" in said
    assert "container web: exit code 3\n" in said
    assert answer() == "green"

    back = stacks.run(tmp_path, str(CHECKOUT / ".venv" / "bin" / "slipway"), "rollback", "web")
    assert re.search(r"goes from web-\w+:2 to web-\w+:4, which is web-\w+:1 once more;", back.stdout), back.stdout
    assert awaited(lambda: answer() == "blue")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
