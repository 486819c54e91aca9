"""State in a bucket: a second `pulumi up` is kept out, and one that was killed is gone on with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from slipway_sandbox.identities import administrator
from tests.support.aws.aws_endpoint import endpoint
from tests.support.sandbox.provider_world import provider
from tests.support.sandbox.pulumi_project import Project, project_of

__all__ = ["endpoint"]

pytestmark = pytest.mark.engine

PROGRAM = """
import os

import pulumi_aws as aws

for number in range(int(os.environ["COUNT"])):
    aws.sqs.Queue(f"queue-{number}")
"""
STATE = ".pulumi/stacks/queues/test.json"
LOCKS = ".pulumi/locks/organization/queues/test/"


@pytest.fixture
def provider_port() -> Iterator[int]:
    with provider(retry_seconds=10) as (port, _):  # empties the cloud
        yield port


@pytest.fixture
def bucket(endpoint: str, provider_port: int) -> Iterator[Any]:
    client = boto3.client(
        "s3", "eu-west-1", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test"
    )
    client.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield client
    client.close()


@pytest.fixture
def project(endpoint: str, bucket: Any, provider_port: int, tmp_path: Path) -> Project:
    program = tmp_path / "queues.py"
    program.write_text(PROGRAM, encoding="utf-8")
    backend = f"s3://states?endpoint={endpoint}&s3ForcePathStyle=true&region=eu-west-1"
    return project_of(
        program, tmp_path, provider_port, None, COUNT="2", PULUMI_BACKEND_URL=backend, **administrator.VARIABLES
    )


def resources(bucket: Any) -> int:
    """How many the state in the bucket has."""
    state = json.loads(bucket.get_object(Bucket="states", Key=STATE)["Body"].read())
    return len(state["checkpoint"]["latest"].get("resources", []))


def locks(bucket: Any) -> list[str]:
    """Keys of the stack's locks."""
    return [each["Key"] for each in bucket.list_objects_v2(Bucket="states", Prefix=LOCKS).get("Contents", [])]


def test_a_killed_update_keeps_others_out_until_it_is_cancelled_and_goes_on_then(project: Project, bucket: Any) -> None:
    project.run("up", "--yes", "--skip-preview")
    kept = resources(bucket)
    assert kept == 4, "the stack, its provider, two queues"

    one_by_one = ("up", "--yes", "--skip-preview", "--parallel", "1")
    project.killed(*one_by_one, when=lambda: resources(bucket) > kept, COUNT="12")
    [lock] = locks(bucket)
    refused = project.run("up", "--yes", "--skip-preview", ok=False, COUNT="12")
    assert "error: the stack is currently locked by 1 lock(s)." in refused
    assert f"s3://states/{lock}?" in refused

    project.run("cancel", "--yes")
    assert locks(bucket) == []
    assert kept < resources(bucket) < kept + 10
    project.run("up", "--yes", "--skip-preview", COUNT="12")
    assert (resources(bucket), locks(bucket)) == (kept + 10, [])
    project.run("destroy", "--yes", "--skip-preview", COUNT="12")
    assert resources(bucket) == 0
