"""The cloud on disk: whole, private, and refused in one sentence where it cannot be used."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from slipway_sandbox.process.held_files import wait_until
from tests.sandbox.conftest import ROOT, Box
from tests.support.commands import HANG_SECONDS
from tests.support.sandbox.provider_driver import Driver

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
RESOURCE = {"type": "aws:sqs/queue:Queue", "urn": "urn:pulumi:sandbox::slipway::aws:sqs/queue:Queue::orders"}
AGAIN = "run `slipway sandbox reset` to begin again with an empty cloud and an empty state"


def _restart(box: Box) -> None:
    box.must("stop")
    box.must("start")


def _write_state(box: Box, *resources: dict[str, str]) -> None:
    stack = box.home.state / ".pulumi" / "stacks" / "slipway" / "sandbox.json"
    stack.parent.mkdir(parents=True, exist_ok=True)
    stack.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": list(resources)}}}))


def test_messages_and_delivery_are_as_they_were(box: Box) -> None:
    box.must("start")
    sqs, sns = box.client("sqs"), box.client("sns")
    dead = sqs.create_queue(QueueName="shipping-dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})
    let_in = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    attributes = {"RedrivePolicy": redrive, "Policy": json.dumps({"Statement": [let_in]})}
    queue = sqs.create_queue(QueueName="shipping", Attributes=attributes)["QueueUrl"]
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=dead_arn.removesuffix("-dead"),
        Attributes={"FilterPolicy": '{"kind": ["physical"]}', "RawMessageDelivery": "true"},
    )
    sqs.send_message(QueueUrl=queue, MessageBody="before")
    _restart(box)

    def publish(message: str, kind: str) -> None:
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=message, MessageAttributes=attributes)

    publish("a book", "physical")
    publish("a song", "digital")
    got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in got] == ["before", "a book"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])["Attributes"]
    assert json.loads(attributes["RedrivePolicy"]) == json.loads(redrive)


def test_what_a_service_stands_on_is_as_it_was(box: Box) -> None:
    box.must("start")
    ec2, ecs, iam, elbv2 = (box.client(service) for service in ("ec2", "ecs", "iam", "elbv2"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    ec2.create_key_pair(KeyName="bastion")
    role = iam.create_role(RoleName="task", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="task", PolicyArn=managed)
    target = elbv2.create_target_group(Name="api", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")
    target_arn = target["TargetGroups"][0]["TargetGroupArn"]
    elbv2.create_load_balancer(Name="api", Subnets=subnets, SecurityGroups=[group])
    ecs.create_cluster(clusterName="main")
    container = {"name": "api", "image": "api", "portMappings": [{"containerPort": 8080}]}
    ecs.register_task_definition(
        family="api", executionRoleArn=role, containerDefinitions=[container], cpu="256", memory="512"
    )
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}}
    ecs.create_service(
        cluster="main", serviceName="api", taskDefinition="api", desiredCount=1, networkConfiguration=network
    )

    def seen() -> list[Any]:
        return [
            ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"],
            ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"],
            ec2.describe_key_pairs()["KeyPairs"],
            iam.get_role(RoleName="task")["Role"],
            iam.list_attached_role_policies(RoleName="task")["AttachedPolicies"],
            elbv2.describe_load_balancers()["LoadBalancers"],
            elbv2.describe_target_groups(TargetGroupArns=[target_arn])["TargetGroups"],
            ecs.describe_task_definition(taskDefinition="api")["taskDefinition"],
            ecs.describe_services(cluster="main", services=["api"])["services"],
        ]

    before, counted = seen(), box.status()["contents"]
    _restart(box)
    assert seen() == before
    assert box.status()["contents"] == counted
    assert counted == {
        "VPCs": 1, "key pairs": 1, "load balancers": 1, "ECS clusters": 1, "ECS services": 1, "IAM roles": 1,
    }  # fmt: skip
    ec2.delete_subnet(SubnetId=ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/24")["Subnet"]["SubnetId"])


def test_secrets_objects_and_ciphertext_are_as_they_were(box: Box) -> None:
    box.must("start")
    kms, s3, ssm = (box.client(service) for service in ("kms", "s3", "ssm"))
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    ciphertext = kms.encrypt(KeyId=key, Plaintext=b"plain")["CiphertextBlob"]
    signing = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    public_key = kms.get_public_key(KeyId=signing)["PublicKey"]
    s3.create_bucket(Bucket="documents", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="documents", VersioningConfiguration={"Status": "Enabled"})
    versions = [s3.put_object(Bucket="documents", Key="a", Body=body)["VersionId"] for body in (b"1", b"22")]
    ssm.put_parameter(Name="/slipway/token", Value="hidden", Type="SecureString")
    certificate = box.client("acm").request_certificate(DomainName="api.example.com")["CertificateArn"]
    _restart(box)
    assert kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"] == b"plain"
    assert kms.get_public_key(KeyId=signing)["PublicKey"] == public_key
    for version, body in zip(versions, (b"1", b"22"), strict=True):
        assert s3.get_object(Bucket="documents", Key="a", VersionId=version)["Body"].read() == body
    assert ssm.get_parameter(Name="/slipway/token", WithDecryption=True)["Parameter"]["Value"] == "hidden"
    assert (
        box.client("acm").describe_certificate(CertificateArn=certificate)["Certificate"]["DomainName"]
        == "api.example.com"
    )


def test_what_the_aws_provider_made_survives_a_kill(box: Box) -> None:
    """It calls moto without HTTP, so this is another way in than that of every other test here."""
    box.must("start")
    driver = Driver(box.status()["ports"]["aws"])
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    role = driver.create("aws:iam/role:Role", "task", {"assumeRolePolicy": TRUST})
    driver.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "task", {"role": role.id, "policyArn": policy})
    gone = driver.create("aws:sqs/queue:Queue", "gone", {})
    driver.create("aws:sqs/queue:Queue", "orders", {"name": "orders"})
    driver.delete(gone)
    driver.close()
    box.kill()
    box.must("start")
    assert box.status()["contents"] == {"SQS queues": 1, "IAM roles": 1}
    iam = box.client("iam")
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    [attached] = iam.list_attached_role_policies(RoleName=role.id)["AttachedPolicies"]
    assert attached["PolicyArn"] == policy


def test_a_consumer_that_polls_does_not_hold_up_a_save(box: Box) -> None:
    box.must("start")
    sqs = box.client("sqs")
    queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
    box.saved()
    got: list[Any] = []

    def receive() -> None:
        while not got:  # on a busy machine the save may take longer than the longest poll
            got.extend(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages", []))

    poll = threading.Thread(target=receive)
    poll.start()
    first = box.status()["saved_at"]
    box.client("sns").create_topic(Name="orders")
    assert wait_until(lambda: box.status()["saved_at"] != first, HANG_SECONDS)
    assert poll.is_alive()
    sqs.send_message(QueueUrl=queue, MessageBody="end")
    poll.join(HANG_SECONDS)
    assert [message["Body"] for message in got] == ["end"]


def test_files_with_keys_and_messages_are_for_their_owner_alone(kept_box: Box) -> None:
    box = kept_box
    for path in (box.home.snapshot, *box.home.snapshot_bases(), box.home.record, box.home.log, box.home.passphrase):
        assert path.stat().st_mode & 0o777 == 0o600, path
    for directory in (box.home.path, box.home.keys, box.home.state, box.home.registry):
        assert directory.stat().st_mode & 0o777 == 0o700, directory


def test_a_full_disk_leaves_the_file_that_was_there_and_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "snapshot").write_text("whole")
    script = """import resource, signal, sys
