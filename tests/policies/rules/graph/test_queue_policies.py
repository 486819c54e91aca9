"""Rules over the whole stack: a first preview, where no ARN is known, and a deployed stack, where all are."""

import json
from collections.abc import Mapping

import pytest

from slipway_policies.rules.graph.role_grants import ATTACHMENT
from tests.support.policies.analyzer import UNKNOWN, Node, analyze_stack, only, start_pack, urn
from tests.support.policies.graph_samples import SUBSCRIPTION, WORKER, changed, with_props
from tests.support.policies.samples import QUEUE, QUEUE_POLICY, ROLE_POLICY, TOPIC
from tests.support.policies.subscriptions import BILLING_ARN, ORDERS_ARN, deployed_subscription

FED = {"endpoint": (QUEUE, "billing"), "topic": (TOPIC, "orders")}
FROM_TOPIC = {"ArnEquals": {"aws:SourceArn": ORDERS_ARN}}

# A first preview: every output is unknown, those that the program left to the provider too; only the edges are there.
COMPUTED = {"arn": UNKNOWN, "url": UNKNOWN, "policy": UNKNOWN, "redrivePolicy": UNKNOWN, "redriveAllowPolicy": UNKNOWN}
NEW_TOPIC = Node(TOPIC, "orders", {"arn": UNKNOWN})
NEW_QUEUE = Node(QUEUE, "billing", COMPUTED)
NEW_SUBSCRIPTION = Node(SUBSCRIPTION, "billing", {"protocol": "sqs", "endpoint": UNKNOWN, "topic": UNKNOWN}, FED)
NEW_POLICY = Node(QUEUE_POLICY, "billing", {"queueUrl": UNKNOWN, "policy": UNKNOWN}, {"queueUrl": (QUEUE, "billing")})


def said(rule: str, *nodes: Node) -> list[tuple[str, str]]:
    """The rule's messages without title and fix, and the name of the resource each is about."""
    shown = [one for one in analyze_stack(start_pack(), *nodes) if one.rule == rule]
    return [(one.urn.rpartition("::")[2], one.message.splitlines()[1].partition(". Fix: ")[0]) for one in shown]


ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": BILLING_ARN,
    "Condition": FROM_TOPIC,
}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": BILLING_ARN,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CLOSED = ("billing", "endpoint is queue 'billing': its policy does not let this topic send")


def test_a_missing_queue_policy_shows_in_the_first_preview() -> None:
    found = said("sns-to-sqs-queue-policy", NEW_TOPIC, NEW_QUEUE, NEW_SUBSCRIPTION)
    assert found == [("billing", "endpoint is queue 'billing' without a queue policy")]


def test_a_policy_on_the_queue_itself_counts() -> None:
    queue = Node(QUEUE, "billing", COMPUTED, {"policy": (TOPIC, "orders")})
    assert said("sns-to-sqs-queue-policy", NEW_TOPIC, queue, NEW_SUBSCRIPTION) == []


def test_an_unknown_queue_policy_waits_for_up() -> None:
    queue = Node(QUEUE, "billing", COMPUTED, {"redrivePolicy": (QUEUE, "elsewhere")})
    nodes = (NEW_TOPIC, queue, NEW_SUBSCRIPTION, NEW_POLICY)
    assert said("sns-to-sqs-queue-policy", *nodes) == []
    [(_, summary)] = said("all-checks-done", *nodes)
    assert summary == (
        "1 check waits for `pulumi up`, as values are not known during preview: sns-to-sqs-queue-policy 1."
    )


def test_a_policy_on_another_queue_does_not_count() -> None:
    other = Node(QUEUE, "other", COMPUTED)
    policy = Node(QUEUE_POLICY, "other", {"queueUrl": UNKNOWN, "policy": UNKNOWN}, {"queueUrl": (QUEUE, "other")})
    found = said("sns-to-sqs-queue-policy", NEW_TOPIC, NEW_QUEUE, NEW_SUBSCRIPTION, other, policy)
    assert [name for name, _ in found] == ["billing"]


