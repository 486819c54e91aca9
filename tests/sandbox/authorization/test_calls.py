"""Which actions on which resources a call is."""

from typing import Any, NamedTuple

import pytest

from slipway_sandbox.authorization.calls import NotJudged, requests_of
from slipway_sandbox.authorization.model import Request
from tests.support.sandbox.authorization.cloud import EXECUTION_ROLE, Cloud, app, call
from tests.support.sandbox.authorization.identities import ACCOUNT, OTHER_ACCOUNT, REGION, ROLE

HERE = f"{REGION}:{ACCOUNT}"
URL = f"http://localhost:4566/{ACCOUNT}/jobs"
TASK = {"taskDefinition": "web"}
PASSES = [f"iam:PassRole {ROLE}", f"iam:PassRole {EXECUTION_ROLE}"]


class Case(NamedTuple):
    """A call, and its actions on resources; ~ marks a resource that the call does not tell."""

    service: str
    operation: str
    parameters: dict[str, Any]
    needs: list[str]


CASES = [
    Case("sqs", "SendMessage", {"QueueUrl": URL}, [f"sqs:SendMessage arn:aws:sqs:{HERE}:jobs"]),
    Case("sqs", "SendMessageBatch", {"QueueUrl": URL}, [f"sqs:SendMessage arn:aws:sqs:{HERE}:jobs"]),
    Case("sqs", "GetQueueUrl", {"QueueName": "jobs"}, [f"sqs:GetQueueUrl arn:aws:sqs:{HERE}:jobs"]),
    Case("sqs", "ListQueues", {}, [f"sqs:ListQueues arn:aws:sqs:{HERE}:"]),
    Case("sqs", "DeleteMessage", {"QueueUrl": URL.replace(ACCOUNT, OTHER_ACCOUNT)}, [f"sqs:DeleteMessage arn:aws:sqs:{REGION}:{OTHER_ACCOUNT}:jobs"]),
    Case("sns", "PublishBatch", {"TopicArn": f"arn:aws:sns:{HERE}:plain"}, [f"sns:Publish arn:aws:sns:{HERE}:plain"]),
    Case("sns", "CreateTopic", {"Name": "plain"}, [f"sns:CreateTopic arn:aws:sns:{HERE}:plain"]),
    Case("s3", "PutObject", {"Bucket": "shop", "Key": "a/b"}, ["s3:PutObject arn:aws:s3:::shop/a/b"]),
    Case("s3", "PutObject", {"Bucket": "shop", "Key": "a", "ACL": "private"}, ["s3:PutObject arn:aws:s3:::shop/a", "s3:PutObjectAcl arn:aws:s3:::shop/a"]),
    Case("s3", "ListObjectsV2", {"Bucket": "shop", "Prefix": "a/"}, ["s3:ListBucket arn:aws:s3:::shop"]),
    Case("s3", "HeadObject", {"Bucket": "shop", "Key": "a"}, ["s3:GetObject arn:aws:s3:::shop/a"]),
    Case("s3", "GetObject", {"Bucket": "shop", "Key": "a", "VersionId": "1"}, ["s3:GetObjectVersion arn:aws:s3:::shop/a"]),
    Case("s3", "DeleteObjects", {"Bucket": "shop", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}}, ["s3:DeleteObject arn:aws:s3:::shop/a", "s3:DeleteObject arn:aws:s3:::shop/b"]),
    Case("s3", "CopyObject", {"Bucket": "shop", "Key": "b", "CopySource": "shop/a"}, ["s3:PutObject arn:aws:s3:::shop/b", "s3:GetObject arn:aws:s3:::shop/a"]),
    Case("s3", "ListBuckets", {}, ["s3:ListAllMyBuckets *"]),
    Case("ecr", "GetAuthorizationToken", {}, ["ecr:GetAuthorizationToken *"]),
    Case("sqs", "GetQueueUrl", {"QueueName": "jobs", "QueueOwnerAWSAccountId": OTHER_ACCOUNT}, [f"sqs:GetQueueUrl arn:aws:sqs:{REGION}:{OTHER_ACCOUNT}:jobs"]),
    Case("ecr", "BatchGetImage", {"repositoryName": "web", "registryId": OTHER_ACCOUNT}, [f"ecr:BatchGetImage arn:aws:ecr:{REGION}:{OTHER_ACCOUNT}:repository/web"]),
    Case("ecr", "BatchGetImage", {"repositoryName": "web"}, [f"ecr:BatchGetImage arn:aws:ecr:{HERE}:repository/web"]),
    Case("logs", "CreateLogStream", {"logGroupName": "/ecs/web", "logStreamName": "a/b"}, [f"logs:CreateLogStream arn:aws:logs:{HERE}:log-group:/ecs/web:log-stream:a/b"]),
    Case("logs", "CreateLogGroup", {"logGroupName": "/ecs/web"}, [f"logs:CreateLogGroup arn:aws:logs:{HERE}:log-group:/ecs/web:log-stream:"]),
    Case("logs", "DescribeLogGroups", {}, [f"logs:DescribeLogGroups arn:aws:logs:{HERE}:log-group::log-stream:"]),
    Case("ecs", "DescribeTasks", {"cluster": "main", "tasks": ["1", "2"]}, [f"ecs:DescribeTasks arn:aws:ecs:{HERE}:task/main/1", f"ecs:DescribeTasks arn:aws:ecs:{HERE}:task/main/2"]),
    Case("ecs", "UpdateService", {"cluster": f"arn:aws:ecs:{HERE}:cluster/main", "service": "web"}, [f"ecs:UpdateService arn:aws:ecs:{HERE}:service/main/web"]),
    Case("ecs", "UpdateService", {"service": f"arn:aws:ecs:{HERE}:service/main/web"}, [f"ecs:UpdateService arn:aws:ecs:{HERE}:service/main/web"]),
    Case("ecs", "StopTask", {"task": "1"}, [f"ecs:StopTask arn:aws:ecs:{HERE}:task/default/1"]),
    Case("ecs", "RunTask", TASK, [f"ecs:RunTask arn:aws:ecs:{HERE}:task-definition/web:1", *PASSES]),
    Case("ecs", "RegisterTaskDefinition", {"family": "job", "taskRoleArn": ROLE}, [f"ecs:RegisterTaskDefinition arn:aws:ecs:{HERE}:task-definition/job:*~", PASSES[0]]),
    Case("events", "PutRule", {"Name": "nightly"}, [f"events:PutRule arn:aws:events:{HERE}:rule/nightly"]),
    Case("events", "PutTargets", {"Rule": "nightly", "EventBusName": "shop", "Targets": [{"Id": "1", "Arn": "a", "RoleArn": ROLE}]}, [f"events:PutTargets arn:aws:events:{HERE}:rule/shop/nightly", PASSES[0]]),
    Case("events", "PutEvents", {"Entries": [{"Detail": "{}"}]}, [f"events:PutEvents arn:aws:events:{HERE}:event-bus/default"]),
    Case("scheduler", "CreateSchedule", {"Name": "nightly", "Target": {"RoleArn": ROLE}}, [f"scheduler:CreateSchedule arn:aws:scheduler:{HERE}:schedule/default/nightly", PASSES[0]]),
    Case("ssm", "GetParameters", {"Names": ["/shop/a", "b:3"]}, [f"ssm:GetParameters arn:aws:ssm:{HERE}:parameter/shop/a", f"ssm:GetParameters arn:aws:ssm:{HERE}:parameter/b"]),
    Case("ssm", "StartSession", {"Target": "i-1"}, [f"ssm:StartSession arn:aws:ec2:{HERE}:instance/i-1"]),
    Case("dynamodb", "Query", {"TableName": "orders", "IndexName": "by-date"}, [f"dynamodb:Query arn:aws:dynamodb:{HERE}:table/orders/index/by-date"]),
    Case("dynamodb", "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "a"}}, {"Delete": {"TableName": "b"}}]}, [f"dynamodb:PutItem arn:aws:dynamodb:{HERE}:table/a", f"dynamodb:DeleteItem arn:aws:dynamodb:{HERE}:table/b"]),
    Case("dynamodb", "BatchGetItem", {"RequestItems": {"a": {}, "b": {}}}, [f"dynamodb:BatchGetItem arn:aws:dynamodb:{HERE}:table/a", f"dynamodb:BatchGetItem arn:aws:dynamodb:{HERE}:table/b"]),
    Case("iam", "GetRole", {"RoleName": "app"}, [f"iam:GetRole {ROLE}"]),
    Case("iam", "CreateRole", {"RoleName": "new", "Path": "/a/"}, [f"iam:CreateRole arn:aws:iam::{ACCOUNT}:role/a/new"]),
    Case("iam", "AddRoleToInstanceProfile", {"RoleName": "app", "InstanceProfileName": "bastion"}, [f"iam:AddRoleToInstanceProfile arn:aws:iam::{ACCOUNT}:instance-profile/bastion", PASSES[0]]),
    Case("cloudwatch", "PutMetricData", {"Namespace": "Shop"}, ["cloudwatch:PutMetricData *"]),
    Case("cloudwatch", "SetAlarmState", {"AlarmName": "late"}, [f"cloudwatch:SetAlarmState arn:aws:cloudwatch:{HERE}:alarm:late"]),
    Case("elbv2", "DeleteListener", {"ListenerArn": f"arn:aws:elasticloadbalancing:{HERE}:listener/app/web/1/2"}, [f"elasticloadbalancing:DeleteListener arn:aws:elasticloadbalancing:{HERE}:listener/app/web/1/2"]),
    Case("route53", "ChangeResourceRecordSets", {"HostedZoneId": "/hostedzone/Z1"}, ["route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z1"]),
    Case("scheduler", "CreateScheduleGroup", {"Name": "nights"}, [f"scheduler:CreateScheduleGroup arn:aws:scheduler:{HERE}:schedule-group/nights"]),
    Case("eks", "DescribeCluster", {"name": "main"}, [f"eks:DescribeCluster arn:aws:eks:{HERE}:cluster/main"]),
    Case("eks", "DescribeNodegroup", {"clusterName": "main", "nodegroupName": "a"}, [f"eks:DescribeNodegroup arn:aws:eks:{HERE}:nodegroup/main/a/*~"]),
    Case("ec2", "DescribeInstances", {}, ["ec2:DescribeInstances *"]),
    Case("ec2", "CreateVpc", {}, [f"ec2:CreateVpc arn:aws:ec2:{HERE}:vpc/*~"]),
    Case("ec2", "TerminateInstances", {"InstanceIds": ["i-1"]}, [f"ec2:TerminateInstances arn:aws:ec2:{HERE}:instance/i-1"]),
    Case("sts", "GetCallerIdentity", {}, []),
    Case("iam", "CreatePolicy", {"PolicyName": "a", "Path": "/b/"}, [f"iam:CreatePolicy arn:aws:iam::{ACCOUNT}:policy/b/a"]),
    Case("wafv2", "GetWebACL", {"Name": "a", "Id": "1", "Scope": "REGIONAL"}, [f"wafv2:GetWebACL arn:aws:wafv2:{HERE}:*~"]),
    Case("application-autoscaling", "DeregisterScalableTarget", {"ResourceId": "service/main/web"}, [f"application-autoscaling:DeregisterScalableTarget arn:aws:application-autoscaling:{HERE}:scalable-target/*~"]),
    Case("sts", "AssumeRole", {"RoleArn": ROLE, "Tags": [{"Key": "a", "Value": "b"}]}, [f"sts:AssumeRole {ROLE}", f"sts:TagSession {ROLE}"]),
    Case("sts", "AssumeRole", {"RoleArn": ROLE}, [f"sts:AssumeRole {ROLE}"]),
]  # fmt: skip


