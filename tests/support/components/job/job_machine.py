"""A cloud in this process with the state machine of a Job, exactly its rights, and a clock to move."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.ecs.models import ecs_backends
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from slipway_sandbox.identities.denials import Denials
from slipway_sandbox.runtime.executions.running import Executions
from tests.support.components.mocks import build
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import JOB
from tests.support.sandbox.schedules_cloud import ACCOUNT, REGION, Clock

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:report"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/report-machine"


@dataclass
class World:
    """A cloud with the state machine of a job."""

    clock: Clock = field(default_factory=Clock)
    denials: Denials = field(default_factory=Denials)
    session: boto3.Session = field(default_factory=lambda: boto3.Session("test", "test", region_name=REGION))

    def __post_init__(self) -> None:
        self.executions = Executions(self.denials, self.clock)

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def deploy(self, args: dict[str, Any], without: str = "") -> None:
        """The machine of a Job with these arguments; `without` names a right that its role lacks."""
        built = build(lambda: COMPONENTS["Job"]("report", JOB | args))
        machine = built.one("stateMachine:StateMachine", "report")
        iam, ecs = self.client("iam"), self.client("ecs")
        trusted = built.one("role:Role", "report-machine").inputs["assumeRolePolicy"]
        iam.create_role(RoleName="report-machine", AssumeRolePolicyDocument=trusted)
        for policy in built.of_type("rolePolicy:RolePolicy"):
            if policy.name.startswith("report-machine"):
                statements = json.loads(policy.inputs["policy"].replace(str(machine.outputs["arn"]), MACHINE))[
                    "Statement"
                ]
                text = json.dumps([lacking(statement, without) for statement in statements])
                text = text.replace('"Action": []', '"Action": ["none:None"]')
                document = {"Version": "2012-10-17", "Statement": json.loads(as_on_aws(text))}
                iam.put_role_policy(
                    RoleName="report-machine", PolicyName=policy.name, PolicyDocument=json.dumps(document)
                )
        for kind in ("task", "execution"):
            trust = built.one("role:Role", f"report-{kind}").inputs["assumeRolePolicy"]
            iam.create_role(RoleName=f"report-{kind}", AssumeRolePolicyDocument=trust)
        ecs.create_cluster(clusterName="main")
        arn = ecs.register_task_definition(
            family="report",
            containerDefinitions=[{"name": name, "image": "x", "memory": 128} for name in ("report", "proxy")],
            taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/report-task",
            executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/report-execution",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            tags=[{"key": "team", "value": "shop"}],
        )["taskDefinition"]["taskDefinitionArn"]
        definition = json.loads(machine.inputs["definition"])
        definition["States"]["Run"]["Parameters"]["TaskDefinition"] = arn
        AmazonStateLanguageParser.parse(json.dumps(definition))  # by the grammar that others wrote
        states = self.client("stepfunctions")
        states.create_state_machine(name="report", definition=json.dumps(definition), roleArn=ROLE)
        self.url = self.client("sqs").create_queue(QueueName="report-dead")["QueueUrl"]
        watcher = self.client("sqs").create_queue(QueueName="told")["QueueUrl"]
        events = self.client("events")
        events.put_rule(Name="told", EventPattern='{"source": ["slipway.job"]}')
        events.put_targets(Rule="told", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:told"}])
        self.client("sqs").set_queue_attributes(QueueUrl=watcher, Attributes={"Policy": OPEN})

    def start(self) -> str:
        """A run; its ARN."""
        arn: str = self.client("stepfunctions").start_execution(stateMachineArn=MACHINE)["executionArn"]
        self.executions.tick()
        return arn

    def later(self, seconds: float) -> None:
        self.clock.move(seconds=seconds)
        self.executions.tick()

    def tasks(self) -> list[Any]:
        return [task for tasks in ecs_backends[ACCOUNT][REGION].tasks.values() for task in tasks.values()]

    def end(self, code: int | None) -> None:
        """The newest task ends; its proxy is killed."""
        task: Any = self.tasks()[-1]
        exits = {} if code is None else {"exitCode": code}
        task.containers = [{"name": "report", **exits}, {"name": "proxy", "exitCode": 137}]
        task.last_status = task.desired_status = "STOPPED"
        self.executions.tick()

    def told(self) -> list[str]:
        """Outcomes of the events so far."""
        url = self.client("sqs").get_queue_url(QueueName="told")["QueueUrl"]
        messages = self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"])["detail"]["outcome"] for message in messages]

    def letters(self) -> list[dict[str, Any]]:
        messages = self.client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def shown(self, arn: str) -> tuple[str, str | None, str | None]:
        """Status, error and cause of a run."""
        found = self.client("stepfunctions").describe_execution(executionArn=arn)
        return found["status"], found.get("error"), found.get("cause")


OPEN = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}}
)


def lacking(statement: dict[str, Any], right: str) -> dict[str, Any]:
    return statement | {"Action": [action for action in statement["Action"] if action != right]}


def as_on_aws(text: str) -> str:
    """ARNs of roles and executions, which the recording engine writes in another form."""
    text = text.replace(f"arn:aws:iam:{REGION}:{ACCOUNT}:", f"arn:aws:iam::{ACCOUNT}:role/")
    return text.replace(f"{MACHINE}:*", f"{MACHINE.replace(':stateMachine:', ':execution:')}:*")
