"""Links: one argument sets the variable and gives the right behind it, on exactly one resource and its key."""

import json
from typing import Any, NamedTuple

import pulumi
import pytest

from slipway import Topic
from slipway.common import Arguments
from slipway.links import linked
from slipway.task import workload
from tests.support.components.mocks import Built, build
from tests.support.components.refusals import refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import (
    KEY,
    PARAMETER,
    QUEUE,
    QUEUE_URL,
    SECRET,
    TASK,
    TOPIC,
    WORKER,
)

FargateService, QueueWorker = COMPONENTS["FargateService"], COMPONENTS["QueueWorker"]
ROLE = "arn:aws:iam::123456789012:role/own"
CONSUME = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
]


def service(links: Any, **more: Any) -> Built:
    return build(lambda: FargateService("api", TASK | more | {"links": links}))


def container(built: Built) -> dict[str, Any]:
    [main] = json.loads(built.of_type("taskDefinition:TaskDefinition")[0].inputs["containerDefinitions"])
    return dict(main)


def statements(built: Built, role: str) -> list[dict[str, Any]]:
    """Statements of the one policy of a role; none where it has no policy."""
    policies = [it for it in built.of_type("rolePolicy:RolePolicy") if it.name == role]
    return [statement for it in policies for statement in json.loads(it.inputs["policy"])["Statement"]]


def may(actions: list[str], arn: str, through: str = "") -> dict[str, Any]:
    condition = {"Condition": {"StringLike": {"kms:ViaService": f"{through}.eu-west-1.*"}}} if through else {}
    return {"Effect": "Allow", "Action": actions, "Resource": [arn], **condition}


class Right(NamedTuple):
    """A link, the value of its variable, and the statements of the code's role."""

    link: dict[str, Any]
    value: str
    statements: list[dict[str, Any]]


ENCRYPT = ["kms:Decrypt", "kms:GenerateDataKey"]


@pytest.mark.parametrize(
    "case",
    [
        Right({"publish_to": TOPIC}, TOPIC, [may(["sns:Publish"], TOPIC)]),
        Right(
            {"publish_to": TOPIC, "kms_key_arn": KEY}, TOPIC, [may(["sns:Publish"], TOPIC), may(ENCRYPT, KEY, "sns")]
        ),
        Right({"send_to": QUEUE, "queue_url": QUEUE_URL}, QUEUE_URL, [may(["sqs:SendMessage"], QUEUE)]),
        Right(
            {"send_to": QUEUE, "queue_url": QUEUE_URL, "kms_key_arn": KEY},
            QUEUE_URL,
            [may(["sqs:SendMessage"], QUEUE), may(ENCRYPT, KEY, "sqs")],
        ),
        Right(
            {"consume_from": QUEUE, "queue_url": QUEUE_URL, "kms_key_arn": KEY},
            QUEUE_URL,
            [may(CONSUME, QUEUE), may(["kms:Decrypt"], KEY, "sqs")],
        ),
        Right(
            {"read_secret": f"{SECRET}:password::", "by_arn": True, "kms_key_arn": KEY},
            SECRET,
            [may(["secretsmanager:GetSecretValue"], SECRET), may(["kms:Decrypt"], KEY, "secretsmanager")],
        ),
        Right({"read_secret": PARAMETER, "by_arn": True}, PARAMETER, [may(["ssm:GetParameter"], PARAMETER)]),
        Right({"call": "http://stock", "security_group_id": "sg-0000570c", "port": 80}, "http://stock", []),
    ],
    ids=lambda case: "-".join(case.link),
)
def test_a_link_sets_its_variable_and_gives_the_right_for_it(case: Right) -> None:
    built = service({"IT": case.link})
    assert container(built)["environment"] == [{"name": "IT", "value": case.value}]
    assert statements(built, "api-task") == case.statements


def test_the_same_link_of_outputs_gives_the_same() -> None:
    def with_outputs() -> None:
        key, topic = pulumi.Output.from_input(KEY), pulumi.Output.from_input(TOPIC)
        secret = pulumi.Output.from_input(PARAMETER)
        links = {
            "ORDERS": {"publish_to": topic, "kms_key_arn": key},
            "FLAG": {"read_secret": secret, "by_arn": True, "kms_key_arn": key},
        }
        FargateService("api", TASK | {"links": links})

    built = build(with_outputs)
    assert statements(built, "api-task") == [
        may(["sns:Publish"], TOPIC),
        may(ENCRYPT, KEY, "sns"),
        may(["ssm:GetParameter"], PARAMETER),
        may(["kms:Decrypt"], KEY, "ssm"),
    ]