from pathlib import Path
from slipway_sandbox.process.home import write_private
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))  # stands for a full disk: the write ends halfway
write_private(Path(sys.argv[1]), bytes(1000))"""
    command = [sys.executable, "-c", script, str(tmp_path / "snapshot")]
    ended = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert "OSError: [Errno 27] File too large" in ended.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("snapshot", "whole")]


def test_a_damaged_snapshot_is_refused_until_reset(kept_box: Box) -> None:
    box = kept_box
    whole = box.home.snapshot.read_bytes()
    for damaged in (whole[:-100], whole[:5000] + b"!" + whole[5001:], b"", b"{}\n"):
        box.home.snapshot.write_bytes(damaged)
        assert box.refusal("start") == f"{box.home.snapshot} is damaged; restore it from a backup, or {AGAIN}"
    box.home.snapshot.write_bytes(whole)
    [base] = box.home.snapshot_bases()
    base.write_bytes(base.read_bytes()[:-1])
    assert box.refusal("start") == f"{box.home.snapshot} is damaged; restore it from a backup, or {AGAIN}"
    box.must("reset")
    assert box.home.snapshot_bases() == []
    box.must("start")
    assert box.status()["contents"] == {}


def test_a_snapshot_of_another_moto_is_refused(kept_box: Box) -> None:
    box = kept_box
    box.home.snapshot.write_bytes(box.home.snapshot.read_bytes().replace(b'"moto": "5.', b'"moto": "4.', 1))
    message = box.refusal("start")
    assert message.startswith(f"{box.home.snapshot} was written with moto 4.")
    assert message.endswith(f"; install the former, or {AGAIN}")


def test_state_of_a_cloud_without_a_snapshot_is_refused(kept_box: Box) -> None:
    box = kept_box
    _write_state(box, {"type": "pulumi:pulumi:Stack"}, RESOURCE, RESOURCE)
    box.home.snapshot.unlink()
    assert (
        box.refusal("start") == f"stack 'sandbox' has 2 resources in a cloud that is gone: it has no snapshot; {AGAIN}"
    )


def test_state_of_another_cloud_is_refused(kept_box: Box) -> None:
    box = kept_box
    _write_state(box, RESOURCE)
    box.home.cloud_id.write_text("another\n")
    assert (
        box.refusal("start")
        == f"stack 'sandbox' has 1 resources in a cloud that is not the one in the snapshot; {AGAIN}"
    )


def test_a_cloud_whose_state_was_removed_is_refused(kept_box: Box) -> None:
    box = kept_box
    box.home.cloud_id.unlink()
    assert box.refusal("start") == (
        f"the cloud of this sandbox was deployed by stacks whose state in {box.home.state} was removed; "
        f"put the state back, or {AGAIN}"
    )


def test_a_state_without_resources_takes_a_new_cloud(kept_box: Box) -> None:
    box = kept_box
    _write_state(box, {"type": "pulumi:pulumi:Stack"})
    box.home.snapshot.unlink()
    box.must("start")
    assert box.status()["stacks"] == {"sandbox": 0}


def test_a_damaged_state_is_refused(kept_box: Box) -> None:
    box = kept_box
    stack = box.home.state / ".pulumi" / "stacks" / "slipway" / "sandbox.json"
    for running in (False, True):
        _write_state(box, RESOURCE)
        if running:
            box.must("start")
        stack.write_text(stack.read_text()[:-10])
        message = box.refusal("start")
        assert message.startswith(f"the stack's state {stack} is damaged (")
        assert message.endswith(
            f") and none of Pulumi's copies of it can be read; put a copy of yours in its place, or {AGAIN}"
        )
    copy = stack.with_name("sandbox.json.bak")
    copy.write_text('{"version": 3, "checkpoint": {"latest": null}}')
    assert box.refusal("status").endswith(
        "; run `slipway sandbox start`, which puts the newest of Pulumi's copies in its place"
    )
    begun = box.run("start")
    assert "sandbox.json.bak, with 0 resources is in its place" in begun.stderr
    assert box.status()["stacks"] == {"sandbox": 0}
