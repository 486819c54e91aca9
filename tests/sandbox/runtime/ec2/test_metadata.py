"""What an EC2 instance learns of itself: in process, and by botocore in a container that stands for an instance."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore
import docker
import pytest
from botocore.credentials import InstanceMetadataProvider
from botocore.utils import InstanceMetadataFetcher
from moto import mock_aws

from setup import base_image
from slipway_sandbox import corrections
from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.identities.sessions import Sessions
from slipway_sandbox.runtime.ec2.instance_identity import InstanceIdentities
from slipway_sandbox.runtime.ec2.metadata_service import MetadataService
from tests.sandbox.conftest import Box
from tests.support.sandbox.runtime_cloud import DEBIAN, eventually, new_key

ACCOUNT, REGION, HERE = "123456789012", "eu-west-1", "127.0.0.1"
TOKEN, TTL = "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CREDENTIALS = "/latest/meta-data/iam/security-credentials/"


def trusting(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def give_role(iam: Any, name: str, service: str = "ec2.amazonaws.com") -> None:
    """A role that the service may assume, and an instance profile of the same name with it."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting(service))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


class Metadata:
    """A service whose one instance is this machine's loopback, and moto in this process."""

    def __init__(self) -> None:
        self.seconds, self.sessions, self.denials = 0.0, Sessions(), Denials()
        identities = InstanceIdentities(self.sessions, self.denials, lambda: NOW)
        self.service = MetadataService("http://127.0.0.1:1", identities, now=lambda: self.seconds)
        self.ec2, self.iam = (boto3.client(name, REGION) for name in ("ec2", "iam"))
        self.subnet = self.ec2.describe_subnets()["Subnets"][0]

    def launch(self, **arguments: Any) -> dict[str, Any]:
        """A new instance, that asks from here on."""
        [image] = self.ec2.describe_images(Filters=[DEBIAN])["Images"]
        [made] = self.ec2.run_instances(
            ImageId=image["ImageId"], MinCount=1, MaxCount=1, SubnetId=self.subnet["SubnetId"], **arguments
        )["Instances"]
        self.service.admit(HERE, made["InstanceId"])
        return dict(made)

    def get(self, path: str, token: str | None = None) -> tuple[int, str]:
        answer = self.service.answer(HERE, "GET", path, {} if token is None else {TOKEN: token})
        return int(answer.status), answer.text

    def token(self, seconds: str = "60") -> str:
        return self.service.answer(HERE, "PUT", "/latest/api/token", {TTL: seconds}).text


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    corrections.install()
    with mock_aws():
        made = Metadata()
        yield made
        made.service.close()


def test_an_instance_reads_what_ec2_knows_of_it(metadata: Metadata) -> None:
    give_role(metadata.iam, "app")
    made = metadata.launch(IamInstanceProfile={"Name": "app"}, UserData="#!/bin/sh\ntrue")
    mac, below = made["NetworkInterfaces"][0]["MacAddress"], "/latest/meta-data"
    profile = metadata.iam.get_instance_profile(InstanceProfileName="app")["InstanceProfile"]
    values = {
        f"{below}/instance-id": made["InstanceId"],
        f"{below}/local-ipv4": made["PrivateIpAddress"],
        f"{below}/placement/": "availability-zone\nregion",
        f"{below}/placement/availability-zone": metadata.subnet["AvailabilityZone"],
        f"{below}/placement/region": REGION,
        f"{below}/mac": mac,
        f"{below}/network/interfaces/macs/": f"{mac}/",
        f"{below}/network/interfaces/macs/{mac}/subnet-id": metadata.subnet["SubnetId"],
        f"{below}/network/interfaces/macs/{mac}/vpc-id": metadata.subnet["VpcId"],
        CREDENTIALS: "app",
        "/latest/user-data": "#!/bin/sh\ntrue",
    }
    assert {path: metadata.get(path) for path in values} == {path: (200, text) for path, text in values.items()}
    document = json.loads(metadata.get("/latest/dynamic/instance-identity/document")[1])
    assert (document["accountId"], document["region"], document["instanceId"], document["privateIp"]) == (
        ACCOUNT,
        REGION,
        made["InstanceId"],
        made["PrivateIpAddress"],
    )
    assert json.loads(metadata.get(f"{below}/iam/info")[1]) == {
        "Code": "Success",
        "LastUpdated": "2026-01-01T00:00:00Z",
        "InstanceProfileArn": profile["Arn"],
        "InstanceProfileId": profile["InstanceProfileId"],
    }


