"""A task by hand: what is started, what is shown of it, and the exit code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from slipway_cli.delivery.log_lines import Logs
from slipway_cli.errors import CommandError
from slipway_cli.running.ecs_answers import Ecs
from slipway_cli.running.log import TaskLog
from slipway_cli.running.settings import Settings
from slipway_cli.running.task import Screen, Started, follow, start

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/main"
ARN = "arn:aws:ecs:eu-central-1:123456789012:task/main/1a2b"
STOP = "aws ecs stop-task --region eu-central-1 --cluster main --task 1a2b"
API = Settings(
    name="api",
    cluster=CLUSTER,
    task_definition_arn="arn:aws:ecs:eu-central-1:123456789012:task-definition/api-1234567:8",
    network={"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}},
    platform_version="1.4.0",
    has_exec=True,
    container={"name": "api"},
    runs_on=True,
)
REPORT = Settings(**{**vars(API), "name": "report", "runs_on": False})


def task(status: str, code: int | None = None, **more: Any) -> dict[str, Any]:
    """A task as DescribeTasks shows it; its sidecar has ended with 9."""
    main = {"name": "api"} | ({} if code is None else {"exitCode": code})
    return {"taskArn": ARN, "lastStatus": status, "containers": [{"name": "proxy", "exitCode": 9}, main], **more}


@dataclass
class Cloud:
    """ECS and CloudWatch Logs: one look after another, the last one for ever; pages of the log, one for each second."""

    looks: list[list[dict[str, Any]]] = field(default_factory=list)
    pages: list[list[str] | None] = field(default_factory=list)
    before: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0
    interrupts_at: float | None = None
    read: int = 0

    class exceptions:  # noqa: N801 - boto3's name
        ResourceNotFoundException = KeyError

    def list_tasks(self, **by: str) -> dict[str, Any]:
        assert by == {"cluster": CLUSTER, "startedBy": "slipway-run-before/api-1234567"}
        return {"taskArns": [it["taskArn"] for it in self.before]}

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        if self.before:
            return {"tasks": self.before}
        return {"tasks": self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]}

    def run_task(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"tasks": [] if self.failures else [task("PROVISIONING")], "failures": self.failures}

    def get_log_events(self, **request: Any) -> dict[str, Any]:
        """Everything up to now is in one page; the token repeats where there is nothing new."""
        assert (request["logGroupName"], request["logStreamName"]) == ("api-1234567", "api/api/1a2b")
        assert request["startFromHead"]
        known = self.pages[: int(self.seconds) + 1]
        if all(page is None for page in known):
            raise KeyError
        after = int(request.get("nextToken", "0"))
        events = [{"message": line} for page in known[after:] for line in page or []]
        return {"events": events, "nextForwardToken": str(len(known))}

    def _pause(self, seconds: float) -> None:
        self.seconds += seconds
        if self.interrupts_at is not None and self.seconds >= self.interrupts_at:
            raise KeyboardInterrupt

    @property
    def ecs(self) -> Ecs:
        return cast("Ecs", self)

    def follow(self, timeout: float = 60) -> int:
        """Follow the task without waiting; the exit code."""
        screen = Screen(self.lines.append, self.notes.append, lambda: self.seconds, self._pause)
        log = TaskLog(cast("Logs", self), "api-1234567", "api/api/1a2b")
        return follow(Started(self.ecs, API, ARN, log), screen, timeout)


def test_a_task_has_the_service_s_settings_and_the_given_command() -> None:
    cloud = Cloud()
    assert start(cloud.ecs, API, ["sh", "-c", "exit 7"]) == ARN
    assert cloud.requests == [
        {
            "cluster": CLUSTER,
            "taskDefinition": API.task_definition_arn,
            "launchType": "FARGATE",
            "platformVersion": "1.4.0",
            "networkConfiguration": API.network,
            "overrides": {"containerOverrides": [{"name": "api", "command": ["sh", "-c", "exit 7"]}]},
            "startedBy": "slipway-run/api-1234567",
            "enableECSManagedTags": True,
            "enableExecuteCommand": True,
            "propagateTags": "TASK_DEFINITION",
        }
    ]


def test_a_job_runs_its_own_command() -> None:
    cloud = Cloud()
    start(cloud.ecs, REPORT, [])
    assert cloud.requests[0]["overrides"] == {}


OURS: dict[str, Any] = {"overrides": {"containerOverrides": [{"name": "api", "command": ["./migrate", "--all"]}]}}
REFUSED: list[tuple[Callable[[], Cloud], Settings, list[str], str]] = [
    (
        Cloud,
        API,
        [],
        "run: 'api' is a service, whose own command never ends; give one, such as slipway run api -- sh -c 'echo ready'",
    ),
    (
        lambda: Cloud(before=[task("RUNNING", **OURS)]),
        API,
        ["./migrate", "--all"],
        "run: `./migrate --all` runs already, before a roll-out of 'api', as task 1a2b; wait for its end",
    ),
    (
        lambda: Cloud(failures=[{"reason": "Capacity is unavailable at this time."}]),
        REPORT,
        [],
        "run: ECS starts no task of 'report': Capacity is unavailable at this time.",
    ),
]


@pytest.mark.parametrize(("made", "of", "command", "sentence"), REFUSED)
def test_what_does_not_start_is_one_sentence(
    made: Callable[[], Cloud], of: Settings, command: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as caught:
        start(made().ecs, of, command)
    assert str(caught.value) == sentence


def test_another_command_than_the_one_before_a_roll_out_starts() -> None:
    assert start(Cloud(before=[task("RUNNING", **OURS)]).ecs, API, ["./check"]) == ARN


@pytest.fixture
def five_hundred() -> Iterator[list[str]]:
    yield [f"line {number}" for number in range(500)]


def test_a_short_task_shows_every_line_once_and_in_order(five_hundred: list[str]) -> None:
    # It has ended before the first look, and its lines come late, in two parts.
    stopped = task("STOPPED", 0, startedAt="2026-11-30")
    cloud = Cloud([[stopped]], [None, None, five_hundred[:300], [], five_hundred[300:]])
    assert cloud.follow() == 0
    assert cloud.lines == five_hundred
    assert cloud.notes == []


def test_the_exit_code_is_the_main_container_s() -> None:
    running = task("RUNNING", startedAt="2026-11-30")
    cloud = Cloud([[], [running], [task("STOPPED", 7, startedAt="2026-11-30")]], [None, ["by hand"]])
    assert cloud.follow() == 7
    assert cloud.lines == ["by hand"]


def test_a_task_without_an_exit_code_did_not_start() -> None:
    cloud = Cloud([[task("STOPPED", stoppedReason="CannotPullContainerError: no such host")]], [None])
    assert (cloud.follow(), cloud.seconds) == (125, 0)
    assert cloud.notes == ["task 1a2b ended without an exit code: CannotPullContainerError: no such host"]


def test_time_that_is_up_has_a_code_of_its_own_and_the_task_goes_on() -> None:
    cloud = Cloud([[task("RUNNING")]], [["begun"]])
    assert cloud.follow(timeout=3) == 124
    assert (cloud.lines, cloud.seconds) == (["begun"], 3)
    assert cloud.notes == [f"task 1a2b did not end within 3 s and goes on; to stop it: {STOP}"]


def test_ctrl_c_says_what_goes_on_and_how_to_stop_it() -> None:
    cloud = Cloud([[task("RUNNING")]], [["begun"]], interrupts_at=2)
    assert cloud.follow() == 130
    assert cloud.notes == [f"task 1a2b goes on; to stop it: {STOP}"]
