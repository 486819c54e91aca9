"""A program's policies in a cloud in this process, and the calls that its parts make on AWS."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3

from slipway_sandbox.authorization import cloud
from slipway_sandbox.authorization.check import Call, Refusal, refusal_of
from slipway_sandbox.authorization.model import Principal
from slipway_sandbox.runtime.containers.specs import LogTarget, TaskError
from slipway_sandbox.runtime.ecs.execution_role import ExecutionRole
from tests.support.components.mocks import ACCOUNT, REGION, Built, Resource

TASK = "task-1"
SENDS = "SendMessage"
WORKS = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes")
"""What slipway_consumer calls on a queue."""
PROTECTION = ("GetTaskProtection", "UpdateTaskProtection")
"""What ECS's agent calls for it."""
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
FLOW_LOGS = ("CreateLogStream", "PutLogEvents", "DescribeLogStreams")


@dataclass(frozen=True)
class Step:
    """Something that the program's parts do on AWS."""

    says: str
    refusal: Callable[[], str]
    """AWS's reason why it may not; empty when it may."""


@dataclass
class World:
    """Puts policies into the cloud, and makes the steps."""

    session: boto3.Session
    built: Built
    arns: dict[str, str] = field(default_factory=dict)
    """ARNs of the mocked engine to those of the cloud."""
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Policies by a name that tells kind and owner."""
    _puts: dict[str, Callable[[str], object]] = field(default_factory=dict)

    @staticmethod
    def stored(session: boto3.Session) -> dict[str, str]:
        """ARNs of a new secret and a new parameter, and of the customer's key that encrypts them."""
        key = session.client("kms").create_key(Policy=json.dumps(KEY_POLICY))["KeyMetadata"]["Arn"]
        secret = session.client("secretsmanager").create_secret(Name="db", SecretString="x", KmsKeyId=key)["ARN"]
        session.client("ssm").put_parameter(Name="/shop/token", Value="x", Type="SecureString", KeyId=key)
        return {"secret": secret, "parameter": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/token", "key": key}

    def put(self, name: str, document: dict[str, Any]) -> None:
        """Puts a policy in the place of the present one."""
        self._puts[name](json.dumps(document))

    def refusals(self) -> list[str]:
        """AWS's reasons against the steps."""
        return [reason for step in self.steps() if (reason := step.refusal())]

    def fill(self) -> None:
        """Makes keys, roles, queues and topics, with their policies."""
        iam, sqs, sns, kms = (self.session.client(name) for name in ("iam", "sqs", "sns", "kms"))
        for group in self.built.of_type("cloudwatch/logGroup:LogGroup"):
            self.arns[_mocked("cloudwatch", group)] = (
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{self._group(group.name)}"
            )
        for cluster in self.built.of_type("ecs/cluster:Cluster"):  # policies name its tasks
            self.arns[_mocked("ecs", cluster)] = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster.name}"
        for key in self.built.of_type("kms/key:Key"):
            arn = self.arns[_mocked("kms", key)] = kms.create_key()["KeyMetadata"]["Arn"]
            self._add(f"key policy of {key.name}", key.inputs["policy"], self._writer(kms.put_key_policy, KeyId=arn))
        for role in self.built.of_type("iam/role:Role"):
            arn = self.arns[_mocked("iam", role)] = f"arn:aws:iam::{ACCOUNT}:role/{role.name}"
            iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=role.inputs["assumeRolePolicy"])
            put = self._writer(iam.update_assume_role_policy, "PolicyDocument", RoleName=role.name)
            self._add(f"trust of {role.name}", role.inputs["assumeRolePolicy"], put)
        for policy in self.built.of_type("iam/rolePolicy:RolePolicy"):
            role_name = policy.inputs["role"]
            put = self._writer(iam.put_role_policy, "PolicyDocument", RoleName=role_name, PolicyName=policy.name)
            self._add(f"policy of {role_name}", policy.inputs["policy"], put)
        for queue in self.built.of_type("sqs/queue:Queue"):
            attributes = (
                {"KmsMasterKeyId": self._real(key_arn)} if (key_arn := queue.inputs.get("kmsMasterKeyId")) else {}
            )
            sqs.create_queue(QueueName=queue.name, Attributes=attributes)
        for queue_policy in self.built.of_type("sqs/queuePolicy:QueuePolicy"):
            name = queue_policy.name
            self._add(
                f"queue policy of {name}", queue_policy.inputs["policy"], _attribute(sqs.set_queue_attributes, name)
            )
        for topic in self.built.of_type("sns/topic:Topic"):
            attributes = (
                {"KmsMasterKeyId": self._real(key_arn)} if (key_arn := topic.inputs.get("kmsMasterKeyId")) else {}
            )
            sns.create_topic(Name=topic.name, Attributes=attributes)
        for topic_policy in self.built.of_type("sns/topicPolicy:TopicPolicy"):
            put = self._topic_writer(topic_policy.inputs["arn"])
            self._add(f"topic policy of {topic_policy.name}", topic_policy.inputs["policy"], put)

    def steps(self) -> Iterator[Step]:
        """All of them."""
        yield from self._steps_of_network()
        yield from self._alarms()
        for definition in self.built.of_type("ecs/taskDefinition:TaskDefinition"):
            yield from self._steps_of_task(definition)
        for subscription in self.built.of_type("sns/topicSubscription:TopicSubscription"):
            inputs = subscription.inputs
            targets = [inputs["endpoint"]]
            targets += [json.loads(text)["deadLetterTargetArn"] for text in [inputs.get("redrivePolicy")] if text]
            for queue in targets:
                yield self._delivery(inputs["topic"], queue)

    def _alarms(self) -> Iterator[Step]:
        """Alarms publish to topics with a key of their own, as components let them."""
        source = {"aws:sourcearn": (f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:a",), "aws:sourceaccount": (ACCOUNT,)}
        for topic in self.built.of_type("sns/topic:Topic"):
            if "alias/aws/" not in topic.inputs.get("kmsMasterKeyId", "alias/aws/sns"):
                arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic.name}"
                call = Call("sns", "Publish", {"TopicArn": arn}, REGION, ACCOUNT, context=source)
                alarms = Principal("cloudwatch.amazonaws.com", "", "service")
                yield self._step(f"an alarm publishes to {arn}", call, alarms)

    def _steps_of_network(self) -> Iterator[Step]:
        """Flow logs, and instances with a role."""
        for flow_log in self.built.of_type("ec2/flowLog:FlowLog"):
            role = self._real(flow_log.inputs["iamRoleArn"])
            yield self._assuming("vpc-flow-logs.amazonaws.com", role)
            group = self._real(flow_log.inputs["logDestination"]).partition(":log-group:")[2]
            for operation in FLOW_LOGS:
                call = self._call("logs", operation, logGroupName=group, logStreamName="eni-1")
                yield self._step(f"flow log {operation}", call, cloud.session(role, "flow"))
        for profile in self.built.of_type("iam/instanceProfile:InstanceProfile"):
            role = f"arn:aws:iam::{ACCOUNT}:role/{profile.inputs['role']}"
            yield self._assuming("ec2.amazonaws.com", role)
            call = self._call("ssm", "UpdateInstanceInformation", InstanceId="i-1", AgentVersion="3")
            yield self._step("the agent of Systems Manager reports", call, cloud.session(role, "i-1"))

    def _assuming(self, service: str, role: str) -> Step:
        call = self._call("sts", "AssumeRole", RoleArn=role)
        return self._step(f"{service} assumes {role}", call, Principal(service, "", "service"))

    def _steps_of_task(self, definition: Resource) -> Iterator[Step]:
        inputs = definition.inputs
        execution = self._real(inputs["executionRoleArn"])
        task = self._real(inputs["taskRoleArn"])
        for role in dict.fromkeys((execution, task)):
            yield self._assuming("ecs-tasks.amazonaws.com", role)
        yield Step(f"ECS starts {definition.name}", lambda: self._start(execution, inputs["containerDefinitions"]))
        for container in json.loads(inputs["containerDefinitions"]):
            for variable in container.get("environment") or []:
                for call in self._calls_of_code(variable["name"], variable["value"]):
                    yield self._step(f"{container['name']} {call.operation}", call, cloud.session(task, TASK))

    def _calls_of_code(self, variable: str, value: str) -> Iterator[Call]:
        """What the sample workload calls for a variable of its environment."""
        if variable == "TOPIC_ARN":
            yield self._call("sns", "Publish", TopicArn=value)
        if variable.startswith("QUEUE_URL"):
            yield from (self._call("sqs", operation, QueueUrl=value) for operation in WORKS)
            [cluster] = self.built.of_type("ecs/cluster:Cluster")
            task = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster.name}/{TASK}"
            yield from (self._call("ecs", operation, cluster=cluster.name, tasks=[task]) for operation in PROTECTION)

    def _start(self, execution: str, definitions: str) -> str:
        containers = json.loads(definitions)
        role = ExecutionRole(cloud.session(execution, TASK), REGION, _refused)
        try:
            role.prepare(containers)
            for container in containers:
                options = container["logConfiguration"]["options"]
                stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{TASK}"
                target = LogTarget(self._group(options["awslogs-group"]), stream, create_group=False, region=REGION)
                role.open_stream(target)
                if not role.may_write(target):
                    return f"{role.principal.arn} may not write into {target.group}"
        except TaskError as error:
            return str(error)
        return ""

    def _delivery(self, topic_arn: str, queue_arn: str) -> Step:
        source = {"aws:sourcearn": (topic_arn,), "aws:sourceaccount": (ACCOUNT,)}
        url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue_arn.rpartition(':')[2]}"
        call = Call("sqs", SENDS, {"QueueUrl": url}, REGION, ACCOUNT, context=source)
        return self._step(f"{topic_arn} delivers to {queue_arn}", call, Principal("sns.amazonaws.com", "", "service"))

    def _step(self, says: str, call: Call, principal: Principal) -> Step:
        def refusal() -> str:
            refused = _refused(call, principal)
            return refused.message if refused else ""

        return Step(says, refusal)

    def _call(self, service: str, operation: str, **parameters: object) -> Call:
        context = {"aws:sourceaccount": (ACCOUNT,), "aws:sourcearn": (f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/1",)}
        return Call(service, operation, parameters, REGION, ACCOUNT, context=context)

    def _add(self, name: str, text: str, put: Callable[[str], object]) -> None:
        self.documents[name] = json.loads(self._real(text))
        self._puts[name] = put
        self.put(name, self.documents[name])

    def _real(self, text: str) -> str:
        """A text with the cloud's ARNs in place of the mocked engine's."""
        for mocked, real in sorted(self.arns.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(mocked, real)
        return text

    def _group(self, name: str) -> str:
        return f"/mocked/{name}" if not name.startswith("/mocked/") else name

    def _topic_writer(self, arn: str) -> Callable[[str], object]:
        sns = self.session.client("sns")
        return lambda text: sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=text)

    @staticmethod
    def _writer(put: Callable[..., object], member: str = "Policy", **named: str) -> Callable[[str], object]:
        extra = {"PolicyName": "default"} if member == "Policy" else {}
        return lambda text: put(**named, **extra, **{member: text})


def _mocked(service: str, resource: Resource) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource.name}"


def _attribute(put: Callable[..., object], queue: str) -> Callable[[str], object]:
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}"
    return lambda text: put(QueueUrl=url, Attributes={"Policy": text})


def _refused(call: Call, principal: Principal) -> Refusal | None:
    """The judge's refusal; a call of these programs that cannot be judged is a mistake of the test."""
    verdict = refusal_of(call, principal)
    assert verdict is None or isinstance(verdict, Refusal), verdict
    return verdict
