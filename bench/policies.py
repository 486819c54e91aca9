"""How much of a first preview the policy pack takes, with 100, 500 and 2,000 resources, and how long it takes to start.

`.venv/bin/python bench/policies.py [rounds] [resources ...]`, in a shell with `eval "$(make env)"`. With and without the pack
take turns, so that what else the machine does falls on both; the minimum of the rounds counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "policies"
OPTION = "PULUMI_OPTION_POLICY_PACK"  # and with it PULUMI_OPTION_POLICY_PACK_CONFIG
# Ten resources that many rules look at, each time; half of their texts are unknown in a first preview. They are as the rules
# ask, so that what is measured is the checking, and not the printing of thousands of findings.
PROGRAM = """\
import json
import pulumi
import pulumi_aws as aws

HOME = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
DEAD = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": 3})


def document(**statement):
    return {"Statement": [{"Effect": "Allow", **statement}]}


TASKS = {"Service": "ecs-tasks.amazonaws.com"}
TRUST = json.dumps(document(Principal=TASKS, Action="sts:AssumeRole", Condition=HOME))
for number in range(int(pulumi.Config().require("tens"))):
    name = f"n{number}"
    topic = aws.sns.Topic(name, kms_master_key_id="alias/orders", signature_version=2)
    queue = aws.sqs.Queue(name, redrive_policy=DEAD, receive_wait_time_seconds=20)
    aws.sns.TopicSubscription(name, topic=topic.arn, protocol="sqs", endpoint=queue.arn, redrive_policy=DEAD)
    sending = document(Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Resource=queue.arn)
    aws.sqs.QueuePolicy(name, queue_url=queue.url, policy=pulumi.Output.json_dumps(sending))
    group = aws.ec2.SecurityGroup(name, vpc_id="vpc-1", description=name)
    aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=group.id,
        referenced_security_group_id=group.id,
        description="itself",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
    )
    role = aws.iam.Role(name, assume_role_policy=TRUST)
    send = document(Action="sqs:SendMessage", Resource=queue.arn)
    aws.iam.RolePolicy(name, role=role.name, policy=pulumi.Output.json_dumps(send))
    aws.cloudwatch.LogGroup(name, name=f"/{name}", retention_in_days=30)
    container = {
        "name": "app",
        "image": "app@sha256:" + "a" * 64,
        "user": "10001",
        "readonlyRootFilesystem": True,
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1", "awslogs-group": f"/{name}", "mode": "non-blocking"}},
        "environment": [{"name": f"VARIABLE_{index}", "value": str(index)} for index in range(10)],
        "portMappings": [{"containerPort": 8080}],
    }
    aws.ecs.TaskDefinition(name, family=name, container_definitions=json.dumps([container]), task_role_arn=role.arn)
"""


def seconds(command: list[str], folder: Path, env: dict[str, str]) -> float:
    """Wall seconds of a command; raises CalledProcessError when it fails."""
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - started


def start_seconds() -> float:
    """Wall seconds from starting the pack until it tells its port."""
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, str(PACK / "__main__.py")], stdout=subprocess.PIPE) as pack:
        assert pack.stdout is not None
        pack.stdout.readline()
        taken = time.perf_counter() - started
        pack.terminate()
    return taken


def main(rounds: int, sizes: list[int]) -> None:
    """Print seconds with and without the pack for each size, and the pack's share of the preview."""
    without = {key: value for key, value in os.environ.items() if not key.startswith(OPTION)}
    env = {False: without, True: {**without, OPTION: str(PACK / "__main__.py")}}
    print(f"start: {min(start_seconds() for _ in range(rounds)):.2f} s")
    print(f"{'resources':>9} {'without s':>10} {'with s':>8} {'share':>6}")
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        options = f"{{ virtualenv: {ROOT / '.venv'} }}"
        (folder / "Pulumi.yaml").write_text(f"name: policies\nruntime: {{ name: python, options: {options} }}\n")
        (folder / "__main__.py").write_text(PROGRAM)
        seconds(["pulumi", "stack", "init", env[False]["PULUMI_STACK"]], folder, without)
        try:
            seconds(["pulumi", "config", "set", "aws:region", "eu-west-1"], folder, without)
            for size in sizes:
                seconds(["pulumi", "config", "set", "tens", str(size // 10)], folder, without)
                # Advisory, so that a mandatory finding does not end the preview.
                (folder / "advisory.json").write_text('{"all": "advisory"}')
                preview = ["pulumi", "preview", "--non-interactive"]
                taken: dict[bool, list[float]] = {False: [], True: []}
                for _ in range(rounds):
                    for with_pack in (False, True):
                        more = ["--policy-pack-config", "advisory.json"] if with_pack else []
                        taken[with_pack].append(seconds([*preview, *more], folder, env[with_pack]))
                bare, checked = min(taken[False]), min(taken[True])
                print(f"{size:>9} {bare:>10.2f} {checked:>8.2f} {(checked - bare) / checked:>6.0%}", flush=True)
        finally:
            seconds(["pulumi", "stack", "rm", "--yes"], folder, without)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, [int(size) for size in sys.argv[2:]] or [100, 500, 2000])
