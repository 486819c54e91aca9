"""Elastic Load Balancing."""

from collections.abc import Callable, Iterable
from typing import NotRequired, TypedDict, Unpack

from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError
from moto.elbv2.models import (
    ELBv2Backend,
    FakeAction,
    FakeHealthStatus,
    FakeListener,
    FakeLoadBalancer,
    FakeTargetGroup,
)

from slipway_sandbox.corrections._decorator import corrects

ENCRYPTED = ("HTTPS", "TLS")
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
local_ports: list[Callable[[str], int]] = []
"""The running proxies' port of a load balancer's ARN; the last one counts."""
MEASURED = "Measured"  # entry of a target: state, reason and description, as the proxies' health checks found them


class NewListener(TypedDict):
    """Arguments of moto's create_listener."""

    load_balancer_arn: str
    protocol: str
    port: str
    ssl_policy: str
    certificate: str | None
    actions: list[dict[str, object]]
    alpn_policy: NotRequired[list[str]]
    tags: NotRequired[list[dict[str, str]]]


@corrects(
    ELBv2Backend.create_load_balancer,
    why="moto's DNSName of a load balancer resolves nowhere; here it is localhost and the port of its proxy.",
)
def create_load_balancer(
    original: Callable[..., FakeLoadBalancer], self: ELBv2Backend, *arguments: object, **named: object
) -> FakeLoadBalancer:
    balancer = original(self, *arguments, **named)
    if balancer.type == "application" and local_ports:
        balancer.dns_name = f"localhost:{local_ports[-1](balancer.arn)}"
    return balancer


@corrects(
    FakeTargetGroup.health_for,
    why="moto answers healthy for any registered target; here DescribeTargetHealth answers the measured health, as ELB does.",
)
def health_for(
    original: Callable[..., FakeHealthStatus], self: FakeTargetGroup, target: dict[str, str], ec2_backend: object
) -> FakeHealthStatus:
    status = original(self, target, ec2_backend)
    measured = self.targets.get(target["Id"], {}).get(MEASURED)
    if measured and status.status == "healthy":
        status.status, status.reason, status.description = measured
    return status


@corrects(
    ELBv2Backend.create_listener,
    why="moto takes any number of listeners on one port and gives each a TLS policy; ELB has one, answers with it when all settings are "
    "the same, refuses others, and gives a policy to HTTPS and TLS only.",
)
def create_listener(
    original: Callable[..., FakeListener], self: ELBv2Backend, **asked: Unpack[NewListener]
) -> FakeListener:
    policy = asked["ssl_policy"] if asked["protocol"] in ENCRYPTED else None
    settings = [asked["protocol"], policy, asked["certificate"]]
    actions = [FakeAction(action).data for action in asked["actions"]]
    for listener in _on_port(self, asked["load_balancer_arn"], asked["port"]):
        present = [action.data for action in listener.default_actions]
        if [listener.protocol, listener.ssl_policy, listener.certificate] == settings and present == actions:
            return listener
        balancer = asked["load_balancer_arn"]
        raise DuplicateListenerError(f"A listener already exists on this port for this load balancer '{balancer}'")
    listener = original(self, **asked)
    return listener if listener.protocol in ENCRYPTED else _without_policy(listener)


@corrects(
    ELBv2Backend.modify_listener,
    why="moto takes the added certificates of a listener away when its default one is set, moves it to a taken port, and leaves "
    "certificates and TLS policy on one that becomes HTTP; ELB keeps the added ones, refuses the port, and removes all with the "
    "protocol.",
)
def modify_listener(
    original: Callable[..., FakeListener],
    self: ELBv2Backend,
    arn: str,
    port: str | None = None,
    *rest: object,
    **named: object,
) -> FakeListener:
    [before] = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])
    added = before.certificates[1:]
    if port is not None and any(each.arn != arn for each in _on_port(self, before.load_balancer_arn, port)):
        raise ELBClientError("ValidationError", f"Listener port '{port}' is already in use")
    listener = original(self, arn, port, *rest, **named)
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
    if listener.protocol not in ENCRYPTED:
        listener.certificate, listener.certificates = None, []
        return _without_policy(listener)
    listener.ssl_policy = listener.ssl_policy or DEFAULT_POLICY
    listener.certificates += [each for each in added if each not in listener.certificates]
    return listener


def _on_port(backend: ELBv2Backend, load_balancer_arn: str, port: str) -> list[FakeListener]:
    balancer = backend.load_balancers.get(load_balancer_arn)
    return [each for each in balancer.listeners.values() if str(each.port) == str(port)] if balancer else []


def _without_policy(listener: FakeListener) -> FakeListener:
    listener.ssl_policy = None  # type: ignore[assignment] # the answer has none
    return listener


@corrects(
    ELBv2Backend.describe_target_groups,
    why="moto's target groups name load balancers that no longer send to them, some twice, and lack those of a changed listener; "
    "ELB names the ones that send now.",
)
def describe_target_groups(
    original: Callable[..., Iterable[FakeTargetGroup]], self: ELBv2Backend, *arguments: object, **named: object
) -> Iterable[FakeTargetGroup]:
    senders: dict[str, list[str]] = {}
    for balancer in self.load_balancers.values():
        listeners = balancer.listeners.values()
        actions = [action for listener in listeners for action in listener.default_actions]
        rules = [rule for listener in listeners for rule in listener.rules.values() if rule.priority != "default"]
        actions += [action for rule in rules for action in rule.actions]
        forwards = [each.data for each in actions if each.type == "forward"]
        for arn in {arn for data in forwards for arn in self._get_target_group_arns_from(action_data=data)}:
            senders.setdefault(arn, []).append(balancer.arn)
    for arn, group in self.target_groups.items():
        group.load_balancer_arns = senders.get(arn, [])
    return original(self, *arguments, **named)
