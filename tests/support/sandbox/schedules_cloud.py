"""A cloud in this process with one schedule for a task, a clock to move, and a role for the schedule."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto.scheduler.models import Schedule, scheduler_backends

ACCOUNT, REGION = "123456789012", "eu-west-1"
BEGIN = datetime(2099, 11, 30, 8, tzinfo=UTC)  # a Monday; later than now, as moto refuses a start that has passed
GROUP = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/jobs"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
DEAD = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
FAMILY = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/report"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    moment: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> None:
        """Move on by a timedelta."""
        self.moment += timedelta(**step)


def trust(**condition: str) -> dict[str, Any]:
    """Trust policy of the schedule's role."""
    own = {"Condition": {"StringEquals": condition}} if condition else {}
    return {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole", **own}


RIGHTS: dict[str, dict[str, Any]] = {
    "ecs:RunTask": {"Resource": f"{FAMILY}:*", "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}}},
    "iam:PassRole": {
        "Resource": f"arn:aws:iam::{ACCOUNT}:role/report",
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    },
    "ecs:TagResource": {
        "Resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/*",
        "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
    },
    "sqs:SendMessage": {"Resource": DEAD},
}
"""Rights of the role of a Job's schedule, by action."""


@dataclass
class Cloud:
    """A cloud with a group of schedules, a cluster, a task definition and a dead-letter queue."""

    session: boto3.Session = field(default_factory=lambda: boto3.Session("test", "test", region_name=REGION))

    def __post_init__(self) -> None:
        self.client("scheduler").create_schedule_group(Name="jobs")

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def schedule(self, expression: str, **given: Any) -> Schedule:
        """A schedule, made at BEGIN."""
        ecs = {"TaskDefinitionArn": f"{FAMILY}:1", "LaunchType": "FARGATE", "PropagateTags": "TASK_DEFINITION"}
        network = {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"]}}
        target = {
            "Arn": CLUSTER,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/start",
            "EcsParameters": {**ecs, "NetworkConfiguration": network},
            "DeadLetterConfig": {"Arn": DEAD},
        } | given.pop("target", {})
        self.client("scheduler").create_schedule(
            Name="report",
            GroupName="jobs",
            ScheduleExpression=expression,
            FlexibleTimeWindow=given.pop("window", {"Mode": "OFF"}),
            Target={key: value for key, value in target.items() if value is not None},
            **given,
        )
        made = self.found()
        made.creation_date = made.last_modified_date = BEGIN.timestamp()
        return made

    def found(self) -> Schedule:
        """The schedule in moto."""
        return scheduler_backends[ACCOUNT][REGION].get_schedule("jobs", "report")

    def names(self) -> list[str]:
        return [entry["Name"] for entry in self.client("scheduler").list_schedules(GroupName="jobs")["Schedules"]]

    def fill(self, rights: dict[str, dict[str, Any]], trusted: dict[str, Any]) -> str:
        """Cluster, task definition, roles and queue; the queue's URL."""
        iam, ecs = self.client("iam"), self.client("ecs")
        ecs_tasks = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        for name, statement in (("start", trusted), ("report", ecs_tasks)):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([statement]))
        statements = [{"Effect": "Allow", "Action": action, **rest} for action, rest in rights.items()]
        iam.put_role_policy(RoleName="start", PolicyName="start", PolicyDocument=_document(statements))
        ecs.create_cluster(clusterName="main")
        ecs.register_task_definition(
            family="report",
            containerDefinitions=[{"name": "report", "image": "report", "memory": 128}],
            taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/report",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            tags=[{"key": "team", "value": "shop"}],
        )
        return str(self.client("sqs").create_queue(QueueName="dead")["QueueUrl"])

    def tasks(self) -> list[dict[str, Any]]:
        """Tasks of the cluster."""
        ecs = self.client("ecs")
        arns = ecs.list_tasks(cluster="main")["taskArns"]
        return list(ecs.describe_tasks(cluster="main", tasks=arns, include=["TAGS"])["tasks"]) if arns else []

    def counted(self, namespace: str, metric: str, **dimensions: str) -> float:
        """Sum of a metric."""
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        now = datetime.now(UTC)
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=named,
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
