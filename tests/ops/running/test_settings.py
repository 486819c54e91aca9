"""Settings of a task by hand, from a stack's state, and what ECS says that a service runs now."""

from collections.abc import Mapping
from typing import Any, cast

import pytest

from slipway.run_before._tasks import BEFORE as COMPONENTS_BEFORE
from slipway.run_before._tasks import BY_HAND as COMPONENTS_BY_HAND
from slipway.run_before._tasks import mark
from slipway_cli.documents import Json
from slipway_cli.errors import CommandError
from slipway_cli.running.ecs_answers import Ecs
from slipway_cli.running.settings import BEFORE, BY_HAND, Settings, settings

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/main"
FAMILY = "arn:aws:ecs:eu-central-1:123456789012:task-definition/"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}}


def resource(kind: str, path: str, **more: Any) -> dict[str, Json]:
    """A resource in a stack's state, by its type and the URN's end."""
    return {"urn": f"urn:pulumi:dev::shop::{path}", "type": kind, **more}


API = "slipway:index:FargateService::api"
WORKER = "slipway:index:QueueWorker$slipway:index:FargateService::billing"
REPORT = "slipway:index:Job::report"
STATE: list[Mapping[str, Json]] = [
    resource("slipway:index:FargateService", API, outputs={}),
    resource(
        "aws:ecs/service:Service",
        f"{API.removesuffix('::api')}$aws:ecs/service:Service::api",
        parent=f"urn:pulumi:dev::shop::{API}",
        outputs={"name": "api-1234567", "cluster": CLUSTER, "taskDefinition": f"{FAMILY}api-1234567:9"},
    ),
    resource("slipway:index:QueueWorker", "slipway:index:QueueWorker::billing"),
    resource("slipway:index:FargateService", WORKER),
    resource(
        "slipway:index:Job",
        REPORT,
        inputs={
            "clusterArn": CLUSTER,
            "subnetIds": ["subnet-2"],
            "additionalSecurityGroupIds": ["sg-3"],
            "enableExecuteCommand": True,
        },
    ),
    resource(
        "aws:ecs/taskDefinition:TaskDefinition",
        "x$aws:ecs/taskDefinition:TaskDefinition::report",
        parent=f"urn:pulumi:dev::shop::{REPORT}",
        outputs={"arn": f"{FAMILY}report-1234567:4"},
    ),
    resource(
        "aws:ecs/taskDefinition:TaskDefinition",
        "x$aws:ecs/taskDefinition:TaskDefinition::report",
        parent=f"urn:pulumi:dev::shop::{REPORT}",
        outputs={"arn": f"{FAMILY}report-1234567:3"},
        delete=True,
    ),
    resource(
        "aws:ec2/securityGroup:SecurityGroup",
        "x$aws:ec2/securityGroup:SecurityGroup::report",
        parent=f"urn:pulumi:dev::shop::{REPORT}",
        outputs={"id": "sg-2"},
    ),
]


class Cloud:
    """ECS with one service, and task definitions of two containers."""

    def __init__(self, status: str = "ACTIVE") -> None:
        self.status = status
        self.region = ""

    def client(self, region: str) -> Ecs:
        self.region = region
        return cast("Ecs", self)

    def describe_services(self, *, cluster: str, services: list[str]) -> dict[str, Any]:
        assert (cluster, services) == (CLUSTER, ["api-1234567"])
        running = {"taskDefinition": f"{FAMILY}api-1234567:8", "networkConfiguration": NETWORK}
        return {"services": [{"status": self.status, "platformVersion": "1.4.0", **running}]}

    def describe_task_definition(self, *, taskDefinition: str) -> dict[str, Any]:  # noqa: N803 - boto3's spelling
        name = taskDefinition.rpartition("/")[2].partition("-")[0]
        return {"taskDefinition": {"containerDefinitions": [{"name": name}, {"name": "proxy"}]}}


def test_a_task_of_a_service_takes_what_the_service_runs_now() -> None:
    cloud = Cloud()
    assert settings(STATE, "api", cloud.client) == Settings(
        name="api",
        cluster=CLUSTER,
        task_definition_arn=f"{FAMILY}api-1234567:8",
        network=cast("Any", NETWORK),
        platform_version="1.4.0",
        has_exec=False,
        container={"name": "api"},
        runs_on=True,
    )
    assert cloud.region == "eu-central-1"


@pytest.mark.parametrize("is_python", [True, False], ids=["a program in Python", "one in YAML"])
def test_a_task_of_a_job_takes_the_job_s_arguments_and_its_own_group(is_python: bool) -> None:
    state = STATE
    if is_python:
        names = ("cluster_arn", "subnet_ids", "additional_security_group_ids", "enable_execute_command")
        inputs = dict(zip(names, cast("dict[str, Json]", STATE[4]["inputs"]).values(), strict=True))
        state = [*STATE[:4], {**STATE[4], "inputs": inputs}, *STATE[5:]]
    assert settings(state, "report", Cloud().client) == Settings(
        name="report",
        cluster=CLUSTER,
        task_definition_arn=f"{FAMILY}report-1234567:4",
        network={
            "awsvpcConfiguration": {
                "subnets": ["subnet-2"],
                "securityGroups": ["sg-2", "sg-3"],
                "assignPublicIp": "DISABLED",
            }
        },
        platform_version="LATEST",
        has_exec=True,
        container={"name": "report"},
        runs_on=False,
    )


REFUSED = [
    (STATE, "reports", "run: the stack has no service or job 'reports'; it has api, billing, report"),
    ([], "api", "run: the stack has no service or job 'api'; it has none"),
    (STATE, "billing", "run: 'billing' is not deployed in full; run `pulumi up` first"),
    (STATE[4:5], "report", "run: 'report' is not deployed in full; run `pulumi up` first"),
    (
        [*STATE, resource("slipway:index:Job", "slipway:index:Job::api")],
        "api",
        "run: the stack has 2 services and jobs of the name 'api'; rename one",
    ),
]


@pytest.mark.parametrize(("state", "name", "sentence"), REFUSED)
def test_a_name_without_settings_is_one_sentence(state: list[Mapping[str, Json]], name: str, sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        settings(state, name, Cloud().client)
    assert str(caught.value) == sentence


def test_a_service_that_is_gone_is_one_sentence() -> None:
    with pytest.raises(CommandError) as caught:
        settings(STATE, "api", Cloud("INACTIVE").client)
    assert str(caught.value) == "run: service 'api' is gone; run `pulumi up --refresh` to create it again"


@pytest.mark.parametrize("family", ["api-1234567", "a" * 200])
def test_components_and_the_command_line_mark_tasks_alike(family: str) -> None:
    assert (BEFORE, BY_HAND) == (COMPONENTS_BEFORE, COMPONENTS_BY_HAND)
    found = settings(STATE, "api", Cloud().client)
    marked = Settings(**{**vars(found), "task_definition_arn": f"{FAMILY}{family}:1"}).mark(BY_HAND)
    assert marked == mark(COMPONENTS_BY_HAND, family)
    assert len(marked) <= 128, "RunTask takes no more"
