"""Taking a service back by hand, against an ECS with a record of its requests."""

from typing import Unpack

import pytest

from slipway_cli.documents import Json, as_list
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
        self.tags: dict[str, list[Json]] = {}
        """Of the revisions that were registered."""
        self.changes: list[tuple[str, object]] = []

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
        definition: dict[str, Json] = {
            "taskDefinitionArn": taskDefinition,
            "family": "api",
            "cpu": "256",
            "status": "INACTIVE",
        }
        return {"taskDefinition": definition, "tags": self.tags.get(taskDefinition, [{"key": "Name", "value": "api"}])}

    def register_task_definition(self, **request: Json) -> Definition:
        self.changes.append(("register", request))
        arn = f"{FAMILY}:{8 + len(self.tags)}"
        self.tags[arn] = as_list(request["tags"])
        return {"taskDefinition": {"taskDefinitionArn": arn}}

    def update_service(self, **request: str) -> None:
        """The new deployment succeeds at once."""
        self.changes.append(("update", request))
        self.present = int(request["taskDefinition"].rpartition(":")[2])
        self.history.append(("SUCCESSFUL", self.present))

    def stop_service_deployment(self, **request: str) -> None:
        self.changes.append(("stop", request))


def test_a_deployment_under_way_is_stopped_and_undone() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("SUCCESSFUL", 6), ("IN_PROGRESS", 7))
    assert rollback(ecs, OUTPUTS, "api") == RolledBack("api-1a2b3c4", "api:7", None)
    assert ecs.changes == [("stop", {"serviceDeploymentArn": "deployment/2", "stopType": "ROLLBACK"})]


def test_what_ran_before_is_registered_and_deployed_again() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("ROLLBACK_SUCCESSFUL", 6), ("SUCCESSFUL", 7), ("SUCCESSFUL", 7))
    done = rollback(ecs, OUTPUTS, "api-1a2b3c4")
    assert done == RolledBack("api-1a2b3c4", "api:7", "api:8, which is api:5 once more")
    tags = [{"key": "Name", "value": "api"}, {"key": "slipway:copy-of", "value": f"{FAMILY}:5"}]
    assert ecs.changes == [
        ("register", {"family": "api", "cpu": "256", "tags": tags}),
        ("update", {"cluster": "main", "service": "api-1a2b3c4", "taskDefinition": f"{FAMILY}:8"}),
    ]


def test_each_further_call_goes_one_version_back_until_there_is_none() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("SUCCESSFUL", 6), ("SUCCESSFUL", 7))
    assert rollback(ecs, OUTPUTS, "api").now == "api:8, which is api:6 once more"
    assert rollback(ecs, OUTPUTS, "api").now == "api:9, which is api:5 once more"
    with pytest.raises(CommandError, match="ECS knows nothing that service 'api-1a2b3c4' ran before api:9; "):
        rollback(ecs, OUTPUTS, "api")


def test_a_copy_of_a_copy_is_known_for_what_it_is_a_copy_of() -> None:
    ecs = Ecs(("SUCCESSFUL", 5), ("SUCCESSFUL", 6), ("SUCCESSFUL", 7))
    rollback(ecs, OUTPUTS, "api")
    ecs.update_service(cluster="main", service="api-1a2b3c4", taskDefinition=f"{FAMILY}:20")  # by the program
    assert rollback(ecs, OUTPUTS, "api").now == "api:9, which is api:8 once more"
    assert rollback(ecs, OUTPUTS, "api").now == "api:10, which is api:5 once more"


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
    assert ecs.changes == []
