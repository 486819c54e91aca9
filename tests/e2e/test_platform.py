"""What `make up` in a clean clone leaves behind: the image, the messages' ways, the doors that are open, and no diff."""

import json
import re
import stat
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

import docker
import pytest
from docker.models.containers import Container

from tests.e2e.conftest import Platform
from tests.support.commands import HANG_SECONDS
from tests.support.conditions import awaited

pytestmark = pytest.mark.e2e


def test_make_up_names_the_wall_time_of_every_step_and_what_to_try_next(platform: Platform) -> None:
    steps = re.findall(r"^✓ (.+?) +\d+\.\d s", platform.log, flags=re.MULTILINE)
    everything = ["base image", "docker", "engine", "host image", "pulumi up", "python", "sandbox", "stack", "uv"]
    assert sorted(steps) == everything
    outputs = platform.outputs()
    assert outputs["apiUrl"] in platform.log
    assert outputs["bastionSshCommand"] in platform.log
    assert "Permalink" not in platform.log, "a file of the backend is no link"


def test_the_policies_find_only_that_the_sandbox_serves_plain_http(platform: Platform) -> None:
    found = re.findall(r"- \[(\w+)\] +\[severity: \w+\] +([a-z-]+) ", platform.log)
    waits = ("advisory", "all-checks-done")  # in the preview, for what only the update knows
    assert set(found) - {waits} == {("advisory", "lb-listener-https")}


def task_image(platform: Platform) -> str:
    """The image that the running API service's task definition names."""
    ecs = platform.client("ecs")
    outputs = platform.outputs()
    described = ecs.describe_services(cluster=outputs["clusterName"], services=[outputs["serviceNames"][0]])
    definition = ecs.describe_task_definition(taskDefinition=described["services"][0]["taskDefinition"])
    image: str = definition["taskDefinition"]["containerDefinitions"][0]["image"]
    return image


def test_the_image_is_in_the_registry_by_the_digest_that_the_task_definition_names(platform: Platform) -> None:
    host, repository, digest = re.fullmatch(r"([^/]+)/(.+)@(sha256:[0-9a-f]{64})", task_image(platform)).groups()  # type: ignore[union-attr]
    accept = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
    request = urllib.request.Request(f"http://{host}/v2/{repository}/manifests/{digest}", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        assert answer.headers["Docker-Content-Digest"] == digest


@pytest.fixture
def container(platform: Platform) -> Iterator[Container]:
    """The image of the task definition, run as anybody would."""
    engine = docker.from_env()
    running = engine.containers.run(
        task_image(platform),
        detach=True,
        read_only=True,
        ports={"8080/tcp": ("127.0.0.1", 0)},
        environment={"TOPIC_ARN": platform.outputs()["topicArn"], "AWS_DEFAULT_REGION": "eu-west-1"},
    )
    try:
        yield running
    finally:
        running.remove(force=True)


def test_the_image_answers_its_health_endpoint_and_does_not_run_as_root(
    container: Container,
) -> None:
    container.reload()
    [binding] = container.ports["8080/tcp"] or []
    port = binding["HostPort"]

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=HANG_SECONDS) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False

    assert awaited(healthy), container.logs().decode()
    assert container.exec_run(["id", "-u"]).output == b"10001\n"


def handled(platform: Platform, worker: str) -> str:
    """Everything that the worker `worker` has logged."""
    logs = platform.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    [group] = [name for name in groups if worker in name]
    return "\n".join(event["message"] for event in logs.filter_log_events(logGroupName=group)["events"])


def test_an_order_reaches_exactly_the_workers_whose_queue_lets_it(platform: Platform) -> None:
    digital, physical = f"digital-{uuid.uuid4()}", f"physical-{uuid.uuid4()}"
    for order, kind in ((digital, "digital"), (physical, "physical")):
        platform.client("sns").publish(
            TopicArn=platform.outputs()["topicArn"],
            Message=json.dumps({"id": order, "kind": kind, "quantity": 1}),
            MessageAttributes={"kind": {"DataType": "String", "StringValue": kind}},
        )
    assert awaited(lambda: digital in handled(platform, "billing") and physical in handled(platform, "billing"))
    assert awaited(lambda: physical in handled(platform, "shipping"))
    # Both queues were filled by the time publish returned; shipping's worker has since seen a later message than this one.
    assert digital not in handled(platform, "shipping")


def test_an_order_posted_to_the_api_is_handled_by_both_workers(platform: Platform) -> None:
    order = f"posted-{uuid.uuid4()}"
    body = json.dumps({"id": order, "kind": "physical", "quantity": 2}).encode()
    url = f"{platform.outputs()['apiUrl']}/orders"
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
        assert answer.status == 202
    assert awaited(lambda: order in handled(platform, "billing") and order in handled(platform, "shipping"))


