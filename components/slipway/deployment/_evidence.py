"""The verdict's questions to AWS. Service and history must be answered; other failures are named in the verdict.

boto3 is imported where it is used: its 0.2 s are no cost for a program that only declares the verdict.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from ._judgement import Answer, deployment_id, failed_task
from ._verdict_text import Evidence

T = TypeVar("T")
Client = Callable[[str], Any]
"""Name of an AWS service to its boto3 client; boto3 makes the client's methods at run time."""

LINES_READ = 20
TASKS_READ = 100  # DescribeTasks takes no more
ATTEMPTS = 8  # of a throttled call, within about half a minute
# Errors that may pass: the wait goes on.
PASSING = (
    "Throttling",
    "TooManyRequests",
    "RequestLimitExceeded",
    "ServerException",
    "ServiceUnavailable",
    "InternalFail",
)


class NotAnsweredError(Exception):
    """AWS did not answer; a later question may succeed."""


@dataclass(frozen=True)
class Watched:
    """The service and the deployment to ask about."""

    service: str
    """ARN of the service."""
    cluster: str
    task_definition_arn: str
    container: str
    log_group: str
    target_group_arns: Sequence[str]

    @classmethod
    def of(cls, props: Mapping[str, object]) -> "Watched":
        """The same from the inputs of a verdict."""
        return cls(
            service=str(props["service"]),
            cluster=str(props["cluster"]),
            task_definition_arn=str(props["task_definition_arn"]),
            container=str(props["container"]),
            log_group=str(props["log_group"]),
            target_group_arns=cast("Sequence[str]", props["target_group_arns"]),
        )


def clients(props: Mapping[str, object], profile: str | None) -> Client:
    """Clients in the service's region, in a session of their own: several verdicts wait at once."""
    import boto3  # noqa: PLC0415 - see above
    from botocore.config import Config  # noqa: PLC0415 - see above

    session = boto3.session.Session(profile_name=profile, region_name=Watched.of(props).service.split(":")[3])
    config = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    return functools.cache(functools.partial(session.client, config=config))


class Aws:
    """AWS's answers about one service; `props` are the inputs of its verdict."""

    def __init__(self, client: Client, props: Mapping[str, object]) -> None:
        self._client = client
        self._watched = Watched.of(props)
        self._definitions: dict[str, str] = {}

    def service(self) -> Answer | None:
        """The service in DescribeServices; None for none. Raises NotAnsweredError."""
        reply = answered(
            lambda: self._client("ecs").describe_services(
                cluster=self._watched.cluster, services=[self._watched.service]
            )
        )
        services: list[Answer] = reply["services"] if reply else []
        return services[0] if services else None

    def latest(self) -> Answer | None:
        """The newest deployment in the service's history, with its task definition; None without a history.

        Raises NotAnsweredError.
        """
        ecs = self._client("ecs")
        history = self._history()
        if not history:
            return None
        newest = max(history, key=lambda entry: str(entry["createdAt"]))["serviceDeploymentArn"]
        reply = answered(lambda: ecs.describe_service_deployments(serviceDeploymentArns=[newest]))
        if not reply or not reply["serviceDeployments"]:
            return None
        latest: Answer = reply["serviceDeployments"][0]
        target = latest["targetServiceRevision"]["arn"]
        if target not in self._definitions:
            revisions = answered(lambda: ecs.describe_service_revisions(serviceRevisionArns=[target])) or {}
            if not revisions.get("serviceRevisions"):
                return None
            self._definitions[target] = revisions["serviceRevisions"][0]["taskDefinition"]
        return {**latest, "taskDefinition": self._definitions[target]}

    def _history(self) -> list[Answer]:
        question = {"cluster": self._watched.cluster, "service": self._watched.service.rpartition("/")[2]}
        entries: list[Answer] = []
        while True:  # boto3 has no paginator for this call
            page = answered(lambda: self._client("ecs").list_service_deployments(**question)) or {}
            entries += page.get("serviceDeployments", [])
            if not page.get("nextToken"):
                return entries
            question["nextToken"] = page["nextToken"]

    def targets(self) -> list[Answer]:
        """Health of the service's targets; empty without a load balancer. Raises as boto3 does."""
        targets: list[Answer] = []
        for arn in self._watched.target_group_arns:
            targets += self._client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return targets

    def evidence(self, service: Answer, latest: Answer | None, unhealthy: list[Answer]) -> Evidence:
        """Evidence of a failure: the stopped tasks, and the log of the last failed one."""
        unseen: list[str] = []
        tasks = optional_answer(unseen, "the tasks", self._stopped_tasks)
        task = failed_task(tasks, self._watched.task_definition_arn, deployment_id(latest))
        task_id = task["taskArn"].rpartition("/")[2] if task else ""
        lines = optional_answer(unseen, "the log", lambda: self._log_lines(task_id)) if task else []
        return Evidence(service, tasks, unhealthy, self._watched.log_group, lines, latest, unseen)

    def _stopped_tasks(self) -> list[Answer]:
        ecs, cluster = self._client("ecs"), self._watched.cluster
        arns = ecs.list_tasks(cluster=cluster, serviceName=self._watched.service, desiredStatus="STOPPED")["taskArns"]
        if not arns:
            return []
        tasks: list[Answer] = ecs.describe_tasks(cluster=cluster, tasks=arns[:TASKS_READ])["tasks"]
        return tasks

    def _log_lines(self, task_id: str) -> list[str]:
        """The last lines of a task's container; empty for a container without any."""
        logs, container = self._client("logs"), self._watched.container
        try:
            reply = logs.get_log_events(
                logGroupName=self._watched.log_group,
                logStreamName=f"{container}/{container}/{task_id}",
                limit=LINES_READ,
                startFromHead=False,
            )
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in reply["events"]]


def answered(ask: Callable[[], T]) -> T | None:
    """The answer; None for an unknown service or cluster. Raises NotAnsweredError on errors that may pass."""
    from botocore.exceptions import ClientError, HTTPClientError  # noqa: PLC0415 - see above

    try:
        return ask()
    except HTTPClientError as error:
        raise NotAnsweredError(str(error)) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("ServiceNotFoundException", "ClusterNotFoundException"):
            return None
        if any(word in code for word in PASSING):
            raise NotAnsweredError(str(error)) from error
        raise


def optional_answer(unseen: list[str], noun: str, ask: Callable[[], list[T]]) -> list[T]:
    """An answer that the verdict can do without; a failure is added to `unseen` with AWS's reason."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        unseen.append(f"{noun}: {error}")
        return []