@pytest.mark.parametrize(
    "statements",
    [
        [ALLOW],
        [ALLOW, TLS_ONLY],
        [ALLOW | {"Principal": "*", "Action": ["SQS:Send*"]}],
        [ALLOW | {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}],
        [ALLOW | {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:orders"}}}],
        [ALLOW, ALLOW | {"Effect": "Deny", "Condition": {"ArnNotEquals": {"aws:SourceArn": ORDERS_ARN}}}],
    ],
)
def test_a_policy_that_lets_the_topic_send_passes(statements: list[Mapping[str, object]]) -> None:
    assert said("sns-to-sqs-queue-policy", *deployed_subscription(*statements)) == []


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([ALLOW | {"Condition": {"ArnEquals": {"aws:SourceArn": f"{ORDERS_ARN}-two"}}}], CLOSED),
        ([ALLOW | {"Action": "sqs:ReceiveMessage"}], CLOSED),
        ([ALLOW | {"Resource": f"{BILLING_ARN}-two"}], CLOSED),
        ([ALLOW | {"Principal": {"Service": "events.amazonaws.com"}}], CLOSED),
        ([TLS_ONLY], CLOSED),
        (
            [ALLOW, ALLOW | {"Effect": "Deny"}],
            ("billing", "endpoint is queue 'billing': its policy denies this topic"),
        ),
        (
            [ALLOW | {"Action": {"no": "list"}}],
            ("billing", "endpoint is queue 'billing': in its policy policy.Statement[0].Action is not a string"),
        ),
    ],
)
def test_a_policy_that_drops_the_topics_messages_is_found(
    statements: list[Mapping[str, object]], expected: tuple[str, str]
) -> None:
    assert said("sns-to-sqs-queue-policy", *deployed_subscription(*statements)) == [expected]


def test_a_subscription_that_is_no_queue_of_the_stack_is_not_judged() -> None:
    mail = Node(
        SUBSCRIPTION, "mail", {"protocol": "email", "endpoint": "ops@example.com"}, {"topic": (TOPIC, "orders")}
    )
    elsewhere = Node(SUBSCRIPTION, "far", {"protocol": "sqs", "endpoint": f"{BILLING_ARN}-of-another-stack"})
    assert said("sns-to-sqs-queue-policy", NEW_TOPIC, mail, elsewhere) == []


def test_a_queue_without_a_dead_letter_queue_is_found() -> None:
    problem = "redrivePolicy is missing, so a message that cannot be handled comes back until it is dropped"
    assert said("sqs-dlq-configured", NEW_QUEUE) == [("billing", problem)]


@pytest.mark.parametrize(
    "nodes",
    [
        [Node(QUEUE, "main", COMPUTED, {"redrivePolicy": (QUEUE, "billing")}), NEW_QUEUE],
        [
            Node(QUEUE, "main", {"redrivePolicy": json.dumps({"deadLetterTargetArn": BILLING_ARN})}),
            Node(QUEUE, "billing", {"arn": BILLING_ARN}),
        ],
        [Node(QUEUE, "billing", COMPUTED, {"redriveAllowPolicy": (QUEUE, "elsewhere")})],
        [
            Node(QUEUE, "dead", COMPUTED | {"redriveAllowPolicy": "{}"}),
            NEW_QUEUE,
            Node(
                "aws:sqs/redrivePolicy:RedrivePolicy",
                "billing",
                {"queueUrl": UNKNOWN, "redrivePolicy": UNKNOWN},
                {"queueUrl": (QUEUE, "billing"), "redrivePolicy": (QUEUE, "dead")},
            ),
        ],
        [
            NEW_QUEUE,
            Node(
                "aws:lambda/function:Function",
                "resize",
                {"deadLetterConfig": UNKNOWN},
                {"deadLetterConfig": (QUEUE, "billing")},
            ),
        ],
    ],
    ids=["by edge", "by known arn", "by its own allow policy", "by a separate resource", "of a function"],
)
def test_queues_with_a_dead_letter_queue_and_those_queues_themselves_pass(nodes: list[Node]) -> None:
    assert said("sqs-dlq-configured", *nodes) == []


def test_a_finding_belongs_to_the_resource_and_not_to_the_stack() -> None:
    [shown] = [one for one in analyze_stack(start_pack(), NEW_QUEUE) if one.rule == "sqs-dlq-configured"]
    assert shown.urn == urn(QUEUE, "billing")


def test_a_task_role_with_a_policy_from_elsewhere_is_not_judged_and_does_not_wait() -> None:
    attached = {"role": "work-role", "policyArn": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}
    nodes = changed(WORKER, {"RolePolicy work": None, "elsewhere": Node(ATTACHMENT, "work", attached)})
    for rule in ("ecs-worker-can-consume", "ecs-api-can-publish", "ecs-execution-role-covers-secrets"):
        assert analyze_stack(start_pack(only(rule)), *nodes) == []


def test_what_a_rule_over_the_stack_cannot_read_is_told_at_its_resource() -> None:
    nodes = changed(WORKER, {"RolePolicy work": with_props(WORKER["RolePolicy work"], policy="{not json")})
    found = said("ecs-task-role-least-privilege", *nodes)
    assert found == [("work", "policy is not a JSON document, so the rule cannot judge it")]
    [urn_of_it] = {one.urn for one in analyze_stack(start_pack(), *nodes) if "not a JSON document" in one.message}
    assert urn_of_it == urn(ROLE_POLICY, "work")