def test_a_key_that_turns_out_to_be_none_gives_no_right() -> None:
    def with_topics() -> None:
        for name, args in (("plain", {}), ("own", {"create_kms_key": True})):
            topic = Topic(name, args)  # type: ignore[arg-type]
            link = {"publish_to": topic.topic_arn, "kms_key_arn": topic.kms_key_arn}
            FargateService(f"to-{name}", TASK | {"links": {"TOPIC": link}})

    built = build(with_topics)
    own, plain = (f"arn:aws:sns:eu-west-1:123456789012:{name}" for name in ("own", "plain"))
    assert statements(built, "to-plain-task") == [may(["sns:Publish"], plain)]
    key = "arn:aws:kms:eu-west-1:123456789012:own"
    assert statements(built, "to-own-task") == [may(["sns:Publish"], own), may(ENCRYPT, key, "sns")]


def test_the_value_of_a_secret_is_read_by_ecs_alone() -> None:
    built = service({"TOKEN": {"read_secret": SECRET, "kms_key_arn": KEY}})
    assert container(built)["secrets"] == [{"name": "TOKEN", "valueFrom": SECRET}]
    assert container(built)["environment"] == []
    assert statements(built, "api-task") == []
    granted = statements(built, "api-execution")
    assert {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]} in granted
    through = {"StringLike": {"kms:ViaService": ["secretsmanager.eu-west-1.*"]}}
    assert {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY], "Condition": through} in granted


def test_a_call_opens_both_security_groups_once() -> None:
    stock = {"call": "http://stock.internal", "security_group_id": "sg-0000570c", "port": 8080}
    assert service({"STOCK_URL": stock, "OTHER_URL": stock}).opened_ports() == {
        "api-to-stock-url": ("api-id", 8080, "sg-0000570c"),
        "api-stock-url-in": ("sg-0000570c", 8080, "api-id"),
    }


def test_a_link_in_place_of_a_variable_and_a_permission_changes_nothing_that_is_deployed() -> None:
    apart = {
        "environment": {"TOPIC_ARN": TOPIC},
        "permissions": [{"actions": ["sns:Publish"], "resources": [TOPIC]}],
    }
    by_hand = build(lambda: FargateService("api", TASK | apart))
    by_link = service({"TOPIC_ARN": {"publish_to": TOPIC}})

    def deployed(built: Built) -> dict[str, dict[str, Any]]:
        return {it.urn: it.inputs for it in built.resources if it.type.startswith("aws:")}

    assert deployed(by_link) == deployed(by_hand)


def test_a_worker_has_links_beside_its_queues() -> None:
    built = build(lambda: QueueWorker("work", WORKER | {"links": {"DONE": {"publish_to": TOPIC}}}))
    variables = {it["name"]: it["value"] for it in container(built)["environment"]}
    assert variables == {"DONE": TOPIC, "QUEUE_URL": QUEUE_URL, "STOP_TIMEOUT_SECONDS": "30"}
    assert may(["sns:Publish"], TOPIC) in statements(built, "work-task")
    assert may(CONSUME, QUEUE) in statements(built, "work-task")


class Refused(NamedTuple):
    """Links, further arguments, and the sentence after `FargateService 'api': `."""

    links: Any
    says: str
    more: dict[str, Any] = {}  # noqa: RUF012 - never changed


QUEUE_LINK = {"send_to": QUEUE, "queue_url": QUEUE_URL}
CALL = {"call": "http://stock", "security_group_id": "sg-0000570c", "port": 80}


