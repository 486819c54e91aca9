"""How much of a first preview the policy pack takes, with 100, 500 and 2,000 resources, and how long it takes to start.

`.venv/bin/python -m bench.policies [rounds] [resources ...]`, in a shell with `eval "$(make env)"`. A preview without a pack,
one with a pack that looks at nothing and one with ours take turns, so that what else the machine does falls on all; the minimum
of the rounds counts. The engine asks a pack twice for each resource, one after another, whatever the pack does: `share` is all
that the preview takes longer, `rules` the part of it that is ours.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from slipway_policies.location import pack_path

ROOT = Path(__file__).resolve().parent.parent
PACKS = {"none": None, "empty": ROOT / "bench" / "empty_pack.py", "ours": pack_path()}
OPTION = "PULUMI_OPTION_POLICY_PACK"  # and PULUMI_OPTION_POLICY_PACK_CONFIG, where set
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
    with subprocess.Popen([str(PACKS["ours"]), "127.0.0.1:1"], stdout=subprocess.PIPE) as pack:
        assert pack.stdout is not None
        pack.stdout.readline()
        taken = time.perf_counter() - started
        pack.terminate()
    return taken


def main(rounds: int, sizes: list[int]) -> None:
    """Print the seconds of a preview for each size and pack, and the share of it that is the pack's and the rules'."""
    if "PULUMI_STACK" not in os.environ:
        raise SystemExit('bench.policies: this shell is not attached to a sandbox; run `eval "$(make env)"` first')
    bare = {key: value for key, value in os.environ.items() if not key.startswith(OPTION)}
    print(f"start: {min(start_seconds() for _ in range(rounds)):.2f} s")
    print(f"{'resources':>9} {'none s':>7} {'empty s':>7} {'ours s':>7} {'share':>6} {'rules':>6}")
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        options = f"{{ virtualenv: {ROOT / '.venv'} }}"
        (folder / "Pulumi.yaml").write_text(f"name: policies\nruntime: {{ name: python, options: {options} }}\n")
        (folder / "__main__.py").write_text(PROGRAM)
        # Advisory, so that a mandatory finding does not end the preview.
        (folder / "ours.json").write_text('{"all": "advisory"}')
        (folder / "empty.json").write_text("{}")
        seconds(["pulumi", "stack", "init", bare["PULUMI_STACK"]], folder, bare)
        try:
            seconds(["pulumi", "config", "set", "aws:region", "eu-west-1"], folder, bare)
            for size in sizes:
                seconds(["pulumi", "config", "set", "tens", str(size // 10)], folder, bare)
                taken: dict[str, list[float]] = {name: [] for name in PACKS}
                for _ in range(rounds):
                    for name, pack in PACKS.items():
                        more = ["--policy-pack", str(pack), "--policy-pack-config", f"{name}.json"] if pack else []
                        taken[name].append(seconds(["pulumi", "preview", "--non-interactive", *more], folder, bare))
                none, empty, ours = (min(taken[name]) for name in PACKS)
                print(
                    f"{size:>9} {none:>7.2f} {empty:>7.2f} {ours:>7.2f} {(ours - none) / ours:>6.0%} "
                    f"{(ours - empty) / ours:>6.0%}",
                    flush=True,
                )
        finally:
            seconds(["pulumi", "stack", "rm", "--yes"], folder, bare)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, [int(size) for size in sys.argv[2:]] or [100, 500, 2000])
