"""Looks at the services and queues of a stack; one sentence for each problem."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from slipway_cli.answers import Balancing, DescribedService, Ecs, QueueCounts
from slipway_cli.stack import Outputs

EVENTS_SHOWN: Final = 3
SERVICES_PER_CALL: Final = 10  # limit of DescribeServices
VISIBLE: Final = "ApproximateNumberOfMessages"
IN_FLIGHT: Final = "ApproximateNumberOfMessagesNotVisible"
DELAYED: Final = "ApproximateNumberOfMessagesDelayed"


@dataclass(frozen=True)
class Service:
    """One ECS service. `targets` counts load balancer targets by state; empty without a load balancer."""

    name: str
    status: str
    desired: int
    running: int
    pending: int
    rollout: str
    rollout_reason: str
    targets: dict[str, int]
    target_reasons: list[str]
    balanced: bool
    events: list[str]
    stopped_agents: list[str] = field(default_factory=list)
    """Tasks whose agent of ECS Exec has stopped, each as task, container and reason."""

    def problems(self) -> list[str]:
        """One sentence for each problem; empty when the service is healthy."""
        who = f"service {self.name!r}"
        if self.status != "ACTIVE":
            return [f"{who} is {self.status}; run `pulumi up` to create it again"]
        problems = []
        if self.rollout == "FAILED":
            problems.append(f"{who}: its deployment failed: {self.rollout_reason or 'AWS gives no reason'}")
        if self.running < self.desired:
            last = f"; last event: {self.events[0]}" if self.events else ""
            problems.append(f"{who} runs {self.running} of {self.desired} tasks{last}")
        problems += [
            f"{who}: the agent of ECS Exec has stopped in {agent}; stop the task, and the next one gets a new agent"
            for agent in self.stopped_agents
        ]
        healthy = self.targets.get("healthy", 0)
        if self.balanced and self.desired and (not healthy or self.targets.get("unhealthy")):
            why = f": {', '.join(self.target_reasons)}" if self.target_reasons else ""
            problems.append(f"{who} has {healthy} of {sum(self.targets.values())} targets healthy{why}")
        return problems


@dataclass(frozen=True)
class Depths:
    """Messages in a queue by state; AWS's counts are approximate."""

    visible: int
    in_flight: int
    delayed: int

    @classmethod
    def of(cls, sqs: QueueCounts, url: str) -> "Depths":
        """Ask SQS."""
        names = [VISIBLE, IN_FLIGHT, DELAYED]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return cls(*(int(attributes[name]) for name in names))


@dataclass(frozen=True)
class Queue:
    """One queue and its dead-letter queue, in messages."""

    name: str
    visible: int
    in_flight: int
    delayed: int
    dead_lettered: int | None

    def problems(self) -> list[str]:
        """A sentence when messages were set aside."""
        if not self.dead_lettered:
            return []
        count = "1 message lies" if self.dead_lettered == 1 else f"{self.dead_lettered} messages lie"
        fix = f"once the cause is gone, `slipway redrive {self.name}` sends them again"
        return [f"queue {self.name!r}: {count} in its dead-letter queue; {fix}"]


@dataclass(frozen=True)
class Status:
    """Services and queues of a stack, and their problems."""

    services: list[Service]
    queues: list[Queue]
    problems: list[str] = field(default_factory=list)


def look(outputs: Outputs) -> Status:
    """Ask ECS, the load balancer and SQS. Reads only."""
    import boto3  # noqa: PLC0415 - 0.2 s, which `--help` does not need

    ecs: Ecs = boto3.client("ecs")
    balancing: Balancing = boto3.client("elbv2")
    sqs: QueueCounts = boto3.client("sqs")
    names = outputs.service_names
    described = {
        service["serviceName"]: service
        for start in range(0, len(names), SERVICES_PER_CALL)
        for service in ecs.describe_services(
            cluster=outputs.cluster_name, services=names[start : start + SERVICES_PER_CALL]
        )["services"]
    }
    services = [
        _service(balancing, described[name], _stopped_agents(ecs, outputs.cluster_name, described[name]))
        if name in described
        else _missing(name)
        for name in names
    ]
    queues = [
        _queue(sqs, name, url, outputs.dead_letter_queue_urls.get(name)) for name, url in outputs.queue_urls.items()
    ]
    looked_at: list[Service | Queue] = [*services, *queues]
    return Status(services, queues, [problem for entry in looked_at for problem in entry.problems()])


def _missing(name: str) -> Service:
    return Service(name, "MISSING", 0, 0, 0, "", "", {}, [], balanced=False, events=[])


def _stopped_agents(ecs: Ecs, cluster: str, service: DescribedService) -> list[str]:
    """Agents of ECS Exec that have stopped, where the service lets somebody in.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html
    """
    if not service.get("enableExecuteCommand"):
        return []
    arns = ecs.list_tasks(cluster=cluster, serviceName=service["serviceName"])["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
    return [
        f"task {task['taskArn'].rpartition('/')[2]}, container {container['name']!r}: {agent.get('reason') or 'no reason'}"
        for task in tasks
        for container in task.get("containers", [])
        for agent in container.get("managedAgents", [])
        if agent["name"] == "ExecuteCommandAgent" and agent.get("lastStatus") == "STOPPED"
    ]


def _service(balancing: Balancing, service: DescribedService, stopped_agents: list[str]) -> Service:
    rollouts = [deployment for deployment in service.get("deployments", []) if deployment["status"] == "PRIMARY"]
    groups = [entry["targetGroupArn"] for entry in service.get("loadBalancers", []) if "targetGroupArn" in entry]
    health = [
        target["TargetHealth"]
        for group in groups
        for target in balancing.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    ]
    return Service(
        service["serviceName"],
        service["status"],
        service["desiredCount"],
        service["runningCount"],
        service["pendingCount"],
        rollouts[0].get("rolloutState", "") if rollouts else "",
        rollouts[0].get("rolloutStateReason", "") if rollouts else "",
        # A target that drains belongs to a task that is meant to go.
        dict(Counter(target["State"] for target in health if target["State"] != "draining")),
        sorted({target["Reason"] for target in health if target["State"] == "unhealthy" and "Reason" in target}),
        balanced=bool(groups),
        events=[event["message"] for event in service.get("events", [])[:EVENTS_SHOWN]],
        stopped_agents=stopped_agents,
    )


def _queue(sqs: QueueCounts, name: str, url: str, dead_letter_url: str | None) -> Queue:
    depths = Depths.of(sqs, url)
    dead_lettered = Depths.of(sqs, dead_letter_url).visible if dead_letter_url else None
    return Queue(name, depths.visible, depths.in_flight, depths.delayed, dead_lettered)