def needs(requests: list[Request] | NotJudged) -> list[str]:
    """Each request in words."""
    assert isinstance(requests, list), requests
    return [f"{each.action} {each.resource}{'' if each.is_resource_known else '~'}" for each in requests]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.service}-{case.operation}")
@pytest.mark.usefixtures("cloud")
def test_a_call_is_these_actions_on_these_resources(case: Case) -> None:
    assert needs(requests_of(call(case.service, case.operation, **case.parameters), app())) == case.needs


def test_names_become_the_arns_that_the_cloud_chose(cloud: Cloud) -> None:
    found = [
        needs(requests_of(call(service, operation, **parameters), app()))
        for service, operation, parameters in [
            ("kms", "Encrypt", {"KeyId": "alias/shop"}),
            ("kms", "DescribeKey", {"KeyId": cloud.key_arn.rpartition("/")[2]}),
            ("secretsmanager", "DescribeSecret", {"SecretId": "db"}),
            ("secretsmanager", "DescribeSecret", {"SecretId": cloud.secret_arn}),
        ]
    ]
    assert found == [
        [f"kms:Encrypt {cloud.key_arn}"],
        [f"kms:DescribeKey {cloud.key_arn}"],
        [f"secretsmanager:DescribeSecret {cloud.secret_arn}"],
        [f"secretsmanager:DescribeSecret {cloud.secret_arn}"],
    ]


