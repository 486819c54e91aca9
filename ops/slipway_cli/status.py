"""Looks at the services and queues of a stack, and says in one sentence each what is unhealthy."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from slipway_cli.stack import Outputs

EVENTS_SHOWN: Final = 3
SERVICES_PER_CALL: Final = 10  # limit of DescribeServices
DEPTHS: Final = {
    "visible": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


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

    def problems(self) -> list[str]:
        """What is wrong, a sentence each; empty when healthy."""
        who = f"service {self.name!r}"
        if self.status != "ACTIVE":
            return [f"{who} is {self.status}; run `pulumi up` to create it again"]
        found = []
        if self.rollout == "FAILED":
            found.append(f"{who}: its deployment failed: {self.rollout_reason or 'AWS gives no reason'}")
        if self.running < self.desired:
            last = f"; last event: {self.events[0]}" if self.events else ""
            found.append(f"{who} runs {self.running} of {self.desired} tasks{last}")
        healthy = self.targets.get("healthy", 0)
        if self.balanced and self.desired and (not healthy or self.targets.get("unhealthy")):
            why = f": {', '.join(self.target_reasons)}" if self.target_reasons else ""
            found.append(f"{who} has {healthy} of {sum(self.targets.values())} targets healthy{why}")
        return found


@dataclass(frozen=True)
class Queue:
    """One queue and its dead-letter queue, in messages; AWS's counts are approximate."""

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
    """What was seen."""

    services: list[Service]
    queues: list[Queue]
    problems: list[str] = field(default_factory=list)


def look(outputs: Outputs) -> Status:
    """Asks ECS, the load balancer and SQS. Reads only."""
    import boto3  # noqa: PLC0415 - 0.2 s that `--help` does not need

    ecs, balancer, sqs = boto3.client("ecs"), boto3.client("elbv2"), boto3.client("sqs")
    services = [
        service
        for start in range(0, len(outputs.service_names), SERVICES_PER_CALL)
        for service in _services(
            ecs, balancer, outputs.cluster_name, outputs.service_names[start : start + SERVICES_PER_CALL]
        )
    ]
    queues = [
        _queue(sqs, name, url, outputs.dead_letter_queue_urls.get(name)) for name, url in outputs.queue_urls.items()
    ]
    seen: list[Service | Queue] = [*services, *queues]
    return Status(services, queues, [problem for one in seen for problem in one.problems()])


def _services(ecs: Any, balancer: Any, cluster: str, names: list[str]) -> list[Service]:
    answer = ecs.describe_services(cluster=cluster, services=names)
    found = {service["serviceName"]: service for service in answer["services"]}
    return [_service(balancer, found[name]) if name in found else _missing(name) for name in names]


def _missing(name: str) -> Service:
    return Service(name, "MISSING", 0, 0, 0, "", "", {}, [], balanced=False, events=[])


def _service(balancer: Any, seen: dict[str, Any]) -> Service:
    primary: dict[str, Any] = next((one for one in seen.get("deployments", []) if one["status"] == "PRIMARY"), {})
    groups = [one["targetGroupArn"] for one in seen.get("loadBalancers", []) if "targetGroupArn" in one]
    health = [
        target["TargetHealth"]
        for group in groups
        for target in balancer.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    ]
    return Service(
        seen["serviceName"],
        seen["status"],
        seen["desiredCount"],
        seen["runningCount"],
        seen["pendingCount"],
        primary.get("rolloutState", ""),
        primary.get("rolloutStateReason", ""),
        # A target that drains belongs to a task that is meant to go.
        dict(Counter(one["State"] for one in health if one["State"] != "draining")),
        sorted({one["Reason"] for one in health if one["State"] == "unhealthy" and "Reason" in one}),
        balanced=bool(groups),
        events=[event["message"] for event in seen.get("events", [])[:EVENTS_SHOWN]],
    )


def _queue(sqs: Any, name: str, url: str, dead_letter_url: str | None) -> Queue:
    dead_lettered = depths(sqs, dead_letter_url)["visible"] if dead_letter_url else None
    return Queue(name, **depths(sqs, url), dead_lettered=dead_lettered)


def depths(sqs: Any, url: str) -> dict[str, int]:
    """Messages in a queue by state."""
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(DEPTHS.values()))
    return {state: int(answer["Attributes"][attribute]) for state, attribute in DEPTHS.items()}