@pytest.mark.parametrize(
    "case",
    [
        Refused({"IT": {}}, "links.IT must have one of publish_to, send_to, consume_from, read_secret, call, got none"),
        Refused(
            {"IT": QUEUE_LINK | {"publish_to": TOPIC}},
            "links.IT must have one of publish_to, send_to, consume_from, read_secret, call, got publish_to and send_to",
        ),
        Refused({"IT": {"publish": TOPIC}}, "links.IT.publish is not an argument; did you mean publish_to?"),
        Refused(
            {"IT": {"publish_to": QUEUE}},
            f"links.IT.publish_to must be the ARN of a topic, got '{QUEUE}'; "
            "write it like arn:aws:sns:eu-west-1:123456789012:orders",
        ),
        Refused(
            {"IT": {"send_to": QUEUE}}, "links.IT.queue_url is required with send_to, got nothing; give it a value"
        ),
        Refused(
            {"IT": {"send_to": QUEUE, "queue_url": f"{QUEUE_URL}-x"}},
            f"links.IT.queue_url must end with the name in send_to, got '{QUEUE_URL}-x'; it is of another queue",
        ),
        Refused(
            {"IT": {"publish_to": TOPIC, "queue_url": QUEUE_URL}},
            "links.IT.queue_url goes with send_to or consume_from, got publish_to; leave it out",
        ),
        Refused(
            {"IT": CALL | {"kms_key_arn": KEY}},
            "links.IT.kms_key_arn goes with publish_to or send_to or "
            "consume_from or read_secret, got call; leave it out",
        ),
        Refused({"IT": CALL | {"port": None}}, "links.IT.port is required with call, got nothing; give it a value"),
        Refused({"IT": CALL | {"port": 0}}, "links.IT.port must be a whole number 1-65535, got 0"),
        Refused(
            {"IT": CALL | {"call": "stock"}},
            "links.IT.call must be a URL, got 'stock'; write it like http://stock.shop.internal:8080",
        ),
        Refused({"_": CALL}, "the keys of links with call must start with a letter, got '_'; rename the variable"),
        Refused(
            {"IT": {"read_secret": "hunter2"}},
            "links.IT.read_secret must be the ARN of a Secrets Manager secret or an SSM parameter, got something else; "
            "put the value there and give its ARN",
        ),
        Refused(
            {"IT": {"publish_to": TOPIC, "kms_key_arn": "alias/aws/sns"}},
            "links.IT.kms_key_arn must be the ARN of a KMS key, got 'alias/aws/sns'; "
            "write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
        Refused({"a b": {"publish_to": TOPIC}}, "links must be named by letters, digits and underscores, got 'a b'"),
        Refused(
            {"AWS_SESSION_TOKEN": {"publish_to": TOPIC}},
            "links must not set AWS_SESSION_TOKEN; a task gets its credentials from its role, use permissions",
        ),
        Refused(
            {"IT": {"publish_to": TOPIC}}, "set IT in environment or links, got both", {"environment": {"IT": "x"}}
        ),
        Refused({"IT": {"publish_to": TOPIC}}, "set IT in secrets or links, got both", {"secrets": {"IT": SECRET}}),
        Refused(
            {"STOCK_URL": CALL},
            "allow_to.stock-url and a variable of links with call must have different names; rename one",
            {"allow_to": {"stock-url": {"security_group_id": "sg-000000db", "port": 5432}}},
        ),
        Refused(
            {"IT": {"publish_to": TOPIC}},
            "task_role_arn uses an existing role without changes, got links.IT too; "
            "give that role these rights and name the variables in environment, or leave task_role_arn out",
            {"task_role_arn": ROLE},
        ),
        Refused(
            {"IT": {"read_secret": SECRET}},
            "execution_role_arn uses an existing role without changes, got links.IT too; "
            "give that role these rights and name the variables in secrets, or leave execution_role_arn out",
            {"execution_role_arn": ROLE},
        ),
    ],
    ids=lambda case: case.says[:50],
)
def test_a_wrong_link_is_one_sentence(case: Refused) -> None:
    sentence = refusal(lambda: FargateService("api", TASK | case.more | {"links": case.links}))
    assert sentence == f"FargateService 'api': {case.says}"


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ([KEY], "links.IT.kms_key_arn must be text, got an Output with a list; give one text of it"),
        (
            "alias/own",
            "links.IT.kms_key_arn must be the ARN of a KMS key, got 'alias/own'; "
            "write it like arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
    ],
)
def test_a_wrong_key_of_an_output_is_one_sentence_once_it_is_known(key: object, says: str) -> None:
    def rights() -> pulumi.Output[Any]:
        """The rights without the service: a resource would report the refusal again."""
        link = {"publish_to": TOPIC, "kms_key_arn": pulumi.Output.from_input(key)}
        arguments = Arguments("FargateService 'api'", TASK | {"links": {"IT": link}})
        return pulumi.Output.all(*linked(arguments, workload(arguments, "api")).rights)

    with pytest.raises(pulumi.RunError) as caught:
        build(rights)
    assert str(caught.value) == f"FargateService 'api': {says}"


@pytest.mark.parametrize("more", [{"task_role_arn": ROLE}, {"execution_role_arn": ROLE}])
def test_a_call_needs_no_right_of_a_role(more: dict[str, Any]) -> None:
    assert len(service({"STOCK_URL": CALL}, **more).opened_ports()) == 2


def test_a_worker_keeps_its_own_variables() -> None:
    sentence = refusal(lambda: QueueWorker("work", WORKER | {"links": {"QUEUE_URL": QUEUE_LINK}}))
    assert sentence == "QueueWorker 'work': links must not set QUEUE_URL; it comes from queues, remove it"
