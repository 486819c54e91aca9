"""What AWS answers about one service, told as a history: the fake behind the tests of the verdict. Nothing talks to AWS."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slipway.deployment._evidence import Aws, Watched, optional_answer
from slipway.deployment._judgement import Answer
from slipway.deployment._verdict_text import Evidence
from slipway.deployment._wait import Clock, DeploymentFailedError, await_deployment

ASKED = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7"
BEFORE = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:6"
BREAKER = "ECS deployment circuit breaker: tasks failed to start."
AGAIN = (
    "  then `pulumi up`; with nothing new to deploy, first: aws ecs update-service --cluster main --service shop "
    "--task-definition shop:7 --force-new-deployment"
)
SECRET = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret"
)
CAPACITY = (
    "(service shop) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or "
    "in a different availability zone."
)


def deployment(status: str, definition: str, state: str, reason: str = "", running: int = 0) -> dict[str, Any]:
    return {
        "id": f"ecs-svc/{definition[-1]}",
        "status": status,
        "taskDefinition": definition,
        "rolloutState": state,
        "rolloutStateReason": reason,
        "desiredCount": 2,
        "runningCount": running,
        "failedTasks": 0,
    }


def service(*deployments: dict[str, Any], events: list[str] | None = None) -> dict[str, Any]:
    return {
        "status": "ACTIVE",
        "serviceArn": "arn:aws:ecs:eu-west-1:123456789012:service/main/shop",
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
        "deployments": list(deployments),
        "events": [{"message": message} for message in events or []],
    }


def rolling(answer: dict[str, Any]) -> dict[str, Any]:
    """The same service, known to replace its tasks in turn."""
    return answer | {"strategy": "ROLLING"}


def unstated(*deployments: dict[str, Any]) -> dict[str, Any]:
    """A service with blue/green deployments: DescribeServices leaves their progress out."""
    return service(*({key: it[key] for key in it if not key.startswith("rollout")} for it in deployments))


def stopped(reason: str, code: int | None = None, why: str = "", definition: str = ASKED) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "shop"}
    container |= {} if code is None else {"exitCode": code}
    container |= {"reason": why} if why else {}
    return {
        "taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/main/0a1b",
        "taskDefinitionArn": definition,
        "lastStatus": "STOPPED",
        "startedBy": "ecs-svc/7",
        "stoppedReason": reason,
        "stoppedAt": "2026-01-01T10:00:00",
        "containers": [container],
    }


ROLLED_BACK = service(
    deployment(
        "PRIMARY", BEFORE, "IN_PROGRESS", "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/6."
    ),
    deployment("ACTIVE", ASKED, "FAILED", BREAKER),
)
FIRST_FAILED = service(deployment("PRIMARY", ASKED, "FAILED", BREAKER))
EXITED = "Essential container in task exited"
HEADLINE = "service 'shop': the deployment of shop:7 was rolled back to shop:6"
FAILED = "  deployment ecs-svc/7: ECS deployment circuit breaker: tasks failed to start."

STARTS = service(deployment("PRIMARY", ASKED, "IN_PROGRESS"), deployment("ACTIVE", BEFORE, "COMPLETED", running=2))
DONE = service(deployment("PRIMARY", ASKED, "COMPLETED", running=2))
BACK = service(deployment("PRIMARY", BEFORE, "COMPLETED", running=2))

PROPS: dict[str, Any] = {
    "who": "service 'shop'",
    "service": "arn:aws:ecs:eu-west-1:123456789012:service/main/shop",
    "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
    "task_definition_arn": ASKED,
    "container": "shop",
    "log_group": "shop-log",
    "target_group_arns": [],
    "timeout_seconds": 60,
}
LOG = ["no database"]


def watched(**props: Any) -> Watched:
    """The service that the tests ask about."""
    return Watched(**{**PROPS, **props})


def record(status: str, number: int = 7, definition: str = ASKED, **more: Any) -> dict[str, Any]:
    """A deployment in the service's history; the one with the highest number is the newest."""
    revision = f"arn:aws:ecs:eu-west-1:123456789012:service-revision/main/shop/{number}"
    return {
        "serviceDeploymentArn": f"arn:aws:ecs:eu-west-1:123456789012:service-deployment/main/shop/{number}",
        "createdAt": datetime(2026, 1, 1, tzinfo=UTC).replace(minute=number),
        "status": status,
        "targetServiceRevision": {"arn": revision, **more.pop("revision", {})},
        "taskDefinition": definition,
        **more,
    }