def test_an_instance_without_profile_and_user_data_has_neither(metadata: Metadata) -> None:
    metadata.launch()
    paths = (CREDENTIALS, "/latest/meta-data/iam/info", "/latest/user-data", "/latest/meta-data/nothing")
    assert [metadata.get(path) for path in paths] == [(404, "")] * 4


def test_an_sdk_finds_the_session_of_the_role(metadata: Metadata) -> None:
    give_role(metadata.iam, "app")
    made = metadata.launch(IamInstanceProfile={"Name": "app"}, MetadataOptions={"HttpTokens": "required"})
    address, port = metadata.service.open(HERE)
    fetcher = InstanceMetadataFetcher(base_url=f"http://{address}:{port}/", num_attempts=1)
    found = InstanceMetadataProvider(fetcher).load()
    assert found is not None
    session = metadata.sessions.by_key(found.access_key)
    assert session is not None
    assert (session.role_arn, session.name) == (f"arn:aws:iam::{ACCOUNT}:role/app", made["InstanceId"])
    metadata.service.end(made["InstanceId"])
    assert metadata.sessions.by_key(found.access_key) is None, "a terminated instance is nobody any more"


def test_a_role_that_does_not_trust_ec2_gives_no_credentials(metadata: Metadata) -> None:
    give_role(metadata.iam, "task", "ecs-tasks.amazonaws.com")
    metadata.launch(IamInstanceProfile={"Name": "task"})
    status, text = metadata.get(f"{CREDENTIALS}task")
    assert (status, json.loads(text)["Code"]) == (200, "AssumeRoleUnauthorizedAccess")
    [denial] = metadata.denials.report()["denied"]
    assert (denial["principal"], denial["action"], denial["resource"]) == (
        "ec2.amazonaws.com",
        "sts:AssumeRole",
        f"arn:aws:iam::{ACCOUNT}:role/task",
    )


@dataclass(frozen=True)
class Case:
    """Options of an instance, a request, and the status of the answer."""

    says: str
    options: Mapping[str, str]
    method: str
    path: str
    headers: Callable[[Metadata], Mapping[str, str]]
    status: int


ID = "/latest/meta-data/instance-id"
REQUIRED, OPTIONAL, DISABLED = {"HttpTokens": "required"}, {"HttpTokens": "optional"}, {"HttpEndpoint": "disabled"}
CASES = [
    Case("version 1 where it is optional", OPTIONAL, "GET", ID, lambda _: {}, 200),
    Case("version 1 where version 2 is required", REQUIRED, "GET", ID, lambda _: {}, 401),
    Case("version 2", REQUIRED, "GET", ID, lambda it: {TOKEN: it.token()}, 200),
    Case("a wrong token where none is needed", OPTIONAL, "GET", ID, lambda _: {TOKEN: "guessed"}, 401),
    Case("a token without a lifetime", REQUIRED, "PUT", "/latest/api/token", lambda _: {}, 400),
    Case("a token for no time", REQUIRED, "PUT", "/latest/api/token", lambda _: {TTL: "0"}, 400),
    Case("a token for six hours", REQUIRED, "PUT", "/latest/api/token", lambda _: {TTL: "21600"}, 200),
    Case("a token for longer", REQUIRED, "PUT", "/latest/api/token", lambda _: {TTL: "21601"}, 400),
    Case(
        "a token by a proxy",
        REQUIRED,
        "PUT",
        "/latest/api/token",
        lambda _: {TTL: "60", "x-forwarded-for": "10.0.0.9"},
        403,
    ),
    Case("a token by GET", REQUIRED, "GET", "/latest/api/token", lambda _: {TTL: "60"}, 405),
    Case("values by PUT", REQUIRED, "PUT", ID, lambda it: {TOKEN: it.token()}, 405),
    Case("a disabled endpoint", DISABLED, "GET", ID, lambda _: {}, 403),
    Case("a token of a disabled endpoint", DISABLED, "PUT", "/latest/api/token", lambda _: {TTL: "60"}, 403),
]


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
def test_the_answer_follows_from_the_options_of_the_instance(metadata: Metadata, case: Case) -> None:
    metadata.launch(MetadataOptions=case.options)
    answer = metadata.service.answer(HERE, case.method, case.path, case.headers(metadata))
    assert answer.status == case.status


