"""A task is its role, and ECS acts for it by the execution role: on the real Docker daemon, in a whole sandbox."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import Box
from tests.support.sandbox.runtime_cloud import REGION, Cloud, eventually, make_image

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
            },
        }
    ],
}
QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:identity-jobs"
LOGS_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/identity:*"
ECR_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/orders/api:1"
PARAMETER_ARN = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/identity/secret"
TELL_CREDENTIALS = (
    'busybox wget -qO- --header "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" $AWS_CONTAINER_CREDENTIALS_FULL_URI; '
    "echo; trap 'exit 0' TERM; sleep 600 & wait"
)
LOGGED = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/identity", "awslogs-region": REGION, "awslogs-stream-prefix": "t"},
}
UNABLE = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed"


def allowing(*actions: str, resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


@pytest.fixture(scope="module")
def cloud(shared_box: Box, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The shared sandbox with a log group and a queue, which go in the end."""
    if shared_box.status()["containers"] != "running":
        pytest.skip("no Docker on this machine")
    make_image(tmp_path_factory.mktemp("image"))
    port = shared_box.status()["ports"]["moto"]
    attached = Cloud(f"http://127.0.0.1:{port}", Path(shared_box.home.runtime))
    attached.logs.create_log_group(logGroupName="/identity")
    queue = attached.client("sqs").create_queue(QueueName="identity-jobs")["QueueUrl"]
    yield attached
    attached.logs.delete_log_group(logGroupName="/identity")
    attached.client("sqs").delete_queue(QueueUrl=queue)


def role(cloud: Cloud, name: str, *statements: dict[str, object], trust: dict[str, Any] | None = None) -> str:
    """ARN of a role with these statements; a role of this name goes first."""
    iam = cloud.client("iam")
    try:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust or TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust or TRUST))
    document = {"Version": "2012-10-17", "Statement": [*statements, allowing("sts:TagSession", resource="*")]}
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def client_of_task(cloud: Cloud, service: str, credentials: dict[str, str]) -> Any:
    return boto3.client(
        service,
        REGION,
        endpoint_url=cloud.url,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["Token"],
    )


