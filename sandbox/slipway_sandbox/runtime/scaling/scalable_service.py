"""An ECS service as a scalable target: what moto knows of it, as decide.py wants it.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
    FakeScheduledAction,
    applicationautoscaling_backends,
)

from slipway_sandbox.corrections._keeping import kept
from slipway_sandbox.corrections.application_autoscaling.policies import LAST_SCALED
from slipway_sandbox.corrections.ecs.objects import EcsService, as_service
from slipway_sandbox.runtime.scaling.decide import PolicySeen, Scaled, ServiceSeen
from slipway_sandbox.runtime.scaling.step_scaling import Step, StepScaling
from slipway_sandbox.runtime.scaling.target_tracking import TargetTracking

DIMENSION = "ecs:service:DesiredCount"
COOLDOWN_SECONDS = 300  # of ECS services, where a policy names none


@dataclass(frozen=True)
class ScalableService:
    """A scalable target, and the ECS service that it is."""

    backend: ApplicationAutoscalingBackend
    target: FakeScalableTarget
    service: EcsService

    def policies(self) -> list[FakeApplicationAutoscalingPolicy]:
        """The scaling policies of the target."""
        resource = self.target.resource_id
        return [
            policy
            for policy in list(self.backend.policies.values())
            if policy.resource_id == resource and policy.scalable_dimension == DIMENSION
        ]

    def scheduled_actions(self) -> list[FakeScheduledAction]:
        """The scheduled actions of the target."""
        resource = self.target.resource_id
        return [
            action
            for action in self.backend.scheduled_actions
            if action.resource_id == resource and action.scalable_dimension == DIMENSION
        ]

    def is_suspended(self, kind: str) -> bool:
        """Whether a kind of scaling is suspended: DynamicScalingIn, DynamicScalingOut or ScheduledScaling."""
        state = cast("dict[str, bool] | None", self.target.suspended_state)
        return bool((state or {}).get(f"{kind}Suspended"))

    def seen(self) -> ServiceSeen:
        """The service as it is now."""
        return ServiceSeen(
            minimum=self.target.min_capacity or 0,
            maximum=self.target.max_capacity or 0,
            desired=self.service.desired_count,
            running=self.service.running_count,
            policies=tuple(policy_seen(policy) for policy in self.policies()),
            is_deploying=any(entry["rolloutState"] == "IN_PROGRESS" for entry in self.service.deployments),
            out_suspended=self.is_suspended("DynamicScalingOut"),
            in_suspended=self.is_suspended("DynamicScalingIn"),
        )


def scalable_services() -> Iterator[ScalableService]:
    """Every registered ECS service that exists."""
    for account in list(applicationautoscaling_backends.values()):
        for backend in list(account.values()):
            for target in list(backend.targets.get(DIMENSION, {}).values()):
                service = _service(backend, target)
                if service is not None:
                    yield ScalableService(backend, target, service)


def policy_seen(policy: FakeApplicationAutoscalingPolicy) -> PolicySeen:
    """Moto's scaling policy, with its last change."""
    last = kept(policy, LAST_SCALED, ())
    return PolicySeen(policy.policy_name, _rule(policy), Scaled(*last) if last else None)


def _rule(policy: FakeApplicationAutoscalingPolicy) -> StepScaling | TargetTracking:
    """The configuration of a policy, as botocore has checked it."""
    if tracking := policy.target_tracking_scaling_policy_configuration:
        return TargetTracking(
            target=float(tracking["TargetValue"]),
            scale_out_cooldown_seconds=int(tracking.get("ScaleOutCooldown", COOLDOWN_SECONDS)),
            scale_in_cooldown_seconds=int(tracking.get("ScaleInCooldown", COOLDOWN_SECONDS)),
            scales_in=not tracking.get("DisableScaleIn"),
        )
    steps = policy.step_scaling_policy_configuration or {}
    return StepScaling(
        adjustment=steps["AdjustmentType"],
        steps=tuple(_step(step) for step in steps.get("StepAdjustments", [])),
        cooldown_seconds=int(steps.get("Cooldown", COOLDOWN_SECONDS)),
        least_magnitude=int(steps.get("MinAdjustmentMagnitude") or 1),
        aggregation=steps.get("MetricAggregationType") or "Average",
    )


def _step(step: dict[str, Any]) -> Step:
    names = {"MetricIntervalLowerBound": "lower", "MetricIntervalUpperBound": "upper"}
    bounds = {name: float(step[key]) for key, name in names.items() if step.get(key) is not None}
    return Step(int(step["ScalingAdjustment"]), **bounds)


def _service(backend: ApplicationAutoscalingBackend, target: FakeScalableTarget) -> EcsService | None:
    _, cluster, name = target.resource_id.split("/")
    service = backend.ecs_backend.services.get(f"{cluster}:{name}")
    return as_service(service) if service is not None and service.status == "ACTIVE" else None