def refusal(operation: str, code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class World:
    """Answers with one service after another, the last one for ever, and with what is known of its tasks and history.

    An error in the place of a service is raised; `refused` operations are answered with AccessDeniedException.
    """

    def __init__(
        self,
        *services: dict[str, Any] | Exception | None,
        tasks: list[dict[str, Any]] | None = None,
        history: list[dict[str, Any]] | None = None,
        targets: list[dict[str, Any]] | None = None,
        log: list[str] | None = None,
        refused: tuple[str, ...] = (),
        seconds_per_look: float = 0,
        images: dict[str, str] | None = None,
    ) -> None:
        self.services = list(services)
        self.tasks = tasks or []
        self.history = history or []
        self.targets = targets
        self.log = LOG if log is None else log
        self.refused = refused
        self.seconds_per_look = seconds_per_look
        self.looks = 0
        self.said: list[str] = []
        self.doubt = ""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.images = images or {}
        self.exceptions = type("", (), {"ResourceNotFoundException": KeyError})

    def __call__(self, _service: str) -> "World":
        return self

    def _check(self, operation: str) -> None:
        if operation in self.refused:
            raise refusal(operation, "AccessDeniedException", "you may not")

    def look(self) -> dict[str, Any] | None:
        """The service at this look."""
        self.looks += 1
        found = self.services.pop(0) if len(self.services) > 1 else self.services[0]
        if isinstance(found, Exception):
            raise found
        return found

    def list_service_deployments(self, **request: Any) -> dict[str, Any]:
        """One at a time."""
        self._check("ListServiceDeployments")
        page = int(request.pop("nextToken", 0))
        assert request == {"cluster": PROPS["cluster"], "service": "shop"}
        more = {"nextToken": str(page + 1)} if page + 1 < len(self.history) else {}
        return {"serviceDeployments": self.history[page : page + 1], **more}

    def describe_service_deployments(self, serviceDeploymentArns: list[str]) -> dict[str, Any]:  # noqa: N803
        found = [it for it in self.history if it["serviceDeploymentArn"] in serviceDeploymentArns]
        # ECS names the task definition in the revision alone.
        return {"serviceDeployments": [{key: it[key] for key in it if key != "taskDefinition"} for it in found]}

    def describe_service_revisions(self, serviceRevisionArns: list[str]) -> dict[str, Any]:  # noqa: N803
        found = [it for it in self.history if it["targetServiceRevision"]["arn"] in serviceRevisionArns]
        return {"serviceRevisions": found}

    def list_tasks(self, **request: Any) -> dict[str, Any]:
        self._check("ListTasks")
        assert request == {
            "cluster": PROPS["cluster"],
            "serviceName": PROPS["service"],
            "desiredStatus": "STOPPED",
        }
        return {"taskArns": [task["taskArn"] for task in self.tasks]}

    def describe_tasks(self, **request: Any) -> dict[str, Any]:
        assert request == {"cluster": PROPS["cluster"], "tasks": [task["taskArn"] for task in self.tasks]}
        return {"tasks": self.tasks}

    def describe_target_health(self, TargetGroupArn: str) -> dict[str, Any]:  # noqa: N803
        self._check("DescribeTargetHealth")
        assert TargetGroupArn == "arn:tg"
        health = {"State": "unhealthy", "Description": "Health checks failed"}
        told = [{"Target": {"Id": "10.0.0.1", "Port": 80}, "TargetHealth": health}]
        return {"TargetHealthDescriptions": told if self.targets is None else self.targets}

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        self._check("GetLogEvents")
        self.asked.append(("get_log_events", request))
        if request["logGroupName"] == "gone":
            raise KeyError
        return {"events": [{"message": line} for line in self.log]}

    def wait(self, **props: Any) -> list[float]:
        """Wait for the verdict without waiting; the pauses that it would have made."""
        pauses: list[float] = []
        wanted = watched(**props)

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        clock = Clock(lambda: sum(pauses) + self.looks * self.seconds_per_look, pause)
        self.doubt = asyncio.run(await_deployment(wanted, Answers(self, wanted), self.said.append, clock))
        return pauses

    def verdict(self, **props: Any) -> list[str]:
        """The lines of a verdict that must be a failure."""
        with pytest.raises(DeploymentFailedError) as caught:
            self.wait(**props)
        return str(caught.value).splitlines()


class Answers:
    """The answers of a world, as the wait asks for them."""

    def __init__(self, world: World, wanted: Watched) -> None:
        self.world, self.aws = world, Aws(world, wanted)

    async def service(self) -> Answer | None:
        """The service at this look."""
        return self.world.look()

    async def image(self, task_definition_arn: str) -> str:
        """Image in a task definition."""
        return self.world.images.get(task_definition_arn, "")

    async def latest(self) -> Answer | None:
        """The newest deployment of the history."""
        return optional_answer([], "", self.aws.latest, None)

    async def targets(self) -> list[Answer]:
        """Health of the targets."""
        none: list[Answer] = []
        return optional_answer([], "", self.aws.targets, none)

    async def evidence(self, service: Answer, latest: Answer | None, unhealthy: list[Answer]) -> Evidence:
        """Evidence of a failure."""
        return self.aws.evidence(service, latest, unhealthy)