def test_a_task_gets_the_credentials_of_its_role_and_may_do_what_its_role_may(cloud: Cloud) -> None:
    task_role = role(cloud, "identity-task", allowing("sqs:SendMessage", resource=QUEUE_ARN))
    execution = role(cloud, "identity-execution", allowing("logs:*", resource=LOGS_ARN))
    container = {"sh": TELL_CREDENTIALS, "logConfiguration": LOGGED}
    arn = cloud.run(cloud.define(container, taskRoleArn=task_role, executionRoleArn=execution))
    credentials = json.loads(eventually(lambda: cloud.messages("/identity"))[0])
    task_id = arn.rpartition("/")[2]
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/identity-task/{task_id}"

    assert credentials["RoleArn"] == task_role
    assert client_of_task(cloud, "sts", credentials).get_caller_identity()["Arn"] == session
    sqs = client_of_task(cloud, "sqs", credentials)
    queue = cloud.client("sqs").get_queue_url(QueueName="identity-jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="work")
    with pytest.raises(ClientError) as refused:
        sqs.receive_message(QueueUrl=queue)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["Error"]["Message"] == (
        f"User: {session} is not authorized to perform: sqs:receivemessage on resource: {QUEUE_ARN} "
        "because no identity-based policy allows the sqs:receivemessage action"
    )
    cloud.ecs.stop_task(cluster="main", task=arn)
    cloud.ended(arn)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        sqs.send_message(QueueUrl=queue, MessageBody="too late")


def test_the_command_denied_shows_what_was_refused_and_what_would_let_it_in(shared_box: Box, cloud: Cloud) -> None:
    keys = (
        cloud.client("iam").create_user(UserName="identity-user")
        and cloud.client("iam").create_access_key(UserName="identity-user")["AccessKey"]
    )
    sqs = client_of_task(cloud, "sqs", keys | {"Token": None})
    queue = cloud.client("sqs").get_queue_url(QueueName="identity-jobs")["QueueUrl"]
    for _ in range(2):
        with pytest.raises(ClientError):
            sqs.send_message(QueueUrl=queue, MessageBody="work")
    [denial] = [
        entry
        for entry in json.loads(shared_box.must("denied", "--json"))["denied"]
        if entry["principal"] == f"arn:aws:iam::{ACCOUNT}:user/identity-user"
    ]
    assert (denial["action"], denial["resource"], denial["code"], denial["times"]) == (
        "sqs:SendMessage",
        QUEUE_ARN,
        "AccessDenied",
        2,
    )
    assert denial["would_allow"] == [
        {
            "kind": "identity-based policy",
            "statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE_ARN},
        }
    ]


@dataclass(frozen=True)
class Lack:
    """A task whose execution role lacks something, and ECS's reason with `{user}` for the session."""

    says: str
    container: dict[str, Any]
    reason: str


LACKS = [
    Lack(
        "a log stream",
        {"logConfiguration": LOGGED},
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create "
        "Cloudwatch log stream: AccessDeniedException: User: {user} is not authorized to perform: logs:CreateLogStream "
        "on resource: arn:aws:logs:eu-west-1:123456789012:log-group:/identity:log-stream:t/main/{task} because no identity-based "
        "policy allows the logs:CreateLogStream action status code: 400 : exit status 1",
    ),
    Lack(
        "a parameter",
        {"secrets": [{"name": "S", "valueFrom": PARAMETER_ARN}]},
        f"{UNABLE}: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: "
        f"User: {{user}} is not authorized to perform: ssm:GetParameters on resource: {PARAMETER_ARN} because no identity-based "
        "policy allows the ssm:GetParameters action status code: 400",
    ),
    Lack(
        "the login to ECR",
        {"image": ECR_IMAGE},
        f"{UNABLE}: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: "
        "User: {user} is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy "
        "allows the ecr:GetAuthorizationToken action status code: 400",
    ),
]


@pytest.mark.parametrize("lack", LACKS, ids=[lack.says for lack in LACKS])
def test_a_task_stops_for_what_its_execution_role_may_not(cloud: Cloud, lack: Lack) -> None:
    execution = role(cloud, "identity-nothing")
    task = cloud.ended(cloud.run(cloud.define({"sh": "sleep 60", **lack.container}, executionRoleArn=execution)))
    task_id = str(task["taskArn"]).rpartition("/")[2]
    user = f"arn:aws:sts::{ACCOUNT}:assumed-role/identity-nothing/{task_id}"
    assert (task["stopCode"], task["stoppedReason"]) == (
        "TaskFailedToStart",
        lack.reason.format(user=user, task=task_id),
    )


def test_a_task_stops_where_its_image_may_not_be_pulled(cloud: Cloud) -> None:
    execution = role(cloud, "identity-login", allowing("ecr:GetAuthorizationToken", resource="*"))
    task = cloud.ended(cloud.run(cloud.define({"sh": "sleep 60", "image": ECR_IMAGE}, executionRoleArn=execution)))
    assert task["stoppedReason"] == (
        f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {ECR_IMAGE}: "
        f"pulling from host {ECR_IMAGE.partition('/')[0]} failed with status code [manifests 1]: 403 Forbidden"
    )


def test_a_task_stops_where_ecs_may_not_assume_its_role(cloud: Cloud) -> None:
    other_account = json.loads(json.dumps(TRUST).replace(ACCOUNT, "222222222222"))
    untrusting = role(cloud, "identity-untrusting", trust=other_account)
    task = cloud.ended(cloud.run(cloud.define({"sh": "sleep 60"}, taskRoleArn=untrusting)))
    assert task["stoppedReason"] == (
        f"ECS was unable to assume the role '{untrusting}' that was provided for this task. Please verify that the role being "
        "passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
    )
