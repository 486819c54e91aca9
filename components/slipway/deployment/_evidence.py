"""What the verdict asks of AWS. Only the service and its history have to be answered; of the rest it says what it did not see.

boto3 is imported where it is used: it takes 0.2 s that a program, which only declares the verdict, does not need.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from ._judgement import Answer, deployment_id, failed_task
from ._verdict_text import Evidence

T = TypeVar("T")
Client = Callable[[str], Any]

LINES_READ = 20
TASKS_READ = 100  # what DescribeTasks takes
ATTEMPTS = 8  # of a call that AWS throttles, within about half a minute
# Another one may pass, so that the wait goes on.
PASSING = (
    "Throttling",
    "TooManyRequests",
    "RequestLimitExceeded",
    "ServerException",
    "ServiceUnavailable",
    "InternalFail",
)


class NotAnsweredError(Exception):
    """AWS did not answer, which may pass."""


def clients(props: dict[str, Any], profile: str | None) -> Client:
    """Clients in the service's region, of a session of its own: several verdicts are waited for at once."""
    import boto3  # noqa: PLC0415 - see above
    from botocore.config import Config  # noqa: PLC0415 - see above

    session = boto3.session.Session(profile_name=profile, region_name=props["service"].split(":")[3])
    config = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
    return functools.cache(functools.partial(session.client, config=config))


class Aws:
    """AWS as far as one service goes; `props` are those of its verdict."""

    def __init__(self, client: Client, props: dict[str, Any]) -> None:
        self._client = client
        self._props = props
        self._name = str(props["service"]).rpartition("/")[2]
        self._definitions: dict[str, str] = {}

    def service(self) -> Answer | None:
        """The service as ECS describes it; None when there is none. Raises NotAnsweredError."""
        reply = answered(
            lambda: self._client("ecs").describe_services(
                cluster=self._props["cluster"], services=[self._props["service"]]
            )
        )
        found: list[Answer] = reply["services"] if reply else []
        return found[0] if found else None

    def latest(self) -> Answer | None:
        """The newest deployment in the service's history, with its task definition; None when there is no history.

        Raises NotAnsweredError.
        """
        ecs = self._client("ecs")
        listed = self._history()
        if not listed:
            return None
        newest = max(listed, key=lambda entry: str(entry["createdAt"]))["serviceDeploymentArn"]
        reply = answered(lambda: ecs.describe_service_deployments(serviceDeploymentArns=[newest]))
        if not reply or not reply["serviceDeployments"]:
            return None
        latest: Answer = reply["serviceDeployments"][0]
        target = latest["targetServiceRevision"]["arn"]
        if target not in self._definitions:
            found = answered(lambda: ecs.describe_service_revisions(serviceRevisionArns=[target])) or {}
            if not found.get("serviceRevisions"):
                return None
            self._definitions[target] = found["serviceRevisions"][0]["taskDefinition"]
        return {**latest, "taskDefinition": self._definitions[target]}

    def _history(self) -> list[Answer]:
        asked = {"cluster": self._props["cluster"], "service": self._name}
        found: list[Answer] = []
        while True:  # boto3 has no paginator for it
            page = answered(lambda: self._client("ecs").list_service_deployments(**asked)) or {}
            found += page.get("serviceDeployments", [])
            if not page.get("nextToken"):
                return found
            asked["nextToken"] = page["nextToken"]

    def targets(self) -> list[Answer]:
        """Health of the targets; none without a load balancer. Raises as boto3 does."""
        found: list[Answer] = []
        for arn in self._props["target_group_arns"]:
            found += self._client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return found

    def evidence(self, service: Answer, latest: Answer | None, unhealthy: list[Answer]) -> Evidence:
        """What AWS knows of the failure: the tasks that stopped, and the log of the one that failed last."""
        unseen: list[str] = []
        tasks = seen(unseen, "the tasks", self._stopped_tasks)
        task = failed_task(tasks, self._props["task_definition_arn"], deployment_id(latest))
        name = task["taskArn"].rpartition("/")[2] if task else ""
        lines = seen(unseen, "the log", lambda: self._log_lines(name)) if task else []
        return Evidence(service, tasks, unhealthy, self._props["log_group"], lines, latest, unseen)

    def _stopped_tasks(self) -> list[Answer]:
        ecs, cluster = self._client("ecs"), self._props["cluster"]
        arns = ecs.list_tasks(cluster=cluster, serviceName=self._props["service"], desiredStatus="STOPPED")["taskArns"]
        if not arns:
            return []
        found: list[Answer] = ecs.describe_tasks(cluster=cluster, tasks=arns[:TASKS_READ])["tasks"]
        return found

    def _log_lines(self, task_id: str) -> list[str]:
        """The last lines of a task's container; none when it never wrote any."""
        logs, container = self._client("logs"), self._props["container"]
        try:
            reply = logs.get_log_events(
                logGroupName=self._props["log_group"],
                logStreamName=f"{container}/{container}/{task_id}",
                limit=LINES_READ,
                startFromHead=False,
            )
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in reply["events"]]


def answered(ask: Callable[[], T]) -> T | None:
    """An answer; None when there is no such service or cluster. Raises NotAnsweredError on what may pass."""
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


def seen(unseen: list[str], what: str, ask: Callable[[], list[T]]) -> list[T]:
    """An answer that the verdict can do without; what was not seen is added to `unseen`, with AWS's reason."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        unseen.append(f"{what}: {error}")
        return []