def test_a_ciphertext_tells_its_key(cloud: Cloud) -> None:
    blob = cloud.client("kms").encrypt(KeyId="alias/shop", Plaintext=b"x")["CiphertextBlob"]
    assert needs(requests_of(call("kms", "Decrypt", CiphertextBlob=blob), app())) == [f"kms:Decrypt {cloud.key_arn}"]


ENCRYPTED = [
    ("sqs", "SendMessage", {"QueueUrl": URL.replace("jobs", "secret-jobs")}, ["kms:GenerateDataKey", "kms:Decrypt"]),
    ("sqs", "ReceiveMessage", {"QueueUrl": URL.replace("jobs", "secret-jobs")}, ["kms:Decrypt"]),
    ("sqs", "DeleteMessage", {"QueueUrl": URL.replace("jobs", "secret-jobs")}, []),
    ("sns", "Publish", {"TopicArn": f"arn:aws:sns:{HERE}:alerts"}, ["kms:GenerateDataKey", "kms:Decrypt"]),
    ("secretsmanager", "GetSecretValue", {"SecretId": "db"}, ["kms:Decrypt"]),
    ("ssm", "GetParameter", {"Name": "/shop/token", "WithDecryption": True}, ["kms:Decrypt"]),
    ("ssm", "GetParameter", {"Name": "/shop/token"}, []),
    ("s3", "PutObject", {"Bucket": "shop", "Key": "a", "SSEKMSKeyId": "alias/shop"}, ["kms:GenerateDataKey"]),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "actions"), ENCRYPTED)
