"""Taking a service back by hand, against an ECS with a record of its requests."""

from typing import Unpack

import pytest

from slipway_cli.documents import Json
from slipway_cli.errors import CommandError
from slipway_cli.rollback import (
    Definition,
    Deployment,
    DeploymentPage,
    DeploymentRequest,
    Revisions,
    RolledBack,
    Services,
    rollback,
)
from slipway_cli.stack import Outputs

OUTPUTS = Outputs("main", ["api-1a2b3c4", "web-5d6e7f8"], {}, {})
FAMILY = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api"


class Ecs:
    """One service with a history, oldest first, of statuses and revisions of its task definition."""

    def __init__(self, *history: tuple[str, int], present: int = 7, status: str = "ACTIVE") -> None:
        self.history = list(history)
        self.present, self.status = present, status
        self.asked: list[tuple[str, object]] = []

    def describe_services(self, *, cluster: str, services: list[str]) -> Services:
        assert (cluster, services) == ("main", ["api-1a2b3c4"])
        return {"services": [{"status": self.status, "taskDefinition": f"{FAMILY}:{self.present}"}]}

    def list_service_deployments(self, **request: Unpack[DeploymentRequest]) -> DeploymentPage:
        """Two at a time."""
        start = int(request.pop("nextToken", "0"))
        assert request == {"cluster": "main", "service": "api-1a2b3c4"}
        shown: list[Deployment] = [
            {
                "serviceDeploymentArn": f"deployment/{number}",
                "createdAt": f"2026-01-{number:02}",
                "status": status,
                "targetServiceRevisionArn": f"revision/{number}",
            }
            for number, (status, _) in enumerate(self.history)
        ]
        page: DeploymentPage = {"serviceDeployments": shown[start : start + 2]}
        if start + 2 < len(shown):
            page["nextToken"] = str(start + 2)
        return page

    def describe_service_revisions(self, serviceRevisionArns: list[str]) -> Revisions:  # noqa: N803
        return {
            "serviceRevisions": [
                {"serviceRevisionArn": arn, "taskDefinition": f"{FAMILY}:{self.history[int(arn[9:])][1]}"}
                for arn in serviceRevisionArns
            ]
        }

    def describe_task_definition(self, *, taskDefinition: str, include: list[str]) -> Definition:  # noqa: N803
        assert include == ["TAGS"]
        self.asked.append(("describe", taskDefinition))
        definition: dict[str, Json] = {
            "taskDefinitionArn": taskDefinition,
            "family": "api",
            "cpu": "256",
            "status": "INACTIVE",
        }
        return {"taskDefinition": definition, "tags": [{"key": "Name", "value": "api"}]}

    def register_task_definition(self, **request: Json) -> Definition:
        self.asked.append(("register", request))
        return {"taskDefinition": {"taskDefinitionArn": f"{FAMILY}:8"}}

    def update_service(self, **request: str) -> None:
        self.asked.append(("update", request))

    def stop_service_deployment(self, **request: str) -> None:
        self.asked.append(("stop", request))


def test_a_deployment_under_way_is_stopped_and_undone() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("SUCCESSFUL", 6), ("IN_PROGRESS", 7))
    assert rollback(ecs, OUTPUTS, "api") == RolledBack("api-1a2b3c4", "api:7", None)
    assert ecs.asked == [("stop", {"serviceDeploymentArn": "deployment/2", "stopType": "ROLLBACK"})]


def test_what_ran_before_is_registered_and_deployed_again() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("ROLLBACK_SUCCESSFUL", 6), ("SUCCESSFUL", 7), ("SUCCESSFUL", 7))
    done = rollback(ecs, OUTPUTS, "api-1a2b3c4")
    assert done == RolledBack("api-1a2b3c4", "api:7", "api:8, which is api:5 once more")
    assert ecs.asked == [
        ("describe", f"{FAMILY}:5"),
        ("register", {"family": "api", "cpu": "256", "tags": [{"key": "Name", "value": "api"}]}),
        ("update", {"cluster": "main", "service": "api-1a2b3c4", "taskDefinition": f"{FAMILY}:8"}),
    ]


REFUSED = [
    ("shop", Ecs(), "rollback: the stack has no service 'shop'; it has api-1a2b3c4, web-5d6e7f8"),
    (
        "api",
        Ecs(("SUCCESSFUL", 7), ("ROLLBACK_SUCCESSFUL", 6)),
        "rollback: ECS knows nothing that service 'api-1a2b3c4' ran before api:7; fix the program and run `pulumi up`",
    ),
    (
        "api",
        Ecs(status="INACTIVE"),
        "rollback: service 'api-1a2b3c4' is gone; run `pulumi up --refresh` to create it again",
    ),
]


@pytest.mark.parametrize(("name", "ecs", "sentence"), REFUSED)
def test_what_cannot_be_taken_back_is_refused(name: str, ecs: Ecs, sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        rollback(ecs, OUTPUTS, name)
    assert str(caught.value) == sentence
    assert ecs.asked == []
