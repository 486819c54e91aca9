"""Blue/green, canary and linear: two target groups, and a listener rule with a weight for each.

A deployment's tasks are on one side; the next one's are on the other, and requests follow in steps, each with a pause.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from moto.elbv2.models import FakeAction, FakeRule, elbv2_backends

from slipway_sandbox import clock
from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.ecs.objects import EcsService
from slipway_sandbox.corrections.ecs.shapes import Deployment, DeploymentConfiguration, LastCompleted, LoadBalancer

ALL = 100.0  # percent
BLUE, GREEN = "blue", "green"
OTHER = {BLUE: GREEN, GREEN: BLUE}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NO_CONFIGURATION: DeploymentConfiguration = {}


@dataclass(frozen=True)
class Plan:
    """Shares of the requests, in percent and in order, and how long each one is looked at."""

    steps: tuple[float, ...] = ()
    """None for a rolling deployment."""
    step_seconds: float = 0.0
    bake_seconds: float = 0.0
    """After the last step."""


def plan(configuration: DeploymentConfiguration | None) -> Plan:
    """A deployment configuration of ECS to its steps."""
    asked = configuration or {}
    bake = 60.0 * float(asked.get("bakeTimeInMinutes") or 0)
    strategy = asked.get("strategy")
    if strategy == "BLUE_GREEN":
        return Plan((ALL,), 0.0, bake)
    if strategy == "CANARY":
        canary = asked.get("canaryConfiguration") or {}
        pause = 60.0 * float(canary.get("canaryBakeTimeInMinutes", 10))
        return Plan((float(canary.get("canaryPercent", 5.0)), ALL), pause, bake)
    if strategy == "LINEAR":
        linear = asked.get("linearConfiguration") or {}
        share, pause = float(linear.get("stepPercent", 10.0)), 60.0 * float(linear.get("stepBakeTimeInMinutes", 6))
        count = int(-(-ALL // share))
        return Plan(tuple(min(ALL, share * number) for number in range(1, count + 1)), pause, bake)
    return Plan()


def at_first(service: EcsService) -> Deployment:
    """Side and share of a new deployment: without one before it, and in a rolling one, it stays on the side there is."""
    side = side_of(last_completed(service))
    if last_completed(service) and plan(kept(service, "deployment_configuration", NO_CONFIGURATION)).steps:
        return {"side": OTHER[side], "traffic": 0.0, "shifted_at": LONG_AGO}
    return settled(side)


def settled(side: str) -> Deployment:
    """Side and share of a deployment with every request."""
    return {"side": side, "traffic": ALL, "shifted_at": LONG_AGO}


def side_of(deployment: Deployment | LastCompleted | None) -> str:
    """Side of a deployment; one of an earlier sandbox's snapshot has none."""
    return deployment.get("side", BLUE) if deployment else BLUE


def balancers_of(service: EcsService, deployment: Deployment | LastCompleted) -> list[LoadBalancer]:
    """Load balancer entries of a deployment: its tasks keep their target groups when the service gets others.

    One of an earlier sandbox's snapshot has the service's.
    """
    return deployment.get("load_balancers", service.load_balancers or [])


def last_completed(service: EcsService) -> LastCompleted | None:
    """The deployment for a rollback to return to; None before the first one is complete."""
    found: LastCompleted | None = vars(service).get("last_completed")
    return found


def rested_seconds(deployment: Deployment) -> float:
    """How long a deployment has had its share of the requests."""
    since = deployment.get("shifted_at", LONG_AGO)
    return (clock.now() - since).total_seconds()


def steady_seconds(deployment: Deployment) -> float | None:
    """How long its alarms have had their last look; None before that."""
    since = deployment.get("steady_since")
    return (clock.now() - since).total_seconds() if since else None


def shift(service: EcsService, deployment: Deployment, percent: float) -> None:
    """Give a deployment this share of the requests."""
    deployment |= {"traffic": percent, "shifted_at": clock.now()}
    forward(service, side_of(deployment), percent)


def forward(service: EcsService, side: str, percent: float) -> None:
    """Weigh the two target groups in the service's listener rules; without such a rule nothing is weighed."""
    for entry in service.load_balancers or []:
        advanced = entry.get("advancedConfiguration") or {}
        rule = find_rule(advanced.get("productionListenerRule", ""))
        if rule is None:
            continue
        shares = {group(entry, side): percent, group(entry, OTHER[side]): ALL - percent}
        groups = [{"TargetGroupArn": arn, "Weight": int(weight)} for arn, weight in shares.items()]
        rule.actions = [FakeAction({"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups}})]


def group(entry: LoadBalancer, side: str) -> str:
    """Target group of a side, by a service's load balancer entry."""
    alternate = (entry.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return str(alternate if side == GREEN and alternate else entry.get("targetGroupArn", ""))


def find_rule(arn: str) -> FakeRule | None:
    """A listener rule by its ARN, in any account and region."""
    for account in list(elbv2_backends.values()):
        for backend in list(account.values()):
            for balancer in list(backend.load_balancers.values()):
                for listener in list(balancer.listeners.values()):
                    for rule in list(listener.rules.values()):
                        if rule.arn == arn:
                            return rule
    return None