def test_a_service_uses_the_key_in_the_name_of_its_caller(
    cloud: Cloud, service: str, operation: str, parameters: dict[str, Any], actions: list[str]
) -> None:
    requests = requests_of(call(service, operation, **parameters), app())
    assert isinstance(requests, list)
    used = [each for each in requests if each.action.startswith("kms:")]
    assert [each.action for each in used] == actions
    assert {each.resource for each in used} <= {cloud.key_arn}
    assert {each.context["kms:viaservice"] for each in used} <= {(f"{service}.{REGION}.amazonaws.com",)}


def test_tags_at_the_launch_of_an_instance_need_a_permission_of_their_own() -> None:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "red"}]}]
    requests = requests_of(call("ec2", "RunInstances", TagSpecifications=tags, SubnetId="subnet-1"), app())
    assert isinstance(requests, list)
    assert needs(requests[-1:]) == [f"ec2:CreateTags arn:aws:ec2:{HERE}:instance/*~"]
    assert requests[-1].context["ec2:createaction"] == ("RunInstances",)


@pytest.mark.parametrize(
    ("service", "operation", "why"),
    [
        ("polly", "SynthesizeSpeech", "the sandbox has no table of this service"),
        ("sqs", "FoldMessage", "its action is not in the sandbox's table"),
    ],
)
def test_a_call_without_a_known_action_is_not_judged(service: str, operation: str, why: str) -> None:
    assert requests_of(call(service, operation), app()) == NotJudged(f"{service}:{operation}", why)
