"""slipway.testing: what a unit test of a program sees, and what it is told where it asks for something else."""

import pulumi
import pulumi_aws as aws
import pytest

from slipway import ArgumentError, FargateService, FargateServiceArgs, Queue
from slipway.testing import Mocks, NotRegisteredError, UnansweredError, build

SERVICE: FargateServiceArgs = {
    "cluster_arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/main",
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0"],
    "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:1.4.2",
}


def test_a_child_is_found_by_the_last_part_of_its_type_or_by_all_of_it() -> None:
    api = build(lambda: FargateService("api", {**SERVICE, "desired_count": 3}))
    service = api.find("aws:ecs/service:Service", "api")
    assert service is api.find("Service", "api")
    assert service.inputs["desiredCount"] == 3
    assert service.parents == ["slipway:index:FargateService", "aws:ecs/service:Service"]
    assert {"RolePolicy api-execution", "TaskDefinition api"} <= service.depends_on
    assert [it.name for it in api.of_type("Role")] == ["api-execution", "api-task"]


def test_outputs_of_components_and_of_resources_are_kept() -> None:
    work = build(lambda: Queue("work", {}))
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/work"
    assert work.find("slipway:index:Queue", "work").outputs["queueUrl"] == url
    assert work.find("aws:sqs/queue:Queue", "work").outputs["url"] == url


def test_a_child_that_is_not_there_is_told_with_what_is() -> None:
    work = build(lambda: Queue("work", {}))
    with pytest.raises(NotRegisteredError) as missing:
        work.find("QueuePolicy", "jobs")
    assert str(missing.value) == "no QueuePolicy named 'jobs' was registered; the names are 'work', 'work-dead'"
    with pytest.raises(NotRegisteredError) as unknown:
        work.find("Topic", "work")
    assert str(unknown.value) == (
        "no Topic named 'work' was registered; the types are Queue, QueuePolicy, RedriveAllowPolicy, RedrivePolicy"
    )
    with pytest.raises(NotRegisteredError) as several:
        work.find("Queue", "work")
    assert str(several.value) == (
        "2 resources are a Queue named 'work'; give one of the types aws:sqs/queue:Queue, slipway:index:Queue"
    )


def test_the_region_and_the_account_are_in_every_arn() -> None:
    work = build(lambda: Queue("work", {}), Mocks(region="eu-central-1", account_id="210987654321"))
    assert work.find("aws:sqs/queue:Queue", "work").outputs["arn"] == "arn:aws:sqs:eu-central-1:210987654321:work"


def test_a_look_up_that_nobody_answers_is_no_silent_success() -> None:
    def construct() -> pulumi.Output[str]:
        return aws.ec2.get_vpc_output(id="vpc-1").cidr_block

    with pytest.raises(UnansweredError) as unanswered:
        build(construct)
    assert str(unanswered.value) == (
        "the mocks have no answer to aws:ec2/getVpc:getVpc, asked with {'id': 'vpc-1'}; "
        'give one: Mocks(answers={"aws:ec2/getVpc:getVpc": {...}})'
    )


def test_a_look_up_is_answered_by_a_value_or_a_function_and_recorded() -> None:
    seen: list[str] = []

    def construct() -> pulumi.Output[None]:
        return aws.ec2.get_vpc_output(id="vpc-1").cidr_block.apply(seen.append)

    built = build(construct, Mocks({"aws:ec2/getVpc:getVpc": lambda args: {"cidrBlock": f"of {args['id']}"}}))
    assert seen == ["of vpc-1"]
    assert [(it.token, it.args) for it in built.calls] == [("aws:ec2/getVpc:getVpc", {"id": "vpc-1"})]


def test_a_refused_argument_is_the_tests_own_to_expect() -> None:
    with pytest.raises(ArgumentError, match="Queue 'work': max_receives must be a whole number 1-1000, got 0"):
        build(lambda: Queue("work", {"max_receives": 0}))
