"""Application Auto Scaling in the sandbox: alarms, bounds and schedules change the service, and activities tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import Alarm

from slipway_sandbox.corrections.cloudwatch.actions import ActionError
from slipway_sandbox.runtime.scaling.autoscaling import AutoScaling
from tests.support.sandbox.clockwork.scaling_cloud import TARGET, ScalingCloud, scaling_cloud
from tests.support.sandbox.schedules_cloud import BEGIN, Clock

ALL = {"IncludeNotScaledActivities": True}


@dataclass
class World:
    cloud: ScalingCloud
    clock: Clock
    scaling: AutoScaling

    def tick(self, *alarms: tuple[Alarm, float], seconds: float = 60) -> int:
        """Let time pass, tell of alarms with a value each, and look; the desired count then. All tasks run at once."""
        self.clock.move(seconds=seconds)
        for alarm, value in alarms:
            self.tell(alarm, value)
        self.scaling.tick()
        desired = self.cloud.desired
        self.cloud.run_all()
        self.scaling.tick()
        return desired

    def tell(self, alarm: Alarm, value: float | None) -> None:
        """As CloudWatch does at each evaluation in ALARM."""
        alarm.state_value = "ALARM"
        for arn in alarm.alarm_actions:
            self.scaling.on_action(arn, alarm, "ALARM", value)

    def tracked(self, policy: str, kind: str) -> Alarm:
        """The high or the low alarm of a target tracking policy."""
        found = self.cloud.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        [alarms] = [each["Alarms"] for each in found if each["PolicyName"] == policy]
        [name] = [each["AlarmName"] for each in alarms if f"-Alarm{kind}-" in each["AlarmName"]]
        return self.cloud.alarms()[name]

    def schedule(self, expression: str, low: int | None = None, high: int | None = None, **more: Any) -> None:
        bounds = {"MinCapacity": low, "MaxCapacity": high}
        self.cloud.scaling.put_scheduled_action(
            **TARGET,
            ScheduledActionName="night",
            Schedule=expression,
            ScalableTargetAction={key: bound for key, bound in bounds.items() if bound is not None},
            **more,
        )

    def bounds(self) -> tuple[int, int]:
        [target] = self.cloud.scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
        return target["MinCapacity"], target["MaxCapacity"]


@pytest.fixture
def world() -> Iterator[World]:
    with scaling_cloud() as cloud:
        clock = Clock()
        yield World(cloud, clock, AutoScaling(clock))


def test_a_service_below_its_minimum_is_put_to_it_when_it_is_registered(world: World) -> None:
    world.cloud.register(2, 8)
    assert world.tick() == 2
    [activity] = world.cloud.activities()
    told = {key: activity[key] for key in ("Description", "Cause", "StatusCode", "StatusMessage")}
    assert told == {
        "Description": "Setting desired count to 2.",
        "Cause": "minimum capacity was set to 2",
        "StatusCode": "Successful",
        "StatusMessage": "Successfully set desired count to 2. Change successfully fulfilled by ecs.",
    }


def test_a_lower_maximum_takes_tasks_away_at_once(world: World) -> None:
    world.cloud.set_desired(6)
    world.cloud.register(1, 8)
    world.tick()
    world.cloud.register(1, 4)
    assert world.tick() == 4
    assert world.cloud.activities()[0]["Cause"] == "maximum capacity was set to 4"


def test_a_count_set_by_hand_beyond_the_bounds_stays_until_a_policy_acts(world: World) -> None:
    world.cloud.register(2, 8)
    world.tick()
    world.cloud.set_desired(1)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 1))
    assert world.tick() == 1
    assert world.tick((alarm, 90)) == 2


def test_a_step_policy_acts_each_minute_of_its_alarm_and_adds_nothing_in_its_cooldown(world: World) -> None:
    world.cloud.register(0, 8)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 2))
    counts = [world.tick((alarm, 90)) for _ in range(7)]
    assert counts == [2, 2, 2, 2, 2, 4, 4]


def test_a_cooldown_begins_when_the_tasks_run(world: World) -> None:
    world.cloud.register(0, 8)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 2))
    world.tell(alarm, 90)
    world.scaling.tick()
    assert (world.cloud.desired, world.cloud.activities()[0]["StatusCode"]) == (2, "InProgress")
    world.clock.move(seconds=600)
    world.tick(seconds=0)
    assert world.cloud.activities()[0]["StatusCode"] == "Successful"
    assert world.tick((alarm, 90), seconds=299) == 2
    assert world.tick((alarm, 90), seconds=1) == 4


def test_target_tracking_scales_out_in_proportion_and_in_by_halves(world: World) -> None:
    world.cloud.set_desired(2)
    world.cloud.register(1, 10)
    world.cloud.track("cpu", 50, ScaleOutCooldown=60, ScaleInCooldown=300)
    assert world.tick((world.tracked("cpu", "High"), 100)) == 4
    low = world.tracked("cpu", "Low")
    assert [world.tick((low, 5)) for _ in range(7)] == [2, 2, 2, 2, 2, 1, 1]


def test_one_of_two_tracking_policies_scales_out_and_both_scale_in(world: World) -> None:
    world.cloud.set_desired(4)
    world.cloud.register(1, 10)
    world.cloud.track("cpu", 50)
    memory = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}}
    world.cloud.track("memory", 50, memory)
    assert world.tick((world.tracked("cpu", "High"), 75)) == 6
    assert world.tick((world.tracked("cpu", "Low"), 10)) == 6
    assert world.tick((world.tracked("cpu", "Low"), 10), (world.tracked("memory", "Low"), 30)) == 4


def test_a_scale_out_ends_the_cooldown_of_a_scale_in(world: World) -> None:
    world.cloud.set_desired(6)
    world.cloud.register(1, 10)
    low = world.cloud.alarm("low", world.cloud.step("in", -1), comparison="LessThanThreshold")
    high = world.cloud.alarm("high", world.cloud.step("out", 2))
    assert [world.tick((low, 1)), world.tick((low, 1))] == [5, 5]
    assert [world.tick((high, 90)), world.tick((low, 1))] == [7, 6]


def test_a_policy_that_is_put_again_is_still_in_its_cooldown(world: World) -> None:
    world.cloud.register(0, 8)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 2))
    assert world.tick((alarm, 90)) == 2
    world.cloud.step("out", 3)
    assert world.tick((alarm, 90)) == 3


def test_a_sandbox_that_starts_again_goes_on_where_scaling_was(world: World) -> None:
    world.cloud.register(0, 8)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 2))
    world.tell(alarm, 90)
    world.scaling.tick()
    world.scaling = AutoScaling(world.clock)
    assert world.tick(seconds=0) == 2
    assert world.cloud.activities()[0]["StatusCode"] == "Successful"
    world.scaling = AutoScaling(world.clock)
    assert [world.tick((alarm, 90), seconds=299), world.tick((alarm, 90), seconds=1)] == [2, 4]


def test_a_deployment_stops_scaling_in_and_not_out(world: World) -> None:
    world.cloud.set_desired(4)
    world.cloud.register(1, 10)
    world.cloud.client("ecs").update_service(cluster="main", service="work", forceNewDeployment=True)
    low = world.cloud.alarm("low", world.cloud.step("in", -1), comparison="LessThanThreshold")
    high = world.cloud.alarm("high", world.cloud.step("out", 2))
    assert [world.tick((low, 1)), world.tick((high, 90))] == [4, 6]
    assert world.cloud.activities(**ALL)[1]["NotScaledReasons"] == [{"Code": "TargetServicePutResourceAsUnscalable"}]


def test_what_is_suspended_does_not_act(world: World) -> None:
    world.cloud.set_desired(4)
    suspended = {"DynamicScalingOutSuspended": True, "ScheduledScalingSuspended": True}
    world.cloud.register(1, 10, SuspendedState=suspended)
    world.schedule("rate(1 minute)", low=6)
    low = world.cloud.alarm("low", world.cloud.step("in", -1), comparison="LessThanThreshold")
    high = world.cloud.alarm("high", world.cloud.step("out", 2))
    assert [world.tick((high, 90)), world.tick((low, 1))] == [4, 3]
    assert world.bounds() == (1, 10)


def test_an_activity_that_changed_nothing_is_told_once_and_only_to_who_asks(world: World) -> None:
    world.cloud.set_desired(4)
    world.cloud.register(1, 4)
    alarm = world.cloud.alarm("high", world.cloud.step("out", 2))
    for _ in range(3):
        world.tick((alarm, 90))
    assert world.cloud.activities() == []
    [activity] = world.cloud.activities(**ALL)
    told = {key: activity[key] for key in ("Description", "Cause", "StatusCode", "NotScaledReasons")}
    assert told == {
        "Description": "Attempting to scale due to alarm triggered",
        "Cause": "monitor alarm high in state ALARM triggered policy out",
        "StatusCode": "Failed",
        "NotScaledReasons": [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}],
    }


def test_a_change_that_somebody_overrides_says_so(world: World) -> None:
    world.cloud.register(2, 8)
    world.scaling.tick()
    world.cloud.client("ecs").update_service(cluster="main", service="work", desiredCount=5)
    world.tick()
    [activity] = world.cloud.activities()
    assert activity["StatusCode"] == "Overridden"
    assert activity["StatusMessage"] == "Successfully set desired count to 2. Found it was later changed to 5."


def test_the_service_tells_of_a_change_in_its_events(world: World) -> None:
    world.cloud.register(0, 8)
    world.tick((world.cloud.alarm("high", world.cloud.step("out", 2)), 90))
    assert world.cloud.service.events[0]["message"] == (
        "Message: Successfully set desired count to 2. Change successfully fulfilled by ecs. "
        "Cause: monitor alarm high in state ALARM triggered policy out"
    )


def test_a_scheduled_action_sets_the_bounds_and_the_service_follows(world: World) -> None:
    world.cloud.set_desired(4)
    world.cloud.register(1, 10)
    world.schedule("cron(10 8 * * ? *)", low=5, high=6)
    assert [world.tick(seconds=540), world.tick(seconds=60)] == [4, 5]
    assert world.bounds() == (5, 6)
    told = [(activity["Cause"], activity["StatusMessage"]) for activity in world.cloud.activities()]
    fulfilled = "Successfully set desired count to 5. Change successfully fulfilled by ecs."
    assert told == [
        ("minimum capacity was set to 5", fulfilled),
        (
            "scheduled action name night was triggered",
            "Successfully set min capacity to 5 and max capacity to 6",
        ),
    ]


def test_a_scheduled_action_acts_once_at_its_time(world: World) -> None:
    world.cloud.register(1, 10)
    world.schedule(f"at({BEGIN + timedelta(minutes=10):%Y-%m-%dT%H:%M:%S})", low=0, high=0)
    assert world.tick(seconds=600) == 0
    world.cloud.register(1, 10)
    assert world.tick(seconds=600) == 1
    assert world.bounds() == (1, 10)


def test_a_scheduled_action_that_crosses_the_bounds_fails_and_changes_nothing(world: World) -> None:
    world.cloud.register(4, 10)
    world.tick()
    world.schedule("rate(1 minute)", high=2)
    world.tick()
    assert world.bounds() == (4, 10)
    failed = world.cloud.activities()[0]
    assert failed["StatusCode"] == "Failed"
    assert failed["StatusMessage"] == (
        "Failed to set max capacity to 2. Reason: Maximum capacity cannot be less than minimum capacity"
    )


def test_an_alarm_without_a_data_point_of_another_policy_or_of_a_service_that_is_gone_scales_nothing(
    world: World,
) -> None:
    world.cloud.register(0, 8)
    arn = world.cloud.step("out", 2)
    alarm = world.cloud.alarm("high", arn)
    with pytest.raises(ActionError, match="a scaling policy needs the metric's value, and the alarm has none"):
        world.tell(alarm, None)
    with pytest.raises(ActionError, match="no registered target has this scaling policy"):
        world.tell(world.cloud.alarm("other", f"{arn}er"), 90)
    world.cloud.client("ecs").delete_service(cluster="main", service="work", force=True)
    with pytest.raises(ActionError, match="no registered target has this scaling policy"):
        world.tell(alarm, 90)
    assert world.tick() == 0
    assert world.cloud.activities(**ALL) == []


def test_activities_come_newest_first_and_in_pages(world: World) -> None:
    for low in (1, 2, 3):
        world.cloud.register(low, 8)
        world.tick()
    first = world.cloud.scaling.describe_scaling_activities(ServiceNamespace="ecs", MaxResults=2)
    rest = world.cloud.scaling.describe_scaling_activities(
        ServiceNamespace="ecs", MaxResults=2, NextToken=first["NextToken"]
    )
    causes = [each["Cause"] for each in first["ScalingActivities"] + rest["ScalingActivities"]]
    assert causes == [f"minimum capacity was set to {low}" for low in (3, 2, 1)]
    assert "NextToken" not in rest
