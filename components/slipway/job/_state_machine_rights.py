"""Rights of a job's state machine: exactly what its states call, and what AWS asks of every state machine.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html#connect-ecs-iam
Source: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy
Source: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy
"""

from dataclasses import dataclass

from slipway.common import Json, JsonObject, Statement, allow, document, trust

from ._run_plan import RunPlan
from ._starter import set_aside_statement, task_statements, tasks_of
from ._state_parts import EVENT_SOURCE

STATES = "states.amazonaws.com"
END_RULE = "StepFunctionsGetEventsForECSTaskRule"  # by this rule, which is AWS's, `.sync` hears of a task's end
# AWS takes no resource for these.
LOG_DELIVERY = [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
]


@dataclass(frozen=True)
class Touched:
    """ARNs of what the state machine touches."""

    cluster: str
    family: str
    execution_role: str
    task_role: str
    queue: str

    def own(self, service: str, resource: str) -> str:
        """ARN of a resource in the account and region of the cluster."""
        partition, region, account = (self.cluster.split(":")[index] for index in (1, 3, 4))
        return f"arn:{partition}:{service}:{region}:{account}:{resource}"


def trust_of_machines(cluster_arn: str) -> JsonObject:
    """Trust policy for Step Functions, for the state machines of this account and region only."""
    _, partition, _, region, account = cluster_arn.split(":")[:5]
    machines = f"arn:{partition}:states:{region}:{account}:stateMachine:*"
    own: Json = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": machines}}
    return document([trust(STATES) | {"Condition": own}])


def machine_statements(touched: Touched, plan: RunPlan) -> list[Statement]:
    """Rights that do not depend on the state machine's own name."""
    in_cluster: Json = {"ArnEquals": {"ecs:cluster": touched.cluster}}
    of_job: Json = {"StringEquals": {"events:source": EVENT_SOURCE}}
    statements = [
        *task_statements(touched.family, touched.cluster, touched.execution_role, touched.task_role),
        allow(["ecs:DescribeTasks", "ecs:StopTask"], tasks_of(touched.cluster)) | {"Condition": in_cluster},
        allow(
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"], touched.own("events", f"rule/{END_RULE}")
        ),
        allow(["events:PutEvents"], touched.own("events", "event-bus/default")) | {"Condition": of_job},
        set_aside_statement(touched.queue),
        allow(LOG_DELIVERY, "*"),
    ]
    if plan.skips_overlap:
        statements.append(allow(["ecs:ListTasks"], "*") | {"Condition": in_cluster})
    return statements


def own_statements(machine_arn: str, plan: RunPlan) -> list[Statement]:
    """Rights on the state machine itself; none for most plans."""
    statements: list[Statement] = []
    if plan.skips_overlap:
        statements.append(allow(["states:ListExecutions"], machine_arn))
    if plan.timeout_seconds is not None:
        executions = machine_arn.replace(":stateMachine:", ":execution:") + ":*"
        statements.append(allow(["states:GetExecutionHistory"], executions))
    return statements