def test_a_token_ends_in_time_and_is_of_one_instance(metadata: Metadata) -> None:
    metadata.launch()
    token = metadata.token("60")
    metadata.seconds = 59.9
    assert metadata.get(ID, token)[0] == 200
    metadata.seconds = 60.0
    assert metadata.get(ID, token)[0] == 401
    token = metadata.token("60")
    metadata.launch()
    assert metadata.get(ID, token)[0] == 401


def test_other_containers_have_no_metadata(metadata: Metadata) -> None:
    metadata.launch()
    assert metadata.service.answer("172.17.0.9", "GET", ID, {}).status == 403
    metadata.service.forget(HERE)
    assert metadata.get(ID) == (403, "")


def test_a_change_of_one_option_keeps_the_others(metadata: Metadata) -> None:
    made = metadata.launch(MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2})
    metadata.ec2.modify_instance_metadata_options(InstanceId=made["InstanceId"], HttpEndpoint="disabled")
    [described] = metadata.ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"]
    options = described["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"], options["HttpEndpoint"]) == (
        "required",
        2,
        "disabled",
    )


ASK = """
import json, os, botocore.session
session = botocore.session.get_session()
sts = session.create_client("sts", region_name="eu-west-1")
sqs = session.create_client("sqs", region_name="eu-west-1")
try:
    refused = sqs.list_queues()
except sqs.exceptions.ClientError as error:
    refused = error.response["Error"]["Code"]
print(json.dumps([session.get_credentials().method, sts.get_caller_identity()["Arn"], refused]))
"""


@pytest.mark.e2e
def test_in_its_container_an_sdk_is_the_role_of_the_instance(shared_box: Box) -> None:
    iam, ec2, ssm = (shared_box.client(name) for name in ("iam", "ec2", "ssm"))
    give_role(iam, "metadata-host")
    ec2.import_key_pair(KeyName="metadata", PublicKeyMaterial=new_key(shared_box.home.path / "metadata.pem").encode())
    image = ssm.get_parameter(Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64")
    [made] = ec2.run_instances(
        ImageId=image["Parameter"]["Value"],
        MinCount=1,
        MaxCount=1,
        KeyName="metadata",
        IamInstanceProfile={"Name": "metadata-host"},
        MetadataOptions={"HttpTokens": "required"},
    )["Instances"]
    client = docker.from_env()
    try:
        instance = made["InstanceId"]
        found: dict[str, Any] = {"filters": {"label": f"slipway.instance={instance}"}}
        container = eventually(lambda: (all_ := client.containers.list(**found)) and all_[0])
        eventually(lambda: container.exec_run(["sh", "-c", "ss -ltnH 'sport = :80' | grep -q ."]).exit_code == 0)
        settings = container.exec_run(["cat", "/etc/ssh/sshd_config.d/aws.conf"]).output.decode()
        packages = str(botocore.__path__[0].rpartition("/")[0])
        said = client.containers.run(
            base_image.TAG,
            ["python3", "-c", ASK],
            environment={"PYTHONPATH": "/packages", "AWS_ENDPOINT_URL": settings.strip().partition("=")[2]},
            network_mode=f"container:{container.id}",
            volumes={packages: {"bind": "/packages", "mode": "ro"}},
            remove=True,
        )
        assert json.loads(said) == [
            "iam-role",
            f"arn:aws:sts::{ACCOUNT}:assumed-role/metadata-host/{instance}",
            "AccessDenied",
        ]
        version_1 = shlex.split("curl --silent --output /dev/null --write-out %{http_code} http://169.254.169.254/")
        assert container.exec_run(version_1).output == b"401"
    finally:
        client.close()
        ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
        ec2.delete_key_pair(KeyName="metadata")
        iam.remove_role_from_instance_profile(InstanceProfileName="metadata-host", RoleName="metadata-host")
        iam.delete_instance_profile(InstanceProfileName="metadata-host")
        iam.delete_role(RoleName="metadata-host")