def test_the_delivery_test_proves_every_queue_by_its_own_worker(platform: Platform) -> None:
    smoke = platform.run(".venv/bin/slipway", "smoke")
    assert smoke.returncode == 0, smoke.stdout
    proved = [re.sub(r"-[0-9a-f]{7}\b", "", line).partition(" within ")[0] for line in smoke.stdout.splitlines()]
    assert proved == [
        "proved  orders -> billing: service billing got it in an envelope",
        "proved  orders -> shipping: service shipping got it in an envelope, through its filter",
    ]


def test_the_bastion_admits_ssh_from_the_configured_address_only(platform: Platform) -> None:
    ec2 = platform.client("ec2")
    [reservation] = ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])[
        "Reservations"
    ]
    groups = [group["GroupId"] for group in reservation["Instances"][0]["SecurityGroups"]]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    ingress = [
        (rule["IpProtocol"], rule["FromPort"], rule["ToPort"], rule["CidrIpv4"])
        for rule in rules
        if not rule["IsEgress"]
    ]
    assert ingress == [("tcp", 22, 22, "198.51.100.7/32")]


def test_the_printed_ssh_command_runs_a_command_on_the_bastion(platform: Platform) -> None:
    program, *rest = platform.outputs()["bastionSshCommand"].split()
    options = ("-oBatchMode=yes", "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oLogLevel=ERROR")
    answers: list[str] = []

    def connected() -> bool:
        answers.append(platform.run(program, *options, *rest, "echo", "from", "the", "bastion").stdout)
        return answers[-1] == "from the bastion\n"

    assert awaited(connected), f"{answers[-1]}{platform.run('python', '-m', 'sandbox', 'status').stdout}"


def test_api_tasks_admit_the_load_balancer_only_and_workers_admit_nobody(platform: Platform) -> None:
    ecs, ec2, elb = platform.client("ecs"), platform.client("ec2"), platform.client("elbv2")
    outputs = platform.outputs()
    [balancer] = elb.describe_load_balancers()["LoadBalancers"]
    services = ecs.describe_services(cluster=outputs["clusterName"], services=outputs["serviceNames"])["services"]
    admitted = {}
    for service in services:
        groups = service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
        found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])
        admitted[service["serviceName"]] = [
            (rule["FromPort"], rule["ToPort"], rule.get("CidrIpv4"), rule.get("ReferencedGroupInfo", {}).get("GroupId"))
            for rule in found["SecurityGroupRules"]
            if not rule["IsEgress"]
        ]
    api, *workers = outputs["serviceNames"]
    assert admitted[api] == [(8080, 8080, None, balancer["SecurityGroups"][0])]
    assert [admitted[worker] for worker in workers] == [[], []]


def test_the_private_key_file_is_for_its_owner_only_and_matches_the_key_pair(platform: Platform) -> None:
    key = platform.root / platform.outputs()["bastionKeyFile"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    public = subprocess.run(["ssh-keygen", "-y", "-f", str(key)], capture_output=True, text=True, check=True).stdout
    [pair] = platform.client("ec2").describe_key_pairs(IncludePublicKey=True)["KeyPairs"]
    assert pair["PublicKey"].split()[:2] == public.split()[:2]
    state = "".join(path.read_text() for path in (platform.root / ".sandbox" / "state").rglob("*.json"))
    assert "PRIVATE KEY" not in state


def test_a_second_make_up_previews_no_change_and_makes_none(platform: Platform) -> None:
    again = platform.run("make", "up")
    assert again.returncode == 0, again.stdout
    previewed, updated = re.findall(r"^Resources:\n((?: +.*\n)+)", again.stdout, flags=re.MULTILINE)
    assert re.fullmatch(r" +\d+ unchanged\n", previewed), again.stdout
    assert updated == previewed, again.stdout


def test_a_refresh_leaves_nothing_to_change_and_nothing_for_the_policies_to_stop(platform: Platform) -> None:
    refreshed = platform.run("pulumi", "refresh", "--yes")
    assert refreshed.returncode == 0, refreshed.stdout
    preview = platform.run("pulumi", "preview", "--expect-no-changes")  # with the policy pack, as make env names it
    assert preview.returncode == 0, preview.stdout


def test_the_policy_pack_has_run_and_found_nothing_mandatory(platform: Platform) -> None:
    assert "slipway" in platform.log
    assert "[mandatory]" not in platform.log


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_values_of_stacks_on_aws_preview_whole(platform: Platform, stack: str) -> None:
    config = platform.root / f"Pulumi.sandbox-{stack}.yaml"
    salt = (platform.root / "Pulumi.sandbox.yaml").read_text().splitlines()[1]
    config.write_text(f"{salt}\n{(platform.root / f'Pulumi.{stack}.yaml').read_text()}")
    name = {"PULUMI_STACK": f"sandbox-{stack}"}
    assert platform.run("pulumi", "stack", "init", name["PULUMI_STACK"]).returncode == 0
    preview = platform.run("pulumi", "preview", **name)
    assert preview.returncode == 0, preview.stdout
    assert re.search(r"\+ \d+ to create", preview.stdout), preview.stdout
