"""The reasons of a deployment, by boto3, with credentials of the service's account.

botocore is imported where it is used: a verdict without a wait does not need it.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from slipway.credentials import ENVIRONMENT, Keys, account_id, session

from ._judgement import Answer, deployment_id, failed_task
from ._verdict_text import Evidence

T = TypeVar("T")
Client = Callable[[str], Any]
"""Name of an AWS service to its boto3 client; boto3 makes the client's methods at run time."""

LINES_READ = 20
SESSION_NAME = "slipway-verdict"
TASKS_READ = 100  # DescribeTasks takes no more
ATTEMPTS = 8  # of a throttled call, within about half a minute


class UnreadableError(Exception):
    """The credentials cannot see the service; the message gives the reason."""


@dataclass(frozen=True)
class Watched:
    """The service and the deployment to ask about."""

    who: str
    service: str
    """ARN of the service."""
    cluster: str
    task_definition_arn: str
    container: str
    log_group: str
    target_group_arns: Sequence[str]
    """The declared target groups; two while requests move between them, none without a load balancer."""
    timeout_seconds: int
    role_arn: str = ""
    """Role that reads the reasons; empty for the provider's or the environment's credentials."""

    @property
    def region(self) -> str:
        """Region of the service."""
        return self.service.split(":")[3]

    @property
    def account(self) -> str:
        """Account of the service."""
        return self.service.split(":")[4]


@dataclass(frozen=True)
class Reader:
    """Credentials that may read reasons. The services of a run share one, since its clients take time to make."""

    client: Client
    account: str
    whose: str
    """As sentences name the credentials."""

    def aws(self, watched: Watched) -> "Aws":
        """AWS as these credentials see it. Raises UnreadableError for a service of another account."""
        if self.account != watched.account:
            raise UnreadableError(f"{self.whose} of the account {self.account}")
        return Aws(self.client, watched)


def reader(region: str, keys: Keys, role_arn: str) -> Reader:
    """Credentials in a region, or those of a role that they assume. Raises UnreadableError."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        made = session(keys, region, role_arn, SESSION_NAME)
        client, account = clients(made), account_id(made)
    except (BotoCoreError, ClientError) as error:
        raise UnreadableError(str(error)) from error
    own = "the environment's credentials are" if keys == ENVIRONMENT else "the AWS provider's profile or keys are"
    return Reader(client, account, f"{role_arn} is" if role_arn else own)


def clients(session: Any) -> Client:
    """Clients of a session, each made once. A session makes them one at a time; then threads may share them."""
    from botocore.config import Config  # noqa: PLC0415 - see above

    # The wait goes on meanwhile, so a host that does not answer must not take minutes.
    config = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=5, read_timeout=20)
    made: dict[str, Any] = {}
    one_at_a_time = threading.Lock()

    def client(service: str) -> Any:
        with one_at_a_time:
            if service not in made:
                made[service] = session.client(service, config=config)
            return made[service]

    return client


class Aws:
    """AWS's answers about one service."""

    def __init__(self, client: Client, watched: Watched) -> None:
        self._client = client
        self._watched = watched
        self._definitions: dict[str, str] = {}

    def latest(self) -> Answer | None:
        """The newest deployment in the service's history, with its task definition; None without a history."""
        ecs, history = self._client("ecs"), self._history()
        if not history:
            return None
        newest = max(history, key=lambda entry: str(entry["createdAt"]))["serviceDeploymentArn"]
        found = ecs.describe_service_deployments(serviceDeploymentArns=[newest])["serviceDeployments"]
        if not found:
            return None
        latest: Answer = found[0]
        target = latest["targetServiceRevision"]["arn"]
        if target not in self._definitions:
            revisions = ecs.describe_service_revisions(serviceRevisionArns=[target])["serviceRevisions"]
            if not revisions:
                return None
            self._definitions[target] = revisions[0]["taskDefinition"]
        return {**latest, "taskDefinition": self._definitions[target]}

    def _history(self) -> list[Answer]:
        question = {"cluster": self._watched.cluster, "service": self._watched.service.rpartition("/")[2]}
        entries: list[Answer] = []
        while True:  # boto3 has no paginator for this call
            page = self._client("ecs").list_service_deployments(**question)
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
        no_tasks: list[Answer] = []
        no_lines: list[str] = []
        tasks = optional_answer(unseen, "the tasks", self._stopped_tasks, no_tasks)
        task = failed_task(tasks, self._watched.task_definition_arn, deployment_id(latest))
        task_id = task["taskArn"].rpartition("/")[2] if task else ""
        lines = optional_answer(unseen, "the log", lambda: self._log_lines(task_id), no_lines) if task else []
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


def optional_answer(unseen: list[str], noun: str, ask: Callable[[], T], otherwise: T) -> T:
    """An answer that the verdict can do without; a failure is added to `unseen` with AWS's reason."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        unseen.append(f"{noun}: {error}")
        return otherwise
