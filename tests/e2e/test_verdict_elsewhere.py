"""The verdict by remote components, as from any language: another region, an assumed role, a provider that is not known until the
update, and no default providers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.components.stacks import CHECKOUT, Stacks, sandbox_of_its_own

pytestmark = pytest.mark.e2e

PROJECT = f"""
name: elsewhere
runtime: {{name: python, options: {{virtualenv: {CHECKOUT / ".venv"}}}}}
plugins: {{providers: [{{name: slipway, path: {CHECKOUT / "components"}}}]}}
"""
CONFIGURATION = """
config:
  pulumi:disable-default-providers: ["*"]
"""
PROGRAM = """
import json
import os

import pulumi
import pulumi_aws as aws

keys = {"access_key": os.environ["AWS_ACCESS_KEY_ID"], "secret_key": os.environ["AWS_SECRET_ACCESS_KEY"]}
near = pulumi.ResourceOptions(provider=aws.Provider("near", region="eu-west-1", **keys))
trusts = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [trusts]})
role = aws.iam.Role("deployer", assume_role_policy=policy, opts=near)
rights = aws.iam.RolePolicyAttachment(
    "deployer", role=role.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess", opts=near
)
arn = pulumi.Output.all(role.arn, rights.id).apply(lambda values: values[0])
far = aws.Provider("far", region="us-east-1", assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=arn)], **keys)
slipway = pulumi.ProviderResource("slipway", "slipway", {})
# Pulumi's SDK for Python sends a remote component one provider of a list: the others come by its parent.
team = pulumi.ComponentResource("team:index:Team", "team", {}, pulumi.ResourceOptions(providers=[far, slipway]))
in_team = pulumi.ResourceOptions(parent=team)


class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, props, outputs):
        super().__init__(f"slipway:index:{kind}", name, props | dict.fromkeys(outputs), in_team, remote=True)


network = Remote("Network", "main", {"nat": "none", "interfaceEndpoints": ["logs"]}, ["vpcId", "privateSubnetIds"])
cluster = Remote("Cluster", "main", {}, ["clusterArn"])
service = Remote(
    "FargateService",
    "api",
    {
        "clusterArn": cluster.clusterArn,
        "vpcId": network.vpcId,
        "subnetIds": network.privateSubnetIds,
        "image": "slipway-sandbox/python:3.12",
        "desiredCount": 1,
        "command": ["python3", "-c", CODE],
    },
    [],
)
after = pulumi.ResourceOptions(depends_on=[service], provider=far)
aws.sqs.Queue("after", opts=after)
"""
SERVES = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit()); signal.pause()"
EXITS = "import sys; print('no database', flush=True); sys.exit(3)"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """A sandbox of this module's own; stopped in the end."""
    with sandbox_of_its_own(tmp_path_factory.mktemp("sandbox")) as made:
        yield made


def test_a_remote_component_is_red_until_its_service_runs(stacks: Stacks, tmp_path: Path) -> None:
    def write(code: str) -> None:
        (tmp_path / "__main__.py").write_text(f"CODE = {code!r}\n{PROGRAM}")

    def up(code: str) -> tuple[int, str]:
        write(code)
        done = stacks.run(tmp_path, "pulumi", "up", "--yes", "--skip-preview")
        return done.returncode, done.stdout

    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    stacks.pulumi(tmp_path, "stack", "init", "sandbox-elsewhere")
    (tmp_path / "Pulumi.sandbox-elsewhere.yaml").write_text(CONFIGURATION)
    write(EXITS)
    stacks.pulumi(tmp_path, "preview")  # the role's ARN, and so the provider, is not known yet
    for why in ("a first deployment that fails", "nothing changed, and it is red still"):
        code, said = up(EXITS)
        assert code != 0, why
        verdict = said.partition("aws:ecs:Service (api):\n")[2].split("\n\n")[0]
        assert ":1 failed, with none before it to roll back to\n" in verdict
        assert "\n      container api: exit code 3\n" in verdict
        assert "service 'api': the deployment failed, for the reasons given beside aws:ecs:Service" in said
        assert "Unexpected" not in said, "a verdict is no fault of the plugin"
        assert "closing" not in said, "the engine has nothing else under way"
    assert stacks.resources(tmp_path, "aws:sqs/queue:Queue") == {}, "it waits for the verdict"
    code, said = up(SERVES)
    assert code == 0, said
    assert list(stacks.resources(tmp_path, "aws:sqs/queue:Queue")) == ["after"]
    stacks.pulumi(tmp_path, "preview", "--expect-no-changes")
    stacks.pulumi(tmp_path, "destroy", "--yes", "--skip-preview")
