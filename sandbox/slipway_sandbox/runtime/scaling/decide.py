"""The next number of a service's tasks, from the alarms in breach. Reads no clock and no moto.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
Source: https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway_sandbox.runtime.scaling.breach import Breach
from slipway_sandbox.runtime.scaling.step_scaling import StepScaling
from slipway_sandbox.runtime.scaling.target_tracking import TargetTracking


@dataclass(frozen=True)
class Scaled:
    """The last change by a policy, once the service ran so many tasks. Its cooldown begins then."""

    before: int
    after: int
    at: datetime


@dataclass(frozen=True)
class PolicySeen:
    """A scaling policy."""

    name: str
    rule: StepScaling | TargetTracking
    last: Scaled | None = None

    def is_cooling(self, now: datetime, *, out: bool) -> bool:
        """Whether the cooldown of a change in this direction is under way."""
        if self.last is None or (self.last.after > self.last.before) != out:
            return False
        if isinstance(self.rule, StepScaling):
            seconds = self.rule.cooldown_seconds
        else:
            seconds = self.rule.scale_out_cooldown_seconds if out else self.rule.scale_in_cooldown_seconds
        return now < self.last.at + timedelta(seconds=seconds)


@dataclass(frozen=True)
class ServiceSeen:
    """A service, the bounds of its number of tasks, and its policies."""

    minimum: int
    maximum: int
    desired: int
    running: int
    """What policies start from: tasks that start do no work yet."""
    policies: tuple[PolicySeen, ...]
    is_deploying: bool = False
    out_suspended: bool = False
    in_suspended: bool = False

    def bounded(self, tasks: int) -> int:
        """The number, moved into the bounds."""
        return min(max(tasks, self.minimum), self.maximum)


@dataclass(frozen=True)
class Request:
    """An alarm in breach, and the policy among its actions."""

    policy: PolicySeen
    breach: Breach


@dataclass(frozen=True)
class Change:
    """Set the desired count. `before` is the number of tasks that the policy's next cooldown counts from."""

    request: Request
    desired: int
    before: int


@dataclass(frozen=True)
class NotScaled:
    """A policy acts, and the number stays: the reason's code, and the number that it is about."""

    request: Request
    code: str
    about: str = ""
    tasks: int = 0


Decision = Change | NotScaled


@dataclass(frozen=True)
class _Proposal:
    """The number of tasks that a policy asks for, and the number that it would change."""

    request: Request
    tasks: int
    reference: int


def decide(service: ServiceSeen, requests: Sequence[Request], now: datetime) -> Decision | None:
    """What happens to the service, of all alarms in breach together: the largest number of tasks that one asks for.

    A policy that asks for more tasks goes before all that ask for fewer. None where a cooldown, a suspension or a policy
    that does not agree holds everything.
    """
    proposals = [proposal for request in requests if (proposal := _proposal(service, request))]
    outs = [proposal for proposal in proposals if proposal.tasks > proposal.reference]
    if outs:
        return None if service.out_suspended else _largest([_scale_out(service, out, now) for out in outs])
    return _largest([_scale_in(service, proposal, proposals, now) for proposal in proposals])


def _proposal(service: ServiceSeen, request: Request) -> _Proposal | None:
    rule = request.policy.rule
    tasks = rule.capacity(service.running, request.breach)
    # An exact number takes the place of the desired count; all others start from the running tasks.
    is_exact = isinstance(rule, StepScaling) and rule.adjustment == "ExactCapacity"
    return None if tasks is None else _Proposal(request, tasks, service.desired if is_exact else service.running)


def _scale_out(service: ServiceSeen, out: _Proposal, now: datetime) -> Decision:
    """In its cooldown a policy adds only what exceeds its last scale-out."""
    policy, tasks, before = out.request.policy, out.tasks, service.running
    if policy.last is not None and policy.is_cooling(now, out=True):
        before = policy.last.before
        is_exact = isinstance(policy.rule, StepScaling) and policy.rule.adjustment == "ExactCapacity"
        tasks -= 0 if is_exact else policy.last.after - policy.last.before
    desired = service.bounded(tasks)
    if desired > service.desired:
        return Change(out.request, desired, before)
    if service.desired >= service.maximum:
        return NotScaled(out.request, "AlreadyAtMaxCapacity", "MaxCapacity", service.maximum)
    return NotScaled(out.request, "AlreadyAtDesiredCapacity", "CurrentCapacity", service.desired)


def _scale_in(
    service: ServiceSeen, proposal: _Proposal, proposals: Sequence[_Proposal], now: datetime
) -> Decision | None:
    request = proposal.request
    unchanged = NotScaled(request, "AlreadyAtDesiredCapacity", "CurrentCapacity", service.desired)
    if proposal.tasks == proposal.reference:
        return unchanged
    if service.is_deploying:
        return NotScaled(request, "TargetServicePutResourceAsUnscalable")
    tasks = _granted(service, proposal, proposals, now)
    if tasks is None:
        return None
    desired = service.bounded(tasks)
    if desired < service.desired:
        return Change(request, desired, service.running)
    if service.desired <= service.minimum:
        return NotScaled(request, "AlreadyAtMinCapacity", "MinCapacity", service.minimum)
    return unchanged


def _granted(service: ServiceSeen, proposal: _Proposal, proposals: Sequence[_Proposal], now: datetime) -> int | None:
    """The number to which a policy may scale in; None where something holds it."""
    policy = proposal.request.policy
    if service.in_suspended or policy.is_cooling(now, out=False):
        return None
    if isinstance(policy.rule, StepScaling):
        return proposal.tasks
    return _agreed(service, proposals, now) if policy.rule.scales_in else None


def _agreed(service: ServiceSeen, proposals: Sequence[_Proposal], now: datetime) -> int | None:
    """The largest number for which the target tracking policies ask; None until each is ready to scale in."""
    votes = {
        proposal.request.policy.name: proposal.tasks
        for proposal in proposals
        if proposal.request.breach.is_below and not proposal.request.policy.is_cooling(now, out=False)
    }
    voters = [
        policy.name for policy in service.policies if isinstance(policy.rule, TargetTracking) and policy.rule.scales_in
    ]
    if not voters or any(name not in votes for name in voters):
        return None
    return max(votes[name] for name in voters)


def _largest(decisions: Sequence[Decision | None]) -> Decision | None:
    """The change to the largest number of tasks; else the first reason not to change."""
    changes = [decision for decision in decisions if isinstance(decision, Change)]
    if changes:
        return max(changes, key=lambda change: change.desired)
    return next((decision for decision in decisions if decision is not None), None)
