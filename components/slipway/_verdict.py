"""The verdict on a deployment: waits until the service runs the task definition asked for, and fails when it does not.

The provider's own wait succeeds after a rollback, says nothing for twenty minutes, and asks no second time. This is a
dynamic resource since only a resource is asked again at every update: see ADR 0003. It runs beside the program, in the
engine's process for Python providers, with the credentials of the environment or of aws:profile. Its provider is stored
by reference to the class below, so that editing this module is no change to any stack.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import functools
import inspect
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

import grpc
import pulumi
from pulumi import dynamic

from ._deployment import Answer, Outcome, failed_task, judge
from ._verdict_text import Evidence, verdict_text

POLL_SECONDS = 3.0
SETTLE_SECONDS = 15.0  # ECS may still show the deployment before, for as long after an update
LINES_READ = 20
TASKS_READ = 100  # what DescribeTasks takes

Client = Callable[[str], Any]


class DeploymentFailedError(pulumi.RunError):
    """The service does not run what was asked for; the message is the verdict."""


class VerdictProvider(dynamic.ResourceProvider):
    """Waits at creation and update; at every other run it looks whether the service still runs what was asked for."""

    serialize_as_secret_always = False  # it captures nothing, and a secret would hide every diff
    _profile: str | None = None

    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Take over aws:profile, which the provider of the other resources uses as well."""
        self._profile = req.config.get("aws:profile")

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Wait for the verdict; one that failed is not recorded, so the next run asks again."""
        self._await(props)
        return dynamic.CreateResult(id_=props["service"], outs=dict(props))

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.UpdateResult:
        """Wait for the verdict on what is asked for now."""
        self._await(news)
        return dynamic.UpdateResult(outs=dict(news))

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        """A change whenever there is something to wait for or to tell, and also when AWS cannot be asked."""
        keys = set(news) - {"__provider"}
        changed = any(olds.get(key) != news.get(key) for key in keys)
        return dynamic.DiffResult(changes=changed or not self._still_runs(news))

    def _still_runs(self, props: dict[str, Any]) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in clients()

        try:
            service = described(clients(props, self._profile), props)
        except (BotoCoreError, ClientError):
            return False  # the update that follows asks again, and says why it cannot
        return judge(service, props["task_definition_arn"]).outcome is Outcome.COMPLETED

    def _await(self, props: dict[str, Any]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as in clients()

        try:
            await_deployment(clients(props, self._profile), props, progress_to(props["service_urn"]), time.sleep)
        except DeploymentFailedError as error:
            end_without_traceback(str(error))
        except (BotoCoreError, ClientError) as error:
            end_without_traceback(
                f"{props['who']}: the deployment cannot be looked at: {error}; it takes the environment's credentials, or "
                "those of aws:profile, and an explicit provider's never: give it these, or set without_verdict"
            )


class Verdict(dynamic.Resource, module="slipway", name="Verdict"):
    """Exists as long as the service runs what was asked for."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(VerdictProvider(), name, props, opts)


def await_deployment(
    client: Client, props: dict[str, Any], say: Callable[[str], None], pause: Callable[[float], None]
) -> None:
    """Ask until the deployment is decided or time is up. Raises DeploymentFailedError with the verdict."""
    asked, who, limit = props["task_definition_arn"], props["who"], float(props["timeout_seconds"])
    waited, seen = 0.0, False
    unhealthy: list[Answer] = []
    while True:
        service = described(client, props)
        judgement = judge(service, asked)
        if judgement.outcome is Outcome.COMPLETED:
            return
        unhealthy = [it for it in targets(client, props) if it["TargetHealth"]["State"] == "unhealthy"] or unhealthy
        seen = seen or judgement.outcome is Outcome.UNDER_WAY
        replaced = judgement.outcome is Outcome.ANOTHER and (seen or waited >= SETTLE_SECONDS)
        headline = judgement.line
        if waited >= limit:
            headline = f"the deployment was not complete after {limit:.0f} s, {judgement.line}"
        if waited >= limit or replaced or judgement.outcome is Outcome.FAILED:
            if service is None or service["status"] != "ACTIVE":
                raise DeploymentFailedError(f"{who}: {headline}; run `pulumi up --refresh` to create it again")
            raise DeploymentFailedError(verdict_text(who, headline, asked, evidence(client, props, service, unhealthy)))
        say(f"{judgement.line} ({waited:.0f} of at most {limit:.0f} s)")
        pause(POLL_SECONDS)
        waited += POLL_SECONDS


def described(client: Client, props: dict[str, Any]) -> Answer | None:
    """The service as ECS describes it; None when there is none."""
    reply = client("ecs").describe_services(cluster=props["cluster"], services=[props["service"]])
    found: list[Answer] = reply["services"]
    return found[0] if found else None


def targets(client: Client, props: dict[str, Any]) -> list[Answer]:
    """Health of the targets; none without a load balancer."""
    found: list[Answer] = []
    for arn in props["target_group_arns"]:
        found += client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return found


def evidence(client: Client, props: dict[str, Any], service: Answer, unhealthy: list[Answer]) -> Evidence:
    """What AWS knows of the failure: the tasks that stopped, and the log of the one that failed last."""
    stopped = client("ecs").list_tasks(cluster=props["cluster"], serviceName=props["service"], desiredStatus="STOPPED")
    arns = stopped["taskArns"][:TASKS_READ]
    tasks: list[Answer] = client("ecs").describe_tasks(cluster=props["cluster"], tasks=arns)["tasks"] if arns else []
    task = failed_task(tasks, props["task_definition_arn"])
    lines = log_lines(client("logs"), props, task["taskArn"].rpartition("/")[2]) if task else []
    return Evidence(service, tasks, unhealthy, props["log_group"], lines)


def log_lines(logs: Any, props: dict[str, Any], task_id: str) -> list[str]:
    """The last lines of a task's container; none when it never wrote any."""
    stream = f"{props['container']}/{props['container']}/{task_id}"
    try:
        reply = logs.get_log_events(
            logGroupName=props["log_group"], logStreamName=stream, limit=LINES_READ, startFromHead=False
        )
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in reply["events"]]


def clients(props: dict[str, Any], profile: str | None) -> Client:
    """Clients in the service's region, of a session of its own: several verdicts are waited for at once."""
    import boto3  # noqa: PLC0415 - 0.2 s that a program, which only declares this resource, does not need

    session = boto3.session.Session(profile_name=profile, region_name=props["service"].split(":")[3])
    return functools.cache(session.client)


def progress_to(urn: str) -> Callable[[str], None]:
    """A line that replaces the last one, beside the service in the engine's display."""
    from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc  # noqa: PLC0415 - as above

    # The engine hands its address to every provider's process as the first argument.
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))

    def say(line: str) -> None:
        engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=line, urn=urn, ephemeral=True))

    return say


def end_without_traceback(message: str) -> NoReturn:
    """End the call with this message alone: an exception would be shown as a traceback, with a prefix.

    The SDK hands providers no gRPC context, so this takes that of the call it runs in.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if isinstance(context := frame.f_locals.get("context"), grpc.ServicerContext):
            context.abort(grpc.StatusCode.UNKNOWN, message)
        frame = frame.f_back
    raise DeploymentFailedError(message)
