"""The aws provider under the real CLI: the effects of `pulumi up` on moto, for every type at once."""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway_sandbox.process.moto_environment import MOTO_ENVIRONMENT
from slipway_sandbox.provider import services
from slipway_sandbox.provider.aws.client import AwsClient
from slipway_sandbox.provider.protocol.readers import block, blocks, text
from slipway_sandbox.provider.protocol.wire import Value
from tests.support.sandbox.provider_examples import EXAMPLES, pick, resolve
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import Project, project_of

os.environ.update(MOTO_ENVIRONMENT)

pytestmark = pytest.mark.engine

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="module")
def provider_port() -> Iterator[int]:
    with provider(retry_seconds=5) as (port, _):
        yield port


@pytest.fixture
def project(provider_port: int, tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    """A stack with a program of programs/; the test names the file."""
    return project_of(PROGRAMS / f"{request.param}.py", tmp_path, provider_port)


@pytest.mark.parametrize("project", ["every_type"], indirect=True)
def test_every_type_is_created_imported_updated_drifts_and_is_destroyed(project: Project) -> None:
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")
    project.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert_every_type_is_imported(project)
    before = project.run("stack", "export")
    changed = project.run("up", "--yes", CHANGE="1")
    assert re.search(r"~ \d+ updated", changed)
    assert "replaced" not in changed
    project.run("preview", "--expect-no-changes", CHANGE="1")
    assert_drift_of_every_type_is_found_and_taken_back(project, before)
    project.run("destroy", "--yes", "--skip-preview")
    client = AwsClient()
    assert client.call("ecs", "list_clusters", "eu-west-1")["clusterArns"] == []
    assert client.call("sqs", "list_queues", "eu-west-1").get("QueueUrls", []) == []
    assert client.call("iam", "list_roles", "eu-west-1")["Roles"] == []
    assert all(vpc["IsDefault"] for vpc in blocks(client.call("ec2", "describe_vpcs", "eu-west-1"), "Vpcs"))
    for operation, member in (
        ("describe_addresses", "Addresses"),
        ("describe_network_interfaces", "NetworkInterfaces"),
        ("describe_volumes", "Volumes"),
    ):
        assert client.call("ec2", operation, "eu-west-1")[member] == []


def assert_drift_of_every_type_is_found_and_taken_back(project: Project, before: str) -> None:
    """Sets the state back to before the change, so the change looks like drift."""
    drifted = sum(bool(example.change) for example in EXAMPLES.values())
    (project.folder / "before.json").write_text(before)
    project.run("stack", "import", "--file", "before.json")
    found = project.run("refresh", "--yes", "--skip-preview")
    assert re.search(rf"~ {drifted} updated", found), found
    repaired = project.run("up", "--yes", "--skip-preview")
    assert re.search(rf"~ {drifted} updated", repaired), repaired
    project.run("preview", "--expect-no-changes")


def assert_every_type_is_imported(project: Project) -> None:
    """Another stack imports the resources of the stack, by the import ids in pulumi-aws's documentation, and forgets them."""
    live = project.state()

    def look_up(name: str, prop: str) -> Any:
        return live[name]["id"] if prop == "id" else pick(live[name]["outputs"], prop)

    def there(name: str) -> dict[str, Value]:
        autoname = services.resource(EXAMPLES[name].type).autoname
        named = {autoname.property: live[name]["outputs"][autoname.property]} if autoname else {}
        return {"id": resolve(EXAMPLES[name].import_id, look_up) or live[name]["id"], "named": named}

    (project.folder / "ids.json").write_text(json.dumps({name: there(name) for name in EXAMPLES}))
    project.run("stack", "init", "importing")
    project.run("config", "set", "aws:region", "eu-west-1")
    ids = str(project.folder / "ids.json")
    adopted = project.run("up", "--yes", "--skip-preview", IMPORT=ids)
    assert re.search(rf"= {len(EXAMPLES) - 1} imported\n", adopted), adopted  # all but the certificate with a key
    project.run("preview", "--expect-no-changes", IMPORT=ids)
    project.run("stack", "rm", "--yes", "--force", "importing")
    project.run("stack", "select", "test")


@pytest.mark.parametrize("project", ["web_shop"], indirect=True)
def test_a_program_in_the_wild_lives_its_life(project: Project) -> None:
    preview = project.run("preview", "--config", "web-shop:token=hush")
    assert re.search(r"\+ \d+ to create", preview)
    project.run("config", "set", "--secret", "token", "hush")
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")

    outputs = json.loads(project.run("stack", "output", "--json"))
    assert outputs["account"] == "123456789012"
    assert outputs["away"].startswith("arn:aws:sns:us-east-1:123456789012:away-")
    assert outputs["awayTags"] == {"team": "shop"}
    assert "hush" not in project.run("stack", "export")

    assert_drift_is_found_and_taken_back(project, outputs["url"])
    assert_replacement_keeps_the_rest(project)
    assert_import_adopts_without_a_change(project)
    project.run("destroy", "--yes", "--skip-preview")
    assert "pulumi:pulumi:Stack" not in json.dumps(project.state())


def assert_drift_is_found_and_taken_back(project: Project, url: str) -> None:
    client = AwsClient()
    late = {"VisibilityTimeout": "5"}
    client.call("sqs", "set_queue_attributes", "eu-west-1", QueueUrl=url, Attributes=late)
    project.run("refresh", "--yes", "--skip-preview")
    assert project.state()["orders"]
    repaired = project.run("up", "--yes")
    assert re.search(r"visibilityTimeoutSeconds: 5 => 60|~ 1 updated", repaired)
    found = client.call("sqs", "get_queue_attributes", "eu-west-1", QueueUrl=url, AttributeNames=["All"])
    assert block(found, "Attributes")["VisibilityTimeout"] == "60"


def assert_replacement_keeps_the_rest(project: Project) -> None:
    project.run("config", "set", "--secret", "token", "other")
    replaced = project.run("up", "--yes")
    assert re.search(r"\+-? ?1 replaced", replaced), replaced
    project.run("preview", "--expect-no-changes")


def assert_import_adopts_without_a_change(project: Project) -> None:
    url = text(AwsClient().call("sqs", "create_queue", "eu-west-1", QueueName="adopted"), "QueueUrl")
    project.run("config", "set", "import", "adopted")
    project.run("config", "set", "importUrl", url)
    adopted = project.run("up", "--yes")
    assert re.search(r"= 1 imported", adopted), adopted
    project.run("preview", "--expect-no-changes")


@pytest.mark.parametrize("project", ["assets"], indirect=True)
def test_assets_are_read_in_the_folder_of_the_program(project: Project) -> None:
    source, description = project.folder / "src", project.folder / "Pulumi.yaml"
    (source / "site").mkdir(parents=True)
    (source / "site" / "index.html").write_text("hello")
    (project.folder / "__main__.py").rename(source / "__main__.py")
    description.write_text(f"{description.read_text()}main: src\n")
    project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")
    bucket, client = json.loads(project.run("stack", "output", "--json"))["bucket"], AwsClient()
    bodies = {
        name: client.call("s3", "get_object", "eu-west-1", Bucket=bucket, Key=name)["Body"].read()  # type: ignore[union-attr]
        for name in ("page", "folder", "both")
    }
    assert bodies["page"] == b"hello"
    assert zipfile.ZipFile(io.BytesIO(bodies["folder"])).namelist() == ["index.html"]
    assert zipfile.ZipFile(io.BytesIO(bodies["both"])).namelist() == ["a.txt", "site/index.html"]
    project.run("destroy", "--yes", "--skip-preview")


@pytest.mark.parametrize("project", ["refused"], indirect=True)
def test_a_refusal_names_the_property_and_nothing_is_created(project: Project) -> None:
    shown = project.run("up", "--yes", "--skip-preview", ok=False)
    assert "has a problem: delaySeconds: expected delaySeconds to be in the range (0 - 900), got 901\n" in shown
    assert "Traceback" not in shown
    assert AwsClient().call("sqs", "list_queues", "eu-west-1", QueueNamePrefix="jobs").get("QueueUrls", []) == []


@pytest.mark.parametrize("project", ["refused"], indirect=True)
def test_a_region_that_aws_does_not_have_is_refused(project: Project) -> None:
    project.run("config", "set", "aws:region", "eu-wset-1")
    shown = project.run("up", "--yes", "--skip-preview", ok=False)
    assert "aws:region must be an AWS region such as eu-west-1, got 'eu-wset-1'" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("project", ["lookups"], indirect=True)
def test_every_function_fills_the_sdks_own_result_types(project: Project) -> None:
    project.run("preview")
    project.run("up", "--yes", "--skip-preview")
    outputs = json.loads(project.run("stack", "output", "--json"))
    named = {name: outputs[name] for name in ("account", "image", "parameter", "partition", "region", "user", "vpc")}
    assert named == {
        "account": "123456789012",
        "image": "x86_64",
        "parameter": "String",
        "partition": "aws",
        "region": "eu-west-1",
        "user": "AWS",
        "vpc": "10.40.0.0/16",
    }
    assert outputs["vpcAssociations"] == ["10.40.0.0/16"]
    assert outputs["zones"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert (outputs["subnet"], len(outputs["subnets"])) == ("10.40.1.0/24", 1)
    assert outputs["defaultTags"] == {}
    project.run("preview", "--expect-no-changes")
    project.run("destroy", "--yes", "--skip-preview")


@pytest.mark.parametrize("project", ["state_commands"], indirect=True)
def test_resources_are_moved_about_in_the_state(project: Project) -> None:
    project.run("config", "set", "--secret", "title", "hush")
    project.run("config", "set", "protected", "true")
    project.run("up", "--yes", "--skip-preview")
    urns = {name: each["urn"] for name, each in project.state().items()}

    project.run("config", "set", "delay", "5")
    project.run("up", "--yes", "--skip-preview", "--target", urns["bills"])
    assert delays(project) == {"orders": 0, "bills": 5}, "a target alone is updated"

    project.run("config", "set", "--path", "aws:defaultTags.tags.team", "shop")
    project.run("up", "--yes", "--skip-preview")
    assert project.state()["bills"]["outputs"]["tagsAll"] == {"team": "shop"}, "the stack's tags reach what is there"

    assert "protected" in project.run("destroy", "--yes", "--skip-preview", "--target", urns["orders"], ok=False)
    project.run("state", "unprotect", "--yes", urns["orders"])
    project.run("config", "set", "protected", "false")
    project.run("state", "rename", "--yes", urns["orders"], "renamed")
    project.run("config", "set", "orders", "renamed")
    url = json.loads(project.run("stack", "output", "--json"))["orders"]
    project.run("up", "--yes", "--skip-preview")
    assert delays(project) == {"renamed": 5, "bills": 5}
    assert project.state()["renamed"]["outputs"]["url"] == url, "a renamed resource is not made anew"

    project.run("state", "delete", "--yes", project.state()["renamed"]["urn"])
    project.run("config", "set", "import", url)
    project.run("config", "set", "name", url.rpartition("/")[2])
    assert "= 1 imported" in project.run("up", "--yes", "--skip-preview")
    project.run("preview", "--expect-no-changes")
    assert "hush" not in project.run("stack", "export")
    project.run("destroy", "--yes", "--skip-preview")
    assert AwsClient().call("sqs", "list_queues", "eu-west-1").get("QueueUrls", []) == []


def delays(project: Project) -> dict[str, int]:
    """What SQS says of each queue in the state."""
    client, queues = AwsClient(), {}
    for name, each in project.state().items():
        if each["type"] == "aws:sqs/queue:Queue":
            found = client.call(
                "sqs", "get_queue_attributes", "eu-west-1", QueueUrl=each["id"], AttributeNames=["DelaySeconds"]
            )
            queues[name] = int(text(block(found, "Attributes"), "DelaySeconds"))
    return queues
